/** What a measurement is, and how all are carried out: each round runs the tracers one after the other, so that what slows the machine slows both. */

import type { Hot } from './hot.ts';
import type { Tracer } from './tracers.ts';

export interface Figure {
  /** What the number tells, with its unit. */
  readonly label: string;
  /** Digits behind the point. */
  readonly digits: number;
}

export interface Measurement {
  readonly title: string;
  readonly rounds: number;
  readonly figures: readonly Figure[];
  /** One run: a number for each figure. */
  readonly run: (tracer: Tracer, hot: Hot) => Promise<readonly number[]>;
}

/** A figure's values, in the order of the rounds. */
export type Series = readonly number[];

export interface Measured {
  readonly measurement: Measurement;
  /** By tracer, then by figure. Absent for a tracer that could not do it. */
  readonly series: ReadonlyMap<Tracer, readonly Series[]>;
  /** Why, for those. */
  readonly refusals: ReadonlyMap<Tracer, string>;
}

export async function measure(
  measurement: Measurement,
  tracers: readonly Tracer[],
  hot: Hot,
): Promise<Measured> {
  const runs = new Map<Tracer, (readonly number[])[]>(tracers.map((tracer) => [tracer, []]));
  const refusals = new Map<Tracer, string>();
  // The first round fills the caches and counts for nothing.
  for (let round = -1; round < measurement.rounds; round++) {
    for (const tracer of tracers) {
      if (refusals.has(tracer)) continue;
      try {
        const values = await measurement.run(tracer, hot);
        if (round >= 0) runs.get(tracer)?.push(values);
      } catch (error) {
        refusals.set(tracer, error instanceof Error ? error.message : String(error));
      }
    }
  }
  const series = new Map(
    [...runs]
      .filter(([tracer]) => !refusals.has(tracer))
      .map(([tracer, values]) => [
        tracer,
        measurement.figures.map((_, index) => values.map((run) => run[index] ?? Number.NaN)),
      ]),
  );
  return { measurement, series, refusals };
}
