/**
 * Equality of values that lie in memory. Text is zero behind its NUL and always has one, and padding is zero, so bytes decide; of two
 * texts those of the shorter capacity, for where the shorter one has its NUL, the longer one must have its own.
 */

import type { ByteText } from '../types/value.ts';
import type { BpfEmitter } from './bpf-emitter.ts';
import { blockBytes, differenceOf, emitBlocksDiffer } from './routines/blocks.ts';
import type { Place } from './values.ts';
import { Register } from './values.ts';
import { pieces, wordOf } from './words.ts';

/** Up to so many bytes are compared without a loop. */
const straightBytesMax = blockBytes;

/** Text in memory against text known when compiling; `stored` writes the latter to memory, where it is too long to be compared word by word. */
export function emitEqualsText(out: BpfEmitter, place: Place, text: ByteText, stored: () => Place): Register {
  const literal = Buffer.from(`${text}\0`, 'latin1');
  const bytes = Math.min(place.bytes, literal.length);
  if (bytes > straightBytesMax) return emitEqualBytes(out, place, stored(), bytes, true);
  let difference = out.int(0);
  for (const { offset, bits } of pieces(bytes)) {
    const expected = wordOf(literal.subarray(offset, offset + bits / 8));
    difference = out.or(difference, out.xor(out.resize(out.load(place, offset, bits), 64), expected));
  }
  return out.compare('==', difference, 0);
}

/** So many bytes of both. Of texts nothing lies behind a NUL but zeros: what follows one need not be looked at. */
export function emitEqualBytes(
  out: BpfEmitter,
  left: Place,
  right: Place,
  bytes: number,
  areTexts: boolean,
): Register {
  const blocks = bytes > straightBytesMax ? Math.floor(bytes / blockBytes) : 0;
  const start = blocks * blockBytes;
  // What is left over at the end is the cheapest to look at.
  const rest = new Register(
    differenceOf(out.builder, out.addressAt(left, start), out.addressAt(right, start), bytes - start),
  );
  const difference =
    blocks === 0
      ? rest
      : out.or(rest, emitBlocksDiffer(out, left, right, blocks, { areTexts, ordered: false }));
  return out.compare('==', difference, 0);
}
