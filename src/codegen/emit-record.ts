/** Sends records to user space: lays them out, fills them, keeps room for control events, counts what doesn't fit. */

import { present } from '../base/assert.ts';
import type { Span } from '../base/span.ts';
import type { EventDefinition, EventFields } from '../builtins/define.ts';
import type { Operand } from '../builtins/emitter.ts';
import type { PlanConstant } from '../plan/plan.ts';
import { eventSlotName, ringSymbol } from '../plan/plan.ts';
import type { Layout, Slot } from '../types/layout.ts';
import { isScalar, layOut, roundUp, sizeOf, slotOf } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import { u32 } from '../types/type.ts';
import type { Emission } from './emission.ts';
import { gapsOf } from './emission.ts';
import { symbolPointer } from './llvm/ir-value.ts';
import type { Place } from './values.ts';
import { Register, registerOf } from './values.ts';

export interface RecordField {
  readonly name: string;
  readonly type: Type;
  /** Stores the value at its place in the record. */
  readonly fill: (place: Place) => void;
}

/** BPF_RB_AVAIL_DATA: bytes that user space has not taken yet (include/uapi/linux/bpf.h). */
const availableData = 0;
/** In front of every record in the ring. */
const recordHeaderBytes = 8;

/** One event; the plan learns of it, and the record begins with its number there. */
export function emitRecord(
  emission: Emission,
  event: EventDefinition<EventFields>,
  fields: readonly RecordField[],
  constants: Readonly<Record<string, PlanConstant>>,
  span: Span,
): void {
  const { out } = emission;
  const layout = layOut([{ name: eventSlotName, type: u32 }, ...fields]);
  const number = out.tables.event({ name: event.name, layout, constants, program: emission.program, span });
  out.storage.scope(() => {
    const record = out.storage.reserve(layout.size, event.name);
    out.store(record, 0, out.int(number, 32));
    for (const { offset, bytes } of gapsOf(layout, (slot) => sizeOf(slot.type))) out.builder.memset(out.at(record, offset), 0, bytes);
    for (const field of fields) field.fill(placeIn(emission, record, slotOf(layout, field.name)));
    send(emission, event, record, layout);
  });
}

const placeIn = ({ out }: Emission, record: Place, slot: Slot): Place => out.part(record, slot.offset, sizeOf(slot.type));

function send(emission: Emission, event: EventDefinition<EventFields>, record: Place, layout: Layout): void {
  const { out, losses, program } = emission;
  const output = (): Register => out.helper('ringbuf_output', [ringPointer, record, layout.size, 0]);
  if (event.control) return losses.addIfNegative(program, output());
  // A flood of data must leave room for exit(): it may fill all but the headroom.
  const room = emission.ring.bytes - emission.ring.headroomBytes - roundUp(layout.size + recordHeaderBytes, 8);
  const used = out.helper('ringbuf_query', [ringPointer, availableData]);
  const sent = out.choose(out.compare('<=', used, room), output, () => out.int(-1));
  losses.addIfNegative(program, sent);
}

const ringPointer = new Register(symbolPointer(ringSymbol));

/** A field whose value is at hand. */
export function givenField({ out }: Emission, name: string, type: Type, value: Operand | number | bigint): RecordField {
  return {
    name,
    type,
    fill: (place) => {
      if (typeof value === 'number' || typeof value === 'bigint') return fillNumber(place, value);
      if (isScalar(type)) out.store(place, 0, out.resize(registerOf(value), widthOf(type)));
      else out.copy(place, 0, value as Place, 0, sizeOf(type));
    },
  };
  function fillNumber(place: Place, value: number | bigint): void {
    out.store(place, 0, out.int(value, widthOf(type)));
  }
}

const widths: Readonly<Record<number, 8 | 16 | 32 | 64>> = { 1: 8, 2: 16, 4: 32, 8: 64 };

/** Bits of a value that fits a register. */
export const widthOf = (type: Type): 8 | 16 | 32 | 64 => present(widths[sizeOf(type)], `width of ${type.kind}`);

