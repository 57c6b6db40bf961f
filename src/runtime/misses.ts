/**
 * What the kernel itself left out, as far as it counts: runs that recursion forbade, probes that could not fire. Nobody counts a perf
 * event or tracepoint that fires in the midst of another one's program in the same context: the kernel drops it before it looks for
 * programs (kernel/events/core.c, perf_swevent_get_recursion_context).
 */

import type { SysError } from '../base/result.ts';
import { isOwn } from '../plan/plan.ts';
import type { AttachedProbe } from './attach.ts';
import { attachmentName } from './attach-causes.ts';
import type { BpfApi } from './bpf-api.ts';
import type { LoadedProgram } from './load.ts';

/** Misses of one program or probe. `undefined`: this kernel does not count them. */
export interface Misses {
  /** As the script names it. */
  readonly probe: string;
  readonly count: bigint | undefined;
  /**
   * recursion: the program was already running on that CPU (raw tracepoints, fentry, fexit), or any program was (kprobes, tracepoints);
   * counted per program, since 5.12 for trampolines and 6.7 for the last.
   * probe: the kernel could not take the probe (all kretprobe slots in use, or in the middle of another kprobe); counted per kprobe, since 6.7.
   */
  readonly cause: 'recursion' | 'probe';
}

export interface MissesRead {
  readonly misses: readonly Misses[];
  readonly errors: readonly SysError[];
}

/** To be read once the programs have stopped. Of those that we run ourselves nothing can be missed. */
export function programMisses(bpf: BpfApi, programs: readonly LoadedProgram[]): MissesRead {
  const misses: Misses[] = [];
  const errors: SysError[] = [];
  for (const { plan, fd } of programs) {
    if (plan.attachments.every(isOwn)) continue;
    const info = bpf.programInfo(fd);
    if (info.ok) misses.push({ probe: plan.probe, count: info.value.recursionMisses, cause: 'recursion' });
    else errors.push(info.error);
  }
  return { misses, errors };
}

/** To be read while the links are there: they take the counters with them. */
export function probeMisses(bpf: BpfApi, probes: readonly AttachedProbe[]): MissesRead {
  const misses: Misses[] = [];
  const errors: SysError[] = [];
  for (const { program, attachment, links } of probes) {
    if (attachment.kind !== 'kprobe') continue;
    const [link] = links;
    const info = link === undefined ? undefined : bpf.linkInfo(link);
    if (info && !info.ok) errors.push(info.error);
    misses.push({
      probe: attachmentName(attachment, program),
      count: info?.ok ? info.value.missed : undefined,
      cause: 'probe',
    });
  }
  return { misses, errors };
}
