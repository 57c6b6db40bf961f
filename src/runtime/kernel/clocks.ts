/** Clocks that Node does not read (clock_gettime(2)), and how far they are apart. */

import { assert, present } from '../../base/assert.ts';
import { declareLibc } from '../../ffi/koffi.ts';
import { decodeRecord } from '../../types/record.ts';
import { clockIds, timespec } from './abi.ts';

const clockGettime = declareLibc('clock_gettime', 'int', ['int', 'bytes']);

const nsecsPerSecond = 1_000_000_000n;
const readingsMax = 10;

function readClock(clock: keyof typeof clockIds): bigint {
  const bytes = new Uint8Array(timespec.size);
  const result = clockGettime(clockIds[clock], bytes);
  assert(result === 0, `there is no clock ${clock}`);
  const { seconds, nanoseconds } = decodeRecord(timespec, bytes);
  return seconds * nsecsPerSecond + nanoseconds;
}

/** CLOCK_TAI − CLOCK_MONOTONIC in nanoseconds. */
export const taiOffset = (): bigint => ahead('tai', 'monotonic');

/** When the machine started, in nanoseconds since 1970, as the wall clock stands now: CLOCK_REALTIME − CLOCK_BOOTTIME. */
export const bootEpoch = (): bigint => ahead('realtime', 'boottime');

/** How far one clock is ahead of another, to within a microsecond or so: of several readings, that which took the least time. */
function ahead(clock: keyof typeof clockIds, other: keyof typeof clockIds): bigint {
  const readings = Array.from({ length: readingsMax }, () => {
    const before = readClock(other);
    const time = readClock(clock);
    const took = readClock(other) - before;
    return { took, offset: time - before - took / 2n };
  });
  return present(readings.sort((a, b) => Number(a.took - b.took))[0], 'a reading').offset;
}

/** Seconds that the kernel's atomic time is ahead of UTC, as nanoseconds: the leap seconds so far, or 0 where nobody has told it (adjtimex(2)). */
export function taiAheadOfUtc(): bigint {
  const distance = readClock('tai') - readClock('realtime');
  return ((distance + nsecsPerSecond / 2n) / nsecsPerSecond) * nsecsPerSecond;
}
