/** Entries of maps as they are handed to output: at hand in a list, or made one by one from bytes (runtime/compact-entries.ts). */

import { compareLists } from './compare-values.ts';
import type { Value } from './value.ts';

/** The entries of a map, in any order, by their number. Each may be made anew whenever it is asked for: ask once for what is shown. */
export interface MapEntries {
  readonly count: number;
  /** Whether values are numbers, or hold samples: such maps are sorted by them, others by their keys. */
  readonly haveRanks: boolean;
  /** The key's parts; none in a scalar map. */
  key(index: number): readonly Value[];
  value(index: number): Value;
  /** Which of two entries' keys comes first: negative, 0 if nothing tells them apart, positive. */
  compareKeys(a: number, b: number): number;
}

export interface MapEntry {
  readonly key: readonly Value[];
  readonly value: Value;
}

export function listedEntries(entries: readonly MapEntry[]): MapEntries {
  const key = (index: number): readonly Value[] => entries[index]?.key ?? [];
  return {
    count: entries.length,
    haveRanks: true,
    key,
    value: (index) => entries[index]?.value ?? null,
    compareKeys: (a, b) => compareLists(key(a), key(b)),
  };
}
