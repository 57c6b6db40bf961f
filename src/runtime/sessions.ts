/**
 * Sessions: a kprobe block and a kretprobe block on the same functions become one program on one link, where the kernel can (6.10). It
 * runs for a return whenever it ran for the entry, and takes less time for both than two programs do.
 */

import type { Attachment, ProgramPlan } from '../plan/plan.ts';
import type { Features } from './features.ts';
import { kprobesOf } from './multi.ts';

/** The kernel's function that tells a session's program which of the two it was called for (kernel/trace/bpf_trace.c). */
export const sessionFunction = 'bpf_session_is_return';

export interface Sessions {
  /** By the program for the entry: the one for the return. Each is in one session at most. */
  readonly partners: ReadonlyMap<ProgramPlan, ProgramPlan>;
  /** BTF id of sessionFunction. */
  readonly functionId: number;
}

/** Undefined if there are none, or the kernel can't. `functionId` is asked for if there are. */
export function sessionsOf(
  programs: readonly ProgramPlan[],
  features: Pick<Features, 'presence'>,
  functionId: () => number | undefined,
): Sessions | undefined {
  const isAlone = aloneAmong(programs);
  const entries = programs.filter((program) => isSessionable(program, false) && isAlone(program));
  const returns = programs.filter((program) => isSessionable(program, true) && isAlone(program));
  const partners = new Map<ProgramPlan, ProgramPlan>();
  for (const entry of entries) {
    const at = returns.findIndex((candidate) => placesOf(candidate) === placesOf(entry));
    const [partner] = at < 0 ? [] : returns.splice(at, 1);
    if (partner) partners.set(entry, partner);
  }
  if (partners.size === 0 || features.presence('kprobe_session') !== 'present') return undefined;
  const id = functionId();
  return id === undefined ? undefined : { partners, functionId: id };
}

/**
 * No other program of the script is at the entries, or the returns, of the same functions. Blocks on one target run in the order of the
 * script; several sessions, until 6.14, run at the return in the order that is the opposite of that at the entry (kernel/trace/fprobe.c).
 */
function aloneAmong(programs: readonly ProgramPlan[]): (program: ProgramPlan) => boolean {
  const counts = new Map<string, number>();
  for (const { attachments } of programs)
    for (const where of attachments.map(sideOf)) counts.set(where, (counts.get(where) ?? 0) + 1);
  return ({ attachments }) => attachments.every((attachment) => counts.get(sideOf(attachment)) === 1);
}

/** Modules aside: who names one may mean the same function as who doesn't. */
const sideOf = (attachment: Attachment): string =>
  attachment.kind === 'kprobe' ? `${attachment.return} ${attachment.symbol}` : '';

/** What the program gives to the kernel decides there whether it runs for the return, too. */
const isSessionable = (program: ProgramPlan, isReturn: boolean): boolean =>
  program.givesResult !== true && kprobesOf(program)?.every((kprobe) => kprobe.return === isReturn) === true;

const placesOf = ({ attachments }: ProgramPlan): string => attachments.map(placeOf).sort().join(' ');

const placeOf = (attachment: Attachment): string =>
  attachment.kind === 'kprobe' ? `${attachment.module}:${attachment.symbol}:${attachment.every}` : '';
