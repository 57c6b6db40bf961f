/** Bytes as numbers: how wide those of a type are, and bytes cut into words as large as possible. */

import { present } from '../base/assert.ts';
import { sizeOf } from '../types/layout.ts';
import type { Type } from '../types/type.ts';

const widths: Readonly<Record<number, 8 | 16 | 32 | 64>> = { 1: 8, 2: 16, 4: 32, 8: 64 };

/** Bits of a value that fits a register. */
export const widthOf = (type: Type): 8 | 16 | 32 | 64 =>
  present(widths[sizeOf(type)], `width of ${type.kind}`);

/** Sizes of the pieces that `bytes` are cut into, the largest first: 8-byte words as far as they go. */
export function* pieces(
  bytes: number,
): Iterable<{ readonly offset: number; readonly bits: 8 | 16 | 32 | 64 }> {
  let offset = 0;
  for (const bits of [64, 32, 16, 8] as const)
    for (; bytes - offset >= bits / 8; offset += bits / 8) yield { offset, bits };
}

/** The bytes of a text and its NUL as a little-endian word. */
export function wordOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((word, byte) => (word << 8n) | BigInt(byte), 0n);
}
