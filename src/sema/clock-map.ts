/** The map that stands for the clock of time series, in tests that want the same times at each run (DUMMY_TS_MAP). */

import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnostic } from '../base/diagnostic.ts';
import { didYouMean } from '../base/did-you-mean.ts';
import type { Settings } from '../plan/settings.ts';
import type { TypedProgram } from './typed-tree.ts';

/** It must be a map of the script, without a key, that holds an integer. */
export function checkClockMap(
  { maps }: Pick<TypedProgram, 'maps'>,
  { clockMap }: Pick<Settings, 'clockMap'>,
): readonly Diagnostic[] {
  if (clockMap === '') return [];
  const map = maps.find(({ name }) => name === clockMap);
  if (map?.key.length === 0 && map.value.kind === 'int') return [];
  const message = map
    ? `TSTRACE_DUMMY_TS_MAP names ${clockMap}, which does not hold one number`
    : `TSTRACE_DUMMY_TS_MAP names ${clockMap}, and the script has no such map`;
  const hints = map
    ? [`Set it in the script: ${clockMap} = 1000000000;`]
    : didYouMean(
        clockMap,
        maps.map(({ name }) => name),
      );
  return [diagnostic('error', map ? 'type-mismatch' : 'unknown-map', message, map?.span, { hints })];
}
