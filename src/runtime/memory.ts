/** One stretch of memory seen as bytes and as numbers of every width. Little-endian, as every machine that we run on. */

import { assert } from '../base/assert.ts';

/** `at` in readers is a byte offset in here; indices are the offset divided by the width. */
export interface Memory {
  /** For text. */
  readonly bytes: Buffer;
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly u16: Uint16Array;
  readonly i16: Int16Array;
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly u64: BigUint64Array;
  readonly i64: BigInt64Array;
}

/** Views on the same bytes: nothing is copied. A rest that is shorter than a number's width isn't seen by that view. */
export function memoryOver(buffer: ArrayBuffer): Memory {
  const length = (width: number) => Math.floor(buffer.byteLength / width);
  return {
    bytes: Buffer.from(buffer),
    u8: new Uint8Array(buffer),
    i8: new Int8Array(buffer),
    u16: new Uint16Array(buffer, 0, length(2)),
    i16: new Int16Array(buffer, 0, length(2)),
    u32: new Uint32Array(buffer, 0, length(4)),
    i32: new Int32Array(buffer, 0, length(4)),
    u64: new BigUint64Array(buffer, 0, length(8)),
    i64: new BigInt64Array(buffer, 0, length(8)),
  };
}

/** Always a bigint. Eight-byte fields are aligned to 8 wherever layout.ts puts them. */
export function unsigned64(memory: Memory, at: number): bigint {
  const value = memory.u64[at >>> 3];
  assert(value !== undefined && (at & 7) === 0, `no 8-byte number at offset ${at}`);
  return value;
}
