/** Equality of values that lie in memory: text up to its NUL, everything else byte by byte. */

import type { BpfEmitter } from './bpf-emitter.ts';
import type { ByteText } from '../types/value.ts';
import type { Place, Register } from './values.ts';

/** Sizes of the pieces that `bytes` are cut into, the largest first: 8-byte words as far as they go. */
function* pieces(bytes: number): Iterable<{ readonly offset: number; readonly bytes: 1 | 2 | 4 | 8 }> {
  let offset = 0;
  for (const size of [8, 4, 2, 1] as const)
    while (bytes - offset >= size) {
      yield { offset, bytes: size };
      offset += size;
    }
}

const bitsOfPiece = { 1: 8, 2: 16, 4: 32, 8: 64 } as const;

/** Text in memory against text known when compiling; the shorter capacity decides how much counts. */
export function emitEqualsText(out: BpfEmitter, place: Place, text: ByteText): Register {
  const literal = Buffer.from(`${text}\0`, 'latin1');
  let difference = out.int(0);
  for (const { offset, bytes } of pieces(Math.min(place.bytes, literal.length))) {
    const expected = literal.subarray(offset, offset + bytes).reduceRight((word, byte) => (word << 8n) | BigInt(byte), 0n);
    const word = out.resize(out.load(place, offset, bitsOfPiece[bytes]), 64);
    difference = out.or(difference, out.xor(word, expected));
  }
  return out.compare('==', difference, 0);
}

/** Two texts in memory: alike up to the first NUL, or over the shorter capacity. */
export function emitEqualTexts(out: BpfEmitter, left: Place, right: Place): Register {
  const differs = out.storage.reserve(8, 'differs');
  out.store(differs, 0, out.int(0));
  out.repeat(Math.min(left.bytes, right.bytes), (index, stop) => {
    const a = out.loadAt(left, index, 8);
    const b = out.loadAt(right, index, 8);
    out.when(out.compare('!=', a, b), () => {
      out.store(differs, 0, out.int(1));
      stop();
    });
    out.when(out.compare('==', a, 0), stop);
  });
  return out.compare('==', out.load(differs, 0, 64), 0);
}

/** All bytes; both have the same size, and zeros where nothing was written. */
export function emitEqualBytes(out: BpfEmitter, left: Place, right: Place, bytes: number): Register {
  let difference = out.int(0);
  for (const { offset, bytes: size } of pieces(bytes)) {
    const a = out.resize(out.load(left, offset, bitsOfPiece[size]), 64);
    const b = out.resize(out.load(right, offset, bitsOfPiece[size]), 64);
    difference = out.or(difference, out.xor(a, b));
  }
  return out.compare('==', difference, 0);
}
