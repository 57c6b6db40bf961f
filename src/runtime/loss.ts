/** The loss counters: events that programs couldn't deliver, and updates that maps refused. Sums over all possible CPUs. */

import type { Result, SysError } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { MapAccess, OpenMap } from './map-entries.ts';
import { valueStride, walkEntries } from './map-entries.ts';

/** Every slot's count, by its number. */
export function readLossSlots(map: OpenMap, access: MapAccess): Result<readonly bigint[], SysError> {
  const totals = new Array<bigint>(map.plan.entriesMax).fill(0n);
  const words = valueStride(map.plan, access.possibleCpus) / 8;
  const walked = walkEntries(map, access, (keys, values) => (keyAt, valueAt) => {
    let total = 0n;
    for (let word = 0; word < words; word++) total += values.u64[(valueAt >>> 3) + word] ?? 0n;
    totals[keys.u32[keyAt >>> 2] ?? 0] = total;
  });
  return walked.ok ? ok(totals) : walked;
}

export interface LossWatch {
  /** Events lost since the last time that it was asked. */
  poll(): Result<bigint, SysError>;
  /** Every slot as it was at the last poll: first those of the programs' events, then those of the maps. */
  readonly slots: readonly bigint[];
}

/** Watches the slots of events, which are the first, one per program. */
export function watchLoss(map: OpenMap, access: MapAccess, programs: number): LossWatch {
  let slots: readonly bigint[] = [];
  const events = (): bigint => slots.slice(0, programs).reduce((sum, count) => sum + count, 0n);
  return {
    poll() {
      const read = readLossSlots(map, access);
      if (!read.ok) return read;
      const before = events();
      slots = read.value;
      return ok(events() - before);
    },
    get slots() {
      return slots;
    },
  };
}
