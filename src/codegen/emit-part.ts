/** Parts of values: elements of tuples and arrays, fields of structs; and pointers to elements. Indices known at run time only are checked. */

import { assert, present } from '../base/assert.ts';
import type { Span } from '../base/span.ts';
import type { Operand } from '../builtins/emitter.ts';
import { runtimeWarning } from '../builtins/runtime-warning.ts';
import { isScalar, partsOf, sizeOf } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import type { BpfEmitter } from './bpf-emitter.ts';
import type { Emission } from './emission.ts';
import { emitBitfield } from './emit-bitfield.ts';
import type { ExprOf } from './emit-expression.ts';
import { asTruth, emitInto, memoryOf, scalarOf, wideOf } from './emit-expression.ts';
import { widthOf } from './words.ts';
import type { Place } from './values.ts';
import { Register } from './values.ts';

export function emitElement(emission: Emission, { type, tuple, index }: ExprOf<'element'>): Operand {
  assert(tuple.type.kind === 'tuple', 'elements are of tuples');
  const slot = present(partsOf(tuple.type).slots[index], 'element');
  const whole = emission.out.withoutLanding(() => memoryOf(emission, tuple));
  if (!isScalar(type)) return emission.out.part(whole, slot.offset, sizeOf(type));
  return asTruth(emission, type, emission.out.load(whole, slot.offset, widthOf(type)));
}

/** A part of a struct or array, whose bytes are as C has left them. */
export function emitPart(emission: Emission, { type, whole, offset, bits }: ExprOf<'part'>): Operand {
  const { out } = emission;
  const place = out.withoutLanding(() => memoryOf(emission, whole));
  if (!bits) return foreignPart(emission, out.part(place, offset, sizeOf(type)), type);
  return emitBitfield(emission, type, bits, {
    number: (at, bytes) => out.load(place, at, widthOfBytes(bytes)),
    copy: (at, to) => out.copy(to, 0, place, at, to.bytes),
  });
}

const widthOfBytes = (bytes: number): 8 | 16 | 32 | 64 =>
  present(
    ([8, 16, 32, 64] as const).find((bits) => bits === bytes * 8),
    `width of ${bytes} bytes`,
  );

/** Text gets its NUL, and zeros behind it: C may have left anything there. */
function foreignPart(emission: Emission, place: Place, type: Type): Operand {
  const { out } = emission;
  if (isScalar(type)) return asTruth(emission, type, out.load(place, 0, widthOf(type)));
  if (type.kind !== 'string') return place;
  const text = out.reserve(place.bytes, 'text');
  out.zero(text);
  out.readText(text, text.bytes, out.addressOf(place), 'kernel');
  return text;
}

/** Of a copy of the array, for the verifier allows no look at the stack at an offset known at run time only. */
export function emitArrayElement(
  emission: Emission,
  { type, array, index, span }: ExprOf<'array-element'>,
): Operand {
  const { out } = emission;
  assert(array.type.kind === 'array', 'elements of an array');
  const { length } = array.type;
  const whole = out.storage.reserveScratch(sizeOf(array.type), 'array');
  out.withoutLanding(() => emitInto(emission, array, whole));
  // Opaque, so that the check and the use are of one register: the verifier would not know the bound of another.
  const checked = new Register(out.builder.opaque(wideOf(emission, index).ir, 'index'));
  const isInside = out.compare('<', checked, length);
  if (isScalar(type)) {
    const width = widthOf(type);
    const value = out.choose(
      isInside,
      () => out.loadAt(whole, out.multiply(checked, sizeOf(type)), width),
      () => {
        warnOutside(out, length, span);
        return out.int(0, width);
      },
    );
    return asTruth(emission, type, value);
  }
  const element = out.reserve(sizeOf(type), 'element');
  out.when(
    isInside,
    () => out.copy(element, 0, out.elementAt(whole, checked, element.bytes), 0, element.bytes),
    () => {
      out.zero(element);
      warnOutside(out, length, span);
    },
  );
  return foreignPart(emission, element, type);
}

function warnOutside(out: BpfEmitter, length: number, span: Span): void {
  const elements = length === 1 ? '1 element' : `${length} elements`;
  const message = `Array index out of bounds: the array has ${elements}; 0 is used`;
  out.submit(runtimeWarning, { place: out.place(span, message) });
}

/** Null where the index is outside: reading from there gives zeros. */
export function emitAdvance(emission: Emission, expr: ExprOf<'advance'>): Register {
  const { out } = emission;
  const base = scalarOf(emission, expr.pointer);
  const advanced = (count: Register): Register => out.add(base, out.multiply(count, expr.stride));
  const count = wideOf(emission, expr.count);
  const { length, span } = expr;
  if (length === undefined) return advanced(count);
  return out.choose(
    out.compare('<', count, length),
    () => advanced(count),
    () => {
      warnOutside(out, length, span);
      return out.int(0);
    },
  );
}
