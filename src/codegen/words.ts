/** Bytes as numbers: cut into words as large as possible. */

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
