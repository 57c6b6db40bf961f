/** Values in the bytes of another type: numbers cut and extended, text and tuples of other sizes. */

import { present } from '../base/assert.ts';
import type { Operand } from '../builtins/emitter.ts';
import type { TypedExpr } from '../sema/typed-tree.ts';
import type { Slot } from '../types/layout.ts';
import { isScalar, partsOf, sizeOf } from '../types/layout.ts';
import { matchedElements } from '../types/tuple.ts';
import type { TupleType, Type } from '../types/type.ts';
import type { BpfEmitter } from './bpf-emitter.ts';
import type { Emission } from './emission.ts';
import { gapsOf } from './emission.ts';
import type { ExprOf } from './emit-expression.ts';
import { isSigned, memoryOf, scalarOf } from './emit-expression.ts';
import { pointerOf } from './emit-load.ts';
import { widthOf } from './words.ts';
import type { Place, Register } from './values.ts';

export function emitConversion(emission: Emission, { type, operand }: ExprOf<'convert'>): Operand {
  const { out } = emission;
  if (isScalar(type) && isScalar(operand.type)) return convertScalar(emission, type, operand);
  if (type.kind === 'bool') return out.compare('!=', out.load(memoryOf(emission, operand), 0, 8), 0);
  if (isScalar(type)) return out.load(memoryOf(emission, operand), 0, widthOf(type));
  const place = out.reserve(sizeOf(type), 'converted');
  if (isScalar(operand.type)) out.store(place, 0, scalarOf(emission, operand));
  else
    convertMemory(
      out,
      out.withoutLanding(() => memoryOf(emission, operand)),
      operand.type,
      place,
      type,
    );
  return place;
}

function convertScalar(emission: Emission, type: Type, operand: TypedExpr): Register {
  const { out } = emission;
  if (type.kind !== 'bool')
    return out.resize(scalarOf(emission, operand), widthOf(type), isSigned(operand.type));
  const value = pointerOf(emission, operand);
  return value.bits === 1 ? value : out.compare('!=', value, 0);
}

/** A value in memory in the bytes of another type: a tuple element by element, text with its NUL, zeros behind what is shorter. */
function convertMemory(out: BpfEmitter, from: Place, source: Type, place: Place, type: Type): void {
  if (source.kind === 'tuple' && type.kind === 'tuple') return convertTuple(out, from, source, place, type);
  const bytes = Math.min(from.bytes, place.bytes);
  out.copy(place, 0, from, 0, bytes);
  if (bytes < place.bytes) out.zero(out.part(place, bytes, place.bytes - bytes));
  else if (type.kind === 'string') out.store(place, bytes - 1, out.int(0, 8));
}

function convertTuple(out: BpfEmitter, from: Place, source: TupleType, place: Place, type: TupleType): void {
  const [parts, target] = [partsOf(source).slots, partsOf(type)];
  for (const { offset, bytes } of gapsOf(target)) out.zero(out.part(place, offset, bytes));
  const sources = matchedElements(source, type);
  target.slots.forEach((slot, index) =>
    convertElement(out, from, present(parts[sources[index] ?? -1], 'element'), place, slot),
  );
}

/** A value that lies somewhere, of one type, stored as one of another. */
export function storeConverted(out: BpfEmitter, from: Place, source: Type, to: Place, type: Type): void {
  convertElement(out, from, { name: '', type: source, offset: 0 }, to, { name: '', type, offset: 0 });
}

function convertElement(out: BpfEmitter, from: Place, part: Slot, place: Place, slot: Slot): void {
  if (!isScalar(slot.type)) {
    const old = out.part(from, part.offset, sizeOf(part.type));
    return convertMemory(out, old, part.type, out.part(place, slot.offset, sizeOf(slot.type)), slot.type);
  }
  const value = out.load(from, part.offset, widthOf(part.type));
  const resized =
    slot.type.kind === 'bool' && part.type.kind !== 'bool'
      ? out.compare('!=', value, 0)
      : out.resize(value, widthOf(slot.type), isSigned(part.type));
  out.store(place, slot.offset, resized);
}
