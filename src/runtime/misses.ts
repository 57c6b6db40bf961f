/**
 * What the kernel itself left out, as far as it counts: runs that recursion forbade, probes that could not fire. Nobody counts a perf
 * event or tracepoint that fires in the midst of another one's program in the same context: the kernel drops it before it looks for
 * programs (kernel/events/core.c, perf_swevent_get_recursion_context).
 */

import type { SysError } from '../base/result.ts';
import { isOwn } from '../plan/plan.ts';
import type { AttachedProbe } from './attach.ts';
import { attachmentName } from './attach-causes.ts';
import type { BpfApi, Fd } from './bpf-api.ts';
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
  for (const { plan, fd, returns } of programs) {
    if (plan.attachments.every(isOwn)) continue;
    const info = bpf.programInfo(fd);
    const probe = returns ? `${plan.probe}, ${returns.probe}` : plan.probe;
    if (info.ok) misses.push({ probe, count: info.value.recursionMisses, cause: 'recursion' });
    else errors.push(info.error);
  }
  return { misses, errors };
}

/** To be read while the links are there: they take the counters with them. A link to many functions counts for all of them. */
export function probeMisses(bpf: BpfApi, probes: readonly AttachedProbe[]): MissesRead {
  const counts = new Map<string, bigint | undefined>();
  const errors: SysError[] = [];
  for (const { link, name } of kprobeLinks(probes)) {
    const info = link === undefined ? undefined : bpf.linkInfo(link);
    if (info && !info.ok) errors.push(info.error);
    const missed = info?.ok ? info.value.missed : undefined;
    const before = counts.get(name);
    counts.set(name, missed === undefined ? before : missed + (before ?? 0n));
  }
  const misses = [...counts].map(([probe, count]) => ({ probe, count, cause: 'probe' as const }));
  return { misses, errors };
}

interface NamedLink {
  /** Absent on kernels whose perf events have no links. */
  readonly link?: Fd<'link'>;
  readonly name: string;
}

/** Each link once, by the name of its place, or of the programs if they have it in common. */
function kprobeLinks(probes: readonly AttachedProbe[]): readonly NamedLink[] {
  const sharing = new Map<Fd<'link'>, [AttachedProbe, ...AttachedProbe[]]>();
  const linkless: NamedLink[] = [];
  for (const probe of probes) {
    if (probe.attachment.kind !== 'kprobe') continue;
    if (probe.links.length === 0) linkless.push({ name: attachmentName(probe.attachment, probe.program) });
    for (const link of probe.links) {
      const others = sharing.get(link);
      if (others) others.push(probe);
      else sharing.set(link, [probe]);
    }
  }
  return [...linkless, ...[...sharing].map(([link, sharers]) => ({ link, name: nameOf(sharers) }))];
}

function nameOf(sharers: readonly [AttachedProbe, ...AttachedProbe[]]): string {
  const [{ attachment, program }] = sharers;
  if (sharers.length === 1) return attachmentName(attachment, program);
  return [...new Set(sharers.map((sharer) => sharer.program.probe))].join(', ');
}
