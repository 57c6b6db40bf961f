/**
 * In which order programs are attached, so that blocks on one target run in the order of the script. Of some kinds the kernel runs what was
 * attached last first: those go in reverse.
 */

import type { Attachment } from '../plan/plan.ts';
import type { LoadedProgram } from './load.ts';

/**
 * New probes are put at the head of the list: kernel/kprobes.c, register_aggr_kprobe (but instances of kretprobes are stacked, and so turned
 * round once more); kernel/events/uprobes.c, consumer_add; kernel/bpf/trampoline.c, __bpf_trampoline_link_prog.
 */
function runsLatestFirst(attachment: Attachment): boolean {
  switch (attachment.kind) {
    case 'kprobe':
      return !attachment.return;
    case 'uprobe':
    case 'tracing':
      return true;
    default:
      return false;
  }
}

export function attachOrder(programs: readonly LoadedProgram[]): readonly LoadedProgram[] {
  const isReversed = ({ plan }: LoadedProgram): boolean => plan.attachments.some(runsLatestFirst);
  return [...programs.filter((program) => !isReversed(program)), ...programs.filter(isReversed).toReversed()];
}
