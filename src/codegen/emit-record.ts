/** Sends records to user space: lays them out, fills them, keeps room for control events, counts what doesn't fit. */

import { present } from '../base/assert.ts';
import type { EventDefinition, EventFields } from '../builtins/define.ts';
import type { Operand } from '../builtins/emitter.ts';
import type { PlanConstant } from '../plan/plan.ts';
import { eventSlotName, ringSymbol } from '../plan/plan.ts';
import { isScalar, layOut, sizeOf, slotOf } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import { u32 } from '../types/type.ts';
import type { Emission } from './emission.ts';
import { gapsOf } from './emission.ts';
import { i64, symbolPointer } from './llvm/ir-value.ts';
import type { Place } from './values.ts';
import { placeOf, Register, registerOf } from './values.ts';

export interface RecordField {
  readonly name: string;
  readonly type: Type;
  /** Stores the value at its place in the record. */
  readonly fill: (place: Place) => void;
}

/** BPF_RB_AVAIL_DATA: bytes that user space has not taken yet (include/uapi/linux/bpf.h). */
const availableData = 0;

/** One event; the plan learns of it, and the record begins with its number there. */
export function emitRecord(
  emission: Emission,
  event: EventDefinition<EventFields>,
  fields: readonly RecordField[],
  constants: Readonly<Record<string, PlanConstant>>,
): void {
  const { out, program } = emission;
  const layout = layOut([
    { name: eventSlotName, type: u32 },
    ...fields.map(({ name, type }) => ({ name, type })),
  ]);
  const number = out.tables.event({ name: event.name, layout, constants, program, span: out.span });
  out.storage.scope(() => {
    const record = out.storage.reserve(layout.size, event.name);
    out.store(record, slotOf(layout, eventSlotName).offset, out.int(number, 32));
    for (const { offset, bytes } of gapsOf(layout)) out.zero(out.part(record, offset, bytes));
    for (const field of fields) {
      const { offset, type } = slotOf(layout, field.name);
      out.storage.scope(() => field.fill(out.part(record, offset, sizeOf(type))));
    }
    send(emission, event.control, record);
  });
}

function send({ out, failures, program, ring }: Emission, isControl: boolean, record: Place): void {
  const { builder } = out;
  const next = builder.block('sent');
  const lost = failures.block('lost', program, next);
  const waitingMax = ring.waitingBytesMax(record.bytes, isControl);
  if (waitingMax !== undefined) {
    const waiting = out.helper('ringbuf_query', [ringPointer, availableData]);
    const send = builder.block('send');
    builder.condBr(builder.icmp('ugt', waiting.ir, i64(waitingMax), 'is_full'), lost, send);
    builder.enter(send);
  }
  const result = out.helper('ringbuf_output', [ringPointer, record, record.bytes, 0]);
  builder.condBr(builder.icmp('ne', result.ir, i64(0), 'is_lost'), lost, next);
  builder.enter(next);
}

const ringPointer = new Register(symbolPointer(ringSymbol));

/** A field whose value is at hand. */
export function givenField(
  { out }: Emission,
  name: string,
  type: Type,
  value: Operand | number | bigint,
): RecordField {
  const fill = (place: Place): void => {
    if (typeof value === 'number' || typeof value === 'bigint')
      out.store(place, 0, out.int(value, widthOf(type)));
    else if (isScalar(type)) out.store(place, 0, out.resize(registerOf(value), widthOf(type)));
    else out.copy(place, 0, placeOf(value), 0, sizeOf(type));
  };
  return { name, type, fill };
}

const widths: Readonly<Record<number, 8 | 16 | 32 | 64>> = { 1: 8, 2: 16, 4: 32, 8: 64 };

/** Bits of a value that fits a register. */
export const widthOf = (type: Type): 8 | 16 | 32 | 64 =>
  present(widths[sizeOf(type)], `width of ${type.kind}`);
