/** Numbers of several runs, and what may be said of them: medians, and ratios of runs that stood side by side. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Run by run: the machine's speed drifts, but not between two runs one after the other. */
export function pairRatios(ours: readonly number[], theirs: readonly number[]): Ratio {
  const ratios = ours.flatMap((value, index) => {
    const other = theirs[index];
    return other === undefined || other === 0 ? [] : [value / other];
  });
  return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}
