/** What did not arrive, told at the end: events by probe, runs that the kernel left out, updates that full maps refused. */

import { diagnostic } from '../base/diagnostic.ts';
import type { LostEvents, Output } from '../output/output.ts';
import type { ProgramPlan } from '../plan/plan.ts';
import { callText } from './causes.ts';
import type { LossWatch } from './loss.ts';
import type { OpenMap } from './map-entries.ts';
import type { MissesRead } from './misses.ts';

/** `programs` in the order of their slots. What can't be counted is told too: silence would mean that nothing is missing. */
export function reportLosses(
  output: Output,
  loss: LossWatch,
  programs: readonly ProgramPlan[],
  maps: Iterable<OpenMap>,
): void {
  const latest = loss.poll();
  if (!latest.ok)
    output.diagnostics([
      diagnostic('error', 'runtime-warning', `can't count what was lost: ${callText(latest.error)}`),
    ]);
  else if (latest.value > 0n) output.lost(latest.value);
  output.lostTotal(lostByProbe(programs, loss.slots));
  for (const { plan } of maps) {
    const count = plan.script && loss.slots[plan.script.failureSlot];
    if (!plan.script || !count) continue;
    const { name, isDeclared } = plan.script;
    output.mapFull({ map: name, count, entriesMax: plan.entriesMax, isDeclared });
  }
}

/** Programs of one probe (a script may name it twice) are counted together. */
function lostByProbe(programs: readonly ProgramPlan[], slots: readonly bigint[]): readonly LostEvents[] {
  const counts = new Map<string, bigint>();
  for (const [slot, { probe }] of programs.entries())
    counts.set(probe, (counts.get(probe) ?? 0n) + (slots[slot] ?? 0n));
  return [...counts].flatMap(([probe, count]) => (count > 0n ? [{ probe, count }] : []));
}

export function reportMisses(output: Output, { misses, errors }: MissesRead): void {
  for (const error of errors)
    output.diagnostics([
      diagnostic('warning', 'runtime-warning', `missed runs can't be counted: ${callText(error)}`),
    ]);
  for (const { probe, count, cause } of misses)
    if (count !== undefined && count > 0n)
      output.missed({ probe, count, cause: cause === 'recursion' ? 'recursion' : 'overrun' });
}
