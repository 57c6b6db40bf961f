/** A time series as a value: when each interval began, by the clock on the wall, no more precise than the intervals are. */

import type { Series } from '../builtins/define.ts';
import { clocks } from '../types/type.ts';
import type { Value } from '../types/value.ts';
import type { DecodeContext } from './decode.ts';

/** Nanoseconds, and digits behind the second. */
const precisions = [
  { name: 's', nsecs: 1_000_000_000n, digits: 0 },
  { name: 'ms', nsecs: 1_000_000n, digits: 3 },
  { name: 'us', nsecs: 1000n, digits: 6 },
  { name: 'ns', nsecs: 1n, digits: 9 },
] as const;
const [second] = precisions;

export function seriesValue({ interval, points }: Series, { words }: Pick<DecodeContext, 'words'>): Value {
  const precision = precisions.find(({ nsecs }) => interval % nsecs === 0n) ?? second;
  const timeOf = (start: bigint): string => {
    const time = words.formatTime(start, clocks.indexOf('tai'), '%H:%M:%S');
    const fraction = String((start % second.nsecs) / precision.nsecs).padStart(precision.digits, '0');
    return precision.digits === 0 ? time : `${time}.${fraction}`;
  };
  return {
    kind: 'series',
    precision: precision.name,
    points: points.map(({ start, value }) => ({
      time: timeOf(start),
      ...(value !== undefined && { value }),
    })),
  };
}
