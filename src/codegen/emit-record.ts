/** Sends records to user space: packs their values, keeps room for control events, counts what doesn't fit. */

import { assert, Bug, present } from '../base/assert.ts';
import type { EventDefinition, EventFields } from '../builtins/define.ts';
import type { FieldValue, Memory, Operand, Scalar } from '../builtins/emitter.ts';
import type { PlanConstant } from '../plan/plan.ts';
import { eventSlotName, packetsSymbol, ringSymbol } from '../plan/plan.ts';
import type { TypedExpr } from '../sema/typed-tree.ts';
import { isScalar, partsOf, roundUp, sizeOf, slotOf } from '../types/layout.ts';
import type { LongType, PackedField, Packing } from '../types/packing.ts';
import { pack, tailAlign, tailsStart } from '../types/packing.ts';
import type { IntType, Type } from '../types/type.ts';
import { u32 } from '../types/type.ts';
import type { Emission } from './emission.ts';
import { gapsOf } from './emission.ts';
import type { Packet } from './bpf-emitter.ts';
import { emitInto, memoryOf } from './emit-expression.ts';
import { originFields, originPlan } from './emit-origin.ts';
import { emitToSequence, recordHeadBytes } from './emit-sequence.ts';
import { emitTail, emitTailOf, emitUsedBytes } from './emit-tail.ts';
import type { IrBlock } from './llvm/block-writer.ts';
import { i64, symbolPointer } from './llvm/ir-value.ts';
import { Place, placeOf, Register, registerOf } from './values.ts';
import { widthOf } from './words.ts';

export interface RecordField extends RecordSource {
  readonly name: string;
}

/** A value on its way into a record. */
export interface RecordSource {
  readonly type: Type;
  /** Stores the value where all of it fits. */
  readonly into: (place: Place) => void;
  /** Stores the beginning that says it all, and gives its length; for types that may be long. */
  readonly tail: (place: Place, type: LongType) => Register;
  /** An element of a tuple. */
  readonly part: (index: number) => RecordSource;
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
  const { out } = emission;
  // Warnings: whoever reads a pinned iterator would take the record for output.
  if (out.program.context.walk?.isPinned) return;
  const content = { event, ahead: originFields(emission), fields, constants };
  const record = packed(content);
  const isWalk = out.program.context.walk !== undefined;
  out.storage.scope(() => {
    // In a sequence records are padded; the ring does that itself.
    const bytesMax = isWalk ? recordHeadBytes + roundUp(record.bytesMax, recordHeadBytes) : record.bytesMax;
    const whole = out.storage.reserve(bytesMax, event.name);
    const place = isWalk ? out.part(whole, recordHeadBytes, record.bytesMax) : whole;
    const bytes = writeRecord(emission, content, record, place);
    send(emission, event.control, whole, bytes);
  });
}

/** BPF_F_CURRENT_CPU (include/uapi/linux/bpf.h); how many bytes of the packet follow stands above it. */
const currentCpu = 0xffffffff;
const packetBytesShift = 32;

/** One event with a packet behind it; gives what the kernel said of it. */
export function emitPacketRecord(
  emission: Emission,
  event: EventDefinition<EventFields>,
  fields: readonly RecordField[],
  constants: Readonly<Record<string, PlanConstant>>,
  packet: Packet,
): Register {
  const { out, failures, program } = emission;
  const content = { event, ahead: [], fields, constants };
  const record = packed(content);
  return out.storage.scope(() => {
    const place = out.storage.reserve(record.bytesMax, event.name);
    writeRecord(emission, content, record, place);
    const flags = out.or(out.shiftLeft(packet.bytes, packetBytesShift), currentCpu);
    const map = new Register(symbolPointer(packetsSymbol));
    const result = out.helper('skb_output', [packet.from, map, flags, place, record.bytesMax]);
    failures.countIf(out.builder.icmp('slt', result.ir, i64(0), 'is_lost'), 'lost', program);
    return result;
  });
}

/** What a record is made of. */
interface RecordContent {
  readonly event: EventDefinition<EventFields>;
  /** What the output wants to tell of the event itself. */
  readonly ahead: readonly RecordField[];
  readonly fields: readonly RecordField[];
  readonly constants: Readonly<Record<string, PlanConstant>>;
}

const packed = ({ ahead, fields }: RecordContent): Packing =>
  pack({ name: eventSlotName, type: u32 }, [...ahead, ...fields]);

/** Gives the bytes that it has. */
function writeRecord(
  emission: Emission,
  { event, ahead, fields, constants }: RecordContent,
  packing: Packing,
  place: Place,
): number | Register {
  const { out, program } = emission;
  const { name, carriesPacket } = event;
  const record = { ...packing, fields: packing.fields.slice(ahead.length) };
  const origin = originPlan(emission, packing.fields.slice(0, ahead.length));
  const number = out.tables.event({
    ...{ name, record, constants, program, span: out.span },
    ...(carriesPacket && { carriesPacket }),
    ...(origin.length > 0 && { origin }),
  });
  out.store(place, slotOf(packing.head, eventSlotName).offset, out.int(number, 32));
  for (const { offset, bytes } of gapsOf(packing.head)) out.zero(out.part(place, offset, bytes));
  const writer = new RecordWriter(emission, place, packing);
  [...ahead, ...fields].forEach((field, index) =>
    writer.write(present(packing.fields[index], 'packed field'), field),
  );
  return writer.bytes;
}

