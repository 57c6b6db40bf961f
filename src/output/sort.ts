/** Which entries of a map are printed, in which order, and divided by what. */

import { compareLists, compareValues, samplesOf } from '../types/compare-values.ts';
import type { Integer, Value } from '../types/value.ts';
import type { MapEntry, MapOptions, MapSnapshot } from './output.ts';
import { largest } from './top-entries.ts';

/** Ascending, so that the largest comes last; the last `top`; their values divided by `div`. */
export function arrangeEntries(map: MapSnapshot, options: MapOptions = {}): readonly MapEntry[] {
  const kept = map.keyed ? sortEntries(map.entries, options.top ?? 0) : map.entries;
  const div = BigInt(options.div ?? 1);
  if (div === 0n || div === 1n) return kept;
  return kept.map((entry) => ({ key: entry.key, value: divideValue(entry.value, div) }));
}

interface Ranked {
  readonly entry: MapEntry;
  readonly rank: Integer | undefined;
}

/** By value where values are numbers or sums of samples, else by key; ties by key. The last `top`, or all if that is 0. */
function sortEntries(entries: readonly MapEntry[], top: number): readonly MapEntry[] {
  const ranked = entries.map((entry): Ranked => ({ entry, rank: rankOf(entry.value) }));
  const few = top > 0 && top < entries.length;
  const sorted = few ? largest(ranked, top, compareRanked) : ranked.sort(compareRanked);
  return sorted.map(({ entry }) => entry);
}

function compareRanked(a: Ranked, b: Ranked): number {
  if (a.rank !== undefined && b.rank !== undefined && a.rank !== b.rank) {
    if (a.rank < b.rank) return -1;
    if (a.rank > b.rank) return 1;
  }
  return compareLists(a.entry.key, b.entry.key) || compareValues(a.entry.value, b.entry.value);
}

/** What an entry is sorted by, if not by its key. */
function rankOf(value: Value): Integer | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  switch (value.kind) {
    case 'enum':
      return value.value;
    case 'stats':
      return value.average;
    case 'histogram':
      return samplesOf(value);
    default:
      return undefined;
  }
}

/**
 * Integer division, toward zero. Of stats the average and the total are divided: they are in the samples' unit, the count isn't.
 * Of hist the counts are; lhist and all that isn't a number stays as it is.
 */
function divideValue(value: Value, div: bigint): Value {
  if (typeof value === 'number') return Number(BigInt(value) / div);
  if (typeof value === 'bigint') return value / div;
  if (typeof value !== 'object' || value === null) return value;
  switch (value.kind) {
    case 'stats':
      return { ...value, average: value.average / div, total: value.total / div };
    case 'histogram':
      if (value.style === 'linear') return value;
      return { ...value, buckets: value.buckets.map((bucket) => ({ ...bucket, count: bucket.count / div })) };
    default:
      return value;
  }
}
