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

/** CLOCK_TAI − CLOCK_MONOTONIC in nanoseconds, to within a microsecond or so: of several readings, that which took the least time. */
export function taiOffset(): bigint {
  const readings = Array.from({ length: readingsMax }, () => {
    const before = readClock('monotonic');
    const tai = readClock('tai');
    const took = readClock('monotonic') - before;
    return { took, offset: tai - before - took / 2n };
  });
  return present(readings.sort((a, b) => Number(a.took - b.took))[0], 'a reading').offset;
}

/** Seconds that the kernel's atomic time is ahead of UTC, as nanoseconds: the leap seconds so far, or 0 where nobody has told it (adjtimex(2)). */
export function taiAheadOfUtc(): bigint {
  const ahead = readClock('tai') - readClock('realtime');
  return ((ahead + nsecsPerSecond / 2n) / nsecsPerSecond) * nsecsPerSecond;
}