/** Writes values in the order of the call, whose evaluation may have effects. */
class RecordWriter {
  readonly #emission: Emission;
  readonly #place: Place;
  readonly #record: Packing;
  /** Where the next tail begins. */
  #end: number | Register;
  /** The furthest that it can begin. */
  #endMax: number;

  constructor(emission: Emission, place: Place, record: Packing) {
    this.#emission = emission;
    this.#place = place;
    this.#record = record;
    this.#end = this.#endMax = tailsStart(record.head);
  }

  /** Bytes of the whole record. */
  get bytes(): number | Register {
    return this.#endMax === tailsStart(this.#record.head) ? this.#record.head.size : this.#end;
  }

  write(packed: PackedField, field: RecordSource): void {
    const { out } = this.#emission;
    switch (packed.kind) {
      case 'fixed':
        return out.storage.scope(() => field.into(out.part(this.#place, packed.offset, sizeOf(packed.type))));
      case 'tail':
        return this.#writeTail(packed.type, packed.lengthOffset, field);
      case 'tuple':
        return packed.parts.forEach((part, index) => this.write(part, field.part(index)));
    }
  }

  #writeTail(type: LongType, lengthOffset: number, field: RecordSource): void {
    const { out } = this.#emission;
    const bytesMax = sizeOf(type);
    const place =
      typeof this.#end === 'number'
        ? out.part(this.#place, this.#end, bytesMax)
        : out.alignedPartAt(this.#place, out.bounded(this.#end, this.#endMax), bytesMax, tailAlign);
    const length = out.storage.scope(() => field.tail(place, type));
    out.store(this.#place, lengthOffset, out.resize(length, 32));
    const padded = out.and(out.add(length, tailAlign - 1), -tailAlign);
    this.#end = out.add(padded, this.#end);
    this.#endMax += roundUp(bytesMax, tailAlign);
  }
}

function send(emission: Emission, isControl: boolean, record: Place, bytes: number | Register): void {
  const { out, failures, program } = emission;
  const { builder } = out;
  const next = builder.block('sent');
  const lost = failures.block('lost', program, next);
  const result = out.program.context.walk
    ? emitToSequence(emission, record, bytes)
    : emitToRing(emission, isControl, record, bytes, lost);
  builder.condBr(builder.icmp('ne', result.ir, i64(0), 'is_lost'), lost, next);
  builder.enter(next);
}

function emitToRing(
  { out, ring }: Emission,
  isControl: boolean,
  record: Place,
  bytes: number | Register,
  lost: IrBlock,
): Register {
  const { builder } = out;
  const waitingMax = ring.waitingBytesMax(record.bytes, isControl);
  if (waitingMax !== undefined) {
    const waiting = out.helper('ringbuf_query', [ringPointer, availableData]);
    const send = builder.block('send');
    builder.condBr(builder.icmp('ugt', waiting.ir, i64(waitingMax), 'is_full'), lost, send);
    builder.enter(send);
  }
  return out.helper('ringbuf_output', [ringPointer, record, { length: bytes }, 0]);
}

const ringPointer = new Register(symbolPointer(ringSymbol));

/** A value at hand. */
export function givenSource(emission: Emission, type: Type, value: FieldValue): RecordSource {
  const { out } = emission;
  if (typeof value === 'function') return filledSource(emission, type, value);
  if (!isScalar(type)) {
    assert(value instanceof Place, 'a value of parts lies in memory');
    return memorySource(emission, type, value);
  }
  const into = (place: Place): void => {
    const width = widthOf(type);
    const number =
      typeof value === 'number' || typeof value === 'bigint'
        ? out.int(value, width)
        : out.resize(registerOf(value), width);
    out.store(place, 0, number);
  };
  return { type, into, tail: noTail, part: noPart };
}

/** A number that is computed when its turn comes. */
export function computedSource(out: Emission['out'], type: IntType, compute: () => Scalar): RecordSource {
  const into = (place: Place): void => out.store(place, 0, out.resize(registerOf(compute()), widthOf(type)));
  return { type, into, tail: noTail, part: noPart };
}

/** A value that is written where it is to lie. */
function filledSource(emission: Emission, type: Type, fill: (to: Memory) => void): RecordSource {
  const tail = (place: Place, long: LongType): Register => {
    fill(place);
    return emitUsedBytes(emission, place, long);
  };
  return { type, into: fill, tail, part: noPart };
}

/** A value that an expression gives. */
export function expressionSource(emission: Emission, expr: TypedExpr): RecordSource {
  const whole = held(() => memorySource(emission, expr.type, memoryOf(emission, expr)));
  return {
    type: expr.type,
    into: (place) => emitInto(emission, expr, place),
    tail: (place, type) => emitTail(emission, expr, place, type),
    part(index) {
      if (expr.kind !== 'tuple') return whole().part(index);
      return expressionSource(emission, present(expr.elements[index], 'element of a tuple'));
    },
  };
}

/** A value that lies somewhere. */
function memorySource(emission: Emission, type: Type, memory: Operand): RecordSource {
  const { out } = emission;
  const from = placeOf(memory);
  return {
    type,
    into: (place) => out.copy(place, 0, from, 0, sizeOf(type)),
    tail: (place, long) => emitTailOf(emission, from, place, long),
    part(index) {
      const slot = present(partsOf(type).slots[index], 'element of a tuple');
      return memorySource(emission, slot.type, out.part(from, slot.offset, sizeOf(slot.type)));
    },
  };
}

const noTail = (): never => {
  throw new Bug('a number has no tail');
};
const noPart = (): never => {
  throw new Bug('a number has no parts');
};

/** Evaluates once, when first asked. */
function held<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
