/** What lines of output may tell of the event that they come from (--json-fields): values as the builtins of the same names have them. */

import type { OriginField } from '../plan/settings.ts';
import type { IntType } from '../types/type.ts';
import { u32, u64 } from '../types/type.ts';
import type { Emitter, Scalar } from './emitter.ts';
import { currentIds } from './variables/pid.ts';

/** A number that the program adds to its records. */
interface OriginSlot {
  readonly type: IntType;
  readonly emit: (out: Emitter) => Scalar;
}

export const originSlots = {
  nsecs: { type: u64, emit: (out) => out.helper('ktime_get_boot_ns', []) },
  cpu: { type: u32, emit: (out) => out.resize(out.helper('get_smp_processor_id', []), 32) },
  pid: { type: u32, emit: (out) => currentIds(out, false).pid },
  tid: { type: u32, emit: (out) => currentIds(out, false).tid },
} as const satisfies Readonly<Record<string, OriginSlot>>;

export type OriginSlotName = keyof typeof originSlots;

/** What a field is made of. The probe's name is known when compiling, if each place has a program of its own. */
export const originSource: Readonly<Record<OriginField, OriginSlotName | 'program'>> = {
  time: 'nsecs',
  nsecs: 'nsecs',
  cpu: 'cpu',
  pid: 'pid',
  tid: 'tid',
  probe: 'program',
};
