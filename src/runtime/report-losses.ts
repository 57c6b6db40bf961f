/** What did not arrive, told at the end: events by probe, runs that the kernel left out, updates that full maps refused. */

import { present } from '../base/assert.ts';
import { diagnostic } from '../base/diagnostic.ts';
import type { LostEvents, Output } from '../output/output.ts';
import type { Plan, ProgramPlan } from '../plan/plan.ts';
import { callText } from './causes.ts';
import type { LossWatch } from './loss.ts';
import type { OpenMap } from './map-entries.ts';
import type { MissesRead } from './misses.ts';

/** `programs` in the order of their slots. What can't be counted is told too: silence would mean that nothing is missing. */
export function reportLosses(output: Output, loss: LossWatch, programs: readonly ProgramPlan[]): void {
  const latest = loss.poll();
  if (!latest.ok)
    output.diagnostics([
      diagnostic('error', 'runtime-warning', `can't count what was lost: ${callText(latest.error)}`),
    ]);
  else if (latest.value > 0n) output.lost(latest.value);
  output.lostTotal(lostByProbe(programs, loss.slots));
}

/** Tells of full maps: of each place that updates one when it is first seen to fail, and again at the end, if it went on. */
export class OverflowReport {
  readonly #output: Output;
  readonly #plan: Pick<Plan, 'programs' | 'failures'>;
  readonly #maps: ReadonlyMap<string, OpenMap>;
  readonly #told = new Map<number, bigint>();

  constructor(output: Output, plan: Pick<Plan, 'programs' | 'failures'>, maps: ReadonlyMap<string, OpenMap>) {
    this.#output = output;
    this.#plan = plan;
    this.#maps = maps;
  }

  /** With the counters as they are now. */
  tell(slots: readonly bigint[], when: 'meanwhile' | 'at the end'): void {
    for (const [index, { map, span }] of this.#plan.failures.entries()) {
      const count = slots[this.#plan.programs.length + index] ?? 0n;
      const told = this.#told.get(index) ?? 0n;
      if (count === told || (told > 0n && when === 'meanwhile')) continue;
      this.#told.set(index, count);
      const { plan } = present(this.#maps.get(map), `map ${map}`);
      const { name, isDeclared } = present(plan.script, `what the script knows of ${map}`);
      this.#output.mapFull({ map: name, count, entriesMax: plan.entriesMax, isDeclared, span });
    }
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
