/** Signals to tstrace while a script runs: those that end it, and those that its self probes are on. */

import type { Plan, ProgramPlan, SelfSignal } from '../plan/plan.ts';
import type { LoadedProgram } from './load.ts';

/** Calls back at each signal until what it gives is called. */
export type OnSignal = (signal: SelfSignal, act: () => void) => () => void;

/** Remembers that somebody pressed Ctrl-C, also before there was anything to stop. */
export class Interruption {
  interrupted = false;
  #act: () => void = () => undefined;
  readonly #off: () => void;

  constructor(onInterrupt: (act: () => void) => () => void) {
    this.#off = onInterrupt(() => {
      this.interrupted = true;
      this.#act();
    });
  }

  whenInterrupted(act: () => void): void {
    this.#act = act;
    if (this.interrupted) act();
  }

  /** From here on a signal ends the process as it does any other. */
  close(): void {
    this.#off();
  }
}

/**
 * Runs programs of self probes when their signal comes; gives a function that ends that. Signals that come while other work is being
 * done are handled behind it, one by one.
 */
export function listen(
  programs: readonly LoadedProgram[],
  onSignal: OnSignal,
  run: (program: LoadedProgram) => void,
): () => void {
  const offs = programs.flatMap((program) =>
    selfSignalsOf(program.plan).map((signal) => onSignal(signal, () => run(program))),
  );
  return () => {
    for (const off of offs) off();
  };
}

/** Without another end in sight, a script with such probes waits for signals. */
export const hasSelfProbes = ({ programs }: Pick<Plan, 'programs'>): boolean =>
  programs.some((plan) => selfSignalsOf(plan).length > 0);

const selfSignalsOf = ({ attachments }: ProgramPlan): readonly SelfSignal[] =>
  attachments.flatMap((attachment) => (attachment.kind === 'self' ? [attachment.signal] : []));
