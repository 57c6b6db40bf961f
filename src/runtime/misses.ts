/** What the kernel itself left out: runs that recursion forbade, probes that could not fire. Read before detaching. */

import type { SysError } from '../base/result.ts';
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
   * recursion: the program was already running on that CPU; counted per program, since 5.12.
   * probe: the kernel could not take the probe (all kretprobe slots in use, or in the middle of another kprobe); counted per kprobe, since 6.7.
   */
  readonly cause: 'recursion' | 'probe';
}

export interface MissesRead {
  readonly misses: readonly Misses[];
  readonly errors: readonly SysError[];
}

/** begin and end run when we run them: nothing can be missed. */
export function readMisses(
  bpf: BpfApi,
  programs: readonly LoadedProgram[],
  probes: readonly AttachedProbe[],
): MissesRead {
  const misses: Misses[] = [];
  const errors: SysError[] = [];
  for (const { plan, fd } of programs) {
    if (plan.attachments.every(({ kind }) => kind === 'begin' || kind === 'end')) continue;
    const info = bpf.programInfo(fd);
    if (info.ok) misses.push({ probe: plan.probe, count: info.value.recursionMisses, cause: 'recursion' });
    else errors.push(info.error);
  }
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
