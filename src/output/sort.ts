/** Which entries of a map are printed, in which order, and divided by what. */

import { compareValues, samplesOf } from '../types/compare-values.ts';
import type { Integer, Value } from '../types/value.ts';
import type { MapEntries, MapEntry } from '../types/map-entries.ts';
import type { MapOptions, MapSnapshot } from './output.ts';
import { largest } from './top-entries.ts';

/**
 * Ascending, so that the largest comes last; the last `top`; their values divided by `div`. One by one: of a million entries only their
 * numbers and what they are sorted by are held at once.
 */
export function* arrangeEntries(
  { keyed, entries }: MapSnapshot,
  options: MapOptions = {},
): Iterable<MapEntry> {
  const div = BigInt(options.div ?? 1);
  for (const index of keyed ? sortedEntries(entries, options.top ?? 0) : entries.count > 0 ? [0] : []) {
    const value = entries.value(index);
    yield { key: entries.key(index), value: div === 0n || div === 1n ? value : divideValue(value, div) };
  }
}

/** By value where values are numbers or sums of samples, else by key; ties by key. The last `top`, or all if that is 0. */
function sortedEntries(entries: MapEntries, top: number): readonly number[] {
  const { count, haveRanks } = entries;
  const ranks = haveRanks ? Array.from({ length: count }, (_, index) => rankOf(entries.value(index))) : [];
  const compare = (a: number, b: number): number =>
    compareRanks(ranks[a], ranks[b]) ||
    entries.compareKeys(a, b) ||
    compareValues(entries.value(a), entries.value(b));
  const indices = Array.from({ length: count }, (_, index) => index);
  return top > 0 && top < count ? largest(indices, top, compare) : indices.sort(compare);
}

function compareRanks(a: Integer | undefined, b: Integer | undefined): number {
  if (a === undefined || b === undefined || a === b) return 0;
  return a < b ? -1 : 1;
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
