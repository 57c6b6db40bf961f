/** Small facts from /proc and /sys that loading and attaching want. */

import { readdirSync, readFileSync } from 'node:fs';

/** Memory that could be used without swapping, in bytes (MemAvailable, man 5 proc). */
export function freeMemoryBytes(): number {
  const line = /^MemAvailable:\s+(\d+) kB$/m.exec(readText('/proc/meminfo') ?? '');
  return Number(line?.[1] ?? 0) * 1024;
}

/** perf_event_attr.type of the kernel's probe devices; absent where it has none. */
export function probeDevices(): { readonly kprobe?: number; readonly uprobe?: number } {
  const kprobe = deviceType('kprobe');
  const uprobe = deviceType('uprobe');
  return { ...(kprobe !== undefined && { kprobe }), ...(uprobe !== undefined && { uprobe }) };
}

function deviceType(name: string): number | undefined {
  const text = readText(`/sys/bus/event_source/devices/${name}/type`);
  return text === undefined ? undefined : Number(text);
}

/** Thread ids of a process; none if it has ended. */
export function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    // The process has ended: it has no threads.
    return [];
  }
}

/** The modules that are loaded, as the kernel lists them; empty where it has none. */
export const loadedModules = (): string => readText('/proc/modules') ?? '';

/** The sysctl's value where nobody has changed it (include/uapi/linux/perf_event.h, PERF_MAX_STACK_DEPTH). */
const usualStackFramesMax = 127;

/** The most frames that the kernel walks for one stack. */
export function stackFramesMax(): number {
  const frames = Number(readText('/proc/sys/kernel/perf_event_max_stack'));
  return Number.isInteger(frames) && frames > 0 ? frames : usualStackFramesMax;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Absent or unreadable: the caller's question has no answer here.
    return undefined;
  }
}
