/** Entries of a map that was read, as a list. */

import type { MapEntries, MapEntry } from '../../src/types/map-entries.ts';

export const listOf = (entries: MapEntries): readonly MapEntry[] =>
  Array.from({ length: entries.count }, (_, index) => ({
    key: entries.key(index),
    value: entries.value(index),
  }));
