/** Adds to an event's record where the event comes from, as far as the output is to tell it. */

import { present } from '../base/assert.ts';
import type { OriginSlotName } from '../builtins/origin.ts';
import { originSlots, originSource } from '../builtins/origin.ts';
import type { OriginPlan } from '../plan/plan.ts';
import type { OriginField } from '../plan/settings.ts';
import type { PackedField } from '../types/packing.ts';
import type { Emission } from './emission.ts';
import type { RecordField } from './emit-record.ts';
import { computedSource } from './emit-record.ts';

/** Each once, however many fields are made of it. */
function slotsOf(fields: readonly OriginField[]): readonly OriginSlotName[] {
  const sources = new Set(fields.map((field) => originSource[field]));
  return [...sources].filter((source) => source !== 'program');
}

/** Fields that go before the script's own; nothing where nobody asks. */
export function originFields({ out }: Emission): readonly RecordField[] {
  return slotsOf(out.settings.originFields).map((slot) => {
    const { type, emit } = originSlots[slot];
    return { name: `origin ${slot}`, ...computedSource(out, type, () => emit(out)) };
  });
}

/** What becomes of them: `packed` are those fields in the record. */
export function originPlan({ out }: Emission, packed: readonly PackedField[]): readonly OriginPlan[] {
  const slots = slotsOf(out.settings.originFields);
  return out.settings.originFields.map((name) => {
    const source = originSource[name];
    if (source === 'program') return { name, known: out.program.name };
    return { name, field: present(packed[slots.indexOf(source)], `the field of ${name}`) };
  });
}
