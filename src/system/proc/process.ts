/** This process and its kernel: privileges, PID namespace, kernel version; and programs by name. */

import { accessSync, constants, readFileSync, readdirSync, statSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';

/** Capabilities by their bit (include/uapi/linux/capability.h): those that tracing needs. */
export const capabilities = {
  CAP_DAC_OVERRIDE: 1,
  CAP_DAC_READ_SEARCH: 2,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_RESOURCE: 24,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

export type Capability = keyof typeof capabilities;

/** The effective set of capabilities, from the text of /proc/self/status; none if it doesn't say. */
export function parseCapabilities(status: string): bigint {
  const digits = /^CapEff:\s*([0-9a-f]{1,16})$/m.exec(status)?.[1];
  return digits === undefined ? 0n : BigInt(`0x${digits}`);
}

export function hasCapability(set: bigint, capability: Capability): boolean {
  return ((set >> BigInt(capabilities[capability])) & 1n) === 1n;
}

export function effectiveCapabilities(): bigint {
  return parseCapabilities(readFileSync('/proc/self/status', 'latin1'));
}

export type KernelVersion = readonly [major: number, minor: number];

/** `6.12.94+deb13-amd64` → [6, 12]; [0, 0] for what is no version. */
export function parseKernelVersion(release: string): KernelVersion {
  const match = /^(\d+)\.(\d+)/.exec(release);
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
}

/** The running kernel's release: 6.12.94+deb13-amd64. */
export function kernelRelease(): string {
  return readFileSync('/proc/sys/kernel/osrelease', 'latin1').trim();
}

export type Lockdown = 'none' | 'integrity' | 'confidentiality';

/** `none [integrity] confidentiality` → integrity. */
export function parseLockdown(text: string): Lockdown {
  const chosen = /\[(\w+)\]/.exec(text)?.[1];
  return chosen === 'integrity' || chosen === 'confidentiality' ? chosen : 'none';
}

/** How far the kernel is locked down; `none` where it doesn't say. */
export function lockdown(): Lockdown {
  try {
    return parseLockdown(readFileSync('/sys/kernel/security/lockdown', 'latin1'));
  } catch {
    return 'none';
  }
}

export interface PidNamespace {
  readonly device: bigint;
  readonly inode: bigint;
  /** True for the namespace that the kernel itself counts processes in. */
  readonly initial: boolean;
}

/** The initial PID namespace's inode never changes (include/linux/proc_ns.h, PROC_PID_INIT_INO). */
const initialPidInode = 0xeffffffcn;

/** The PID namespace of a process, as bpf_get_ns_current_pid_tgid wants it named; undefined if the process is gone or hidden. */
export function pidNamespace(process: number | 'self' = 'self'): PidNamespace | undefined {
  try {
    const { dev, ino } = statSync(`/proc/${process}/ns/pid`, { bigint: true });
    return { device: dev, inode: ino, initial: ino === initialPidInode };
  } catch {
    return undefined;
  }
}

/** Bytes of a page of memory, from the values that the kernel hands to every program (AT_PAGESZ in /proc/self/auxv). */
export function parsePageBytes(auxiliary: Buffer): number | undefined {
  const pageSizeKey = 6n;
  for (let at = 0; at + 16 <= auxiliary.length; at += 16) {
    if (auxiliary.readBigUInt64LE(at) === pageSizeKey) return Number(auxiliary.readBigUInt64LE(at + 8));
  }
  return undefined;
}

const usualPageBytes = 4096;

export function pageBytes(): number {
  try {
    return parsePageBytes(readFileSync('/proc/self/auxv')) ?? usualPageBytes;
  } catch {
    return usualPageBytes;
  }
}

/** What stands in the way of running or reading a program; undefined if nothing does. */
export function executableProblem(path: string): 'not-found' | 'not-executable' | undefined {
  try {
    if (!statSync(path).isFile()) return 'not-executable';
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'EACCES' ? 'not-executable' : 'not-found';
  }
}

/** A program's path: as it is if it names a folder, else the first of that name in the folders of PATH. */
export function findProgram(name: string, searchPath: string): string | undefined {
  const candidates = name.includes('/')
    ? [name]
    : searchPath.split(':').map((folder) => `${folder === '' ? '.' : folder}/${name}`);
  return name === '' ? undefined : candidates.find((path) => executableProblem(path) === undefined);
}

/** True if a program is one of busybox's, which know fewer options than the ones they are named after. */
export function isBusybox(path: string): boolean {
  try {
    return basename(realpathSync(path)) === 'busybox';
  } catch {
    return false;
  }
}

/** All processes that live now, as our PID namespace numbers them. */
export function processIds(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}
