/** Bitfields, wherever their bytes lie. */

import { sizeOf } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import type { Emission } from './emission.ts';
import { asTruth, isSigned } from './emit-expression.ts';
import { widthOf } from './words.ts';
import type { Place, Register } from './values.ts';

/** The bytes that hold a bitfield; offsets are those that its first bit counts from. */
export interface BitSource {
  /** A number of 1, 2, 4 or 8 bytes. */
  readonly number: (offset: number, bytes: number) => Register;
  /** As many bytes as `to` has. */
  readonly copy: (offset: number, to: Place) => void;
}

/**
 * A few bits: of the aligned integer of their type that holds them, as compilers read them, where there is one; of a packed struct's
 * the 8 bytes from their first one on, and one more if they reach into it.
 */
export function emitBitfield(
  emission: Emission,
  type: Type,
  { start, width }: { readonly start: number; readonly width: number },
  source: BitSource,
): Register {
  const { out } = emission;
  const container = sizeOf(type);
  const first = Math.floor(start / (container * 8)) * container;
  const isAligned = start + width <= (first + container) * 8;
  const from = isAligned ? start - first * 8 : start % 8;
  const whole = isAligned
    ? out.resize(source.number(first, container), 64)
    : straddling(emission, source, Math.floor(start / 8), from, width);
  const up = isAligned ? 64 - width - from : 64 - width;
  const high = out.shiftLeft(whole, up);
  const value = isSigned(type) ? out.shiftRightSigned(high, 64 - width) : out.shiftRight(high, 64 - width);
  return asTruth(emission, type, out.resize(value, widthOf(type)));
}

/** The bits from bit `from` of byte `first` on, in the low bits; above them are others. */
function straddling(
  { out }: Emission,
  source: BitSource,
  first: number,
  from: number,
  width: number,
): Register {
  const bytes = Math.ceil((from + width) / 8);
  const place = out.storage.reserve(16, 'bits');
  out.zero(place);
  source.copy(first, out.part(place, 0, bytes));
  const low = out.shiftRight(out.load(place, 0, 64), from);
  return bytes <= 8 ? low : out.or(low, out.shiftLeft(out.load(place, 8, 64), 64 - from));
}
