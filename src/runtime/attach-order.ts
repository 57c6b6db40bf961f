/**
 * In which order programs are attached, so that blocks on one target run in the order of the script. Of some kinds the kernel runs what was
 * attached last first: those go in reverse.
 */

import type { Machine } from '../plan/machine.ts';
import { kernelFrom } from '../plan/machine.ts';
import type { Attachment } from '../plan/plan.ts';
import type { LoadedProgram } from './load.ts';

/**
 * New probes are put at the head of the list: kernel/kprobes.c, register_aggr_kprobe; kernel/events/uprobes.c, consumer_add;
 * kernel/bpf/trampoline.c, __bpf_trampoline_link_prog. Instances of kretprobes are stacked, and so turned round once more; but those of links
 * to many kprobes have been kept by function since 6.14 (kernel/trace/fprobe.c).
 */
function runsLatestFirst(
  attachment: Attachment,
  { multi }: LoadedProgram,
  machine: Pick<Machine, 'kernel'>,
): boolean {
  switch (attachment.kind) {
    case 'kprobe':
      return !attachment.return || (multi === 'kprobe-multi' && kernelFrom(machine, 6, 14));
    case 'uprobe':
    case 'tracing':
      return true;
    default:
      return false;
  }
}

export function attachOrder(
  programs: readonly LoadedProgram[],
  machine: Pick<Machine, 'kernel'>,
): readonly LoadedProgram[] {
  const isReversed = (program: LoadedProgram): boolean =>
    program.plan.attachments.some((attachment) => runsLatestFirst(attachment, program, machine));
  return [...programs.filter((program) => !isReversed(program)), ...programs.filter(isReversed).toReversed()];
}
