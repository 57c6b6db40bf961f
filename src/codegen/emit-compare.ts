/**
 * Equality of values that lie in memory. Text is zero behind its NUL and always has one, and padding is zero, so bytes decide; of two
 * texts those of the shorter capacity, for where the shorter one has its NUL, the longer one must have its own.
 */

import type { ByteText } from '../types/value.ts';
import type { BpfEmitter } from './bpf-emitter.ts';
import { pieces, wordOf } from './words.ts';
import { i64 } from './llvm/ir-value.ts';
import type { Place } from './values.ts';
import { Register } from './values.ts';

/** Up to so many bytes are compared without a loop. */
const straightBytesMax = 64;
const wordBytes = 8;

/** Text in memory against text known when compiling; `stored` writes the latter to memory, where it is too long to be compared word by word. */
export function emitEqualsText(out: BpfEmitter, place: Place, text: ByteText, stored: () => Place): Register {
  const literal = Buffer.from(`${text}\0`, 'latin1');
  const bytes = Math.min(place.bytes, literal.length);
  if (bytes > straightBytesMax) return emitEqualBytes(out, place, stored(), bytes);
  let difference = out.int(0);
  for (const { offset, bits } of pieces(bytes)) {
    const expected = wordOf(literal.subarray(offset, offset + bits / 8));
    difference = out.or(difference, out.xor(out.resize(out.load(place, offset, bits), 64), expected));
  }
  return out.compare('==', difference, 0);
}

/** So many bytes of both. */
export function emitEqualBytes(out: BpfEmitter, left: Place, right: Place, bytes: number): Register {
  if (bytes > straightBytesMax) return compareInLoop(out, left, right, bytes);
  let difference = out.int(0);
  for (const { offset, bits } of pieces(bytes)) {
    const a = out.resize(out.load(left, offset, bits), 64);
    const b = out.resize(out.load(right, offset, bits), 64);
    difference = out.or(difference, out.xor(a, b));
  }
  return out.compare('==', difference, 0);
}

/** Word by word; what is left over at the end is compared first. */
function compareInLoop(out: BpfEmitter, left: Place, right: Place, bytes: number): Register {
  const words = Math.floor(bytes / wordBytes);
  const rest = bytes - words * wordBytes;
  const tail = (place: Place): Place => out.part(place, words * wordBytes, rest);
  const { builder } = out;
  const equal = builder.alloca('i64', 'equal');
  const tailsEqual = rest === 0 ? out.truth(true) : emitEqualBytes(out, tail(left), tail(right), rest);
  builder.store(out.resize(tailsEqual, 64).ir, equal);
  out.repeat(words, (index, stop) => {
    const offset = out.multiply(index, wordBytes);
    const differs = out.compare('!=', out.loadAt(left, offset, 64), out.loadAt(right, offset, 64));
    out.when(differs, () => {
      builder.store(i64(0), equal);
      stop();
    });
  });
  return out.compare('!=', new Register(builder.load('i64', equal, 'equal')), 0);
}
