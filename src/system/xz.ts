/** Unpacks .xz data through liblzma, which dpkg, rpm and systemd bring everywhere. Where it is missing, packed symbols are not read. */

import { declareAll, loadLibrary } from '../ffi/koffi.ts';
import { once } from './once.ts';

const signatures = {
  decode: [
    'lzma_stream_buffer_decode',
    'int',
    ['bytes', 'uint', 'address', 'bytes', 'bytes', 'size', 'bytes', 'bytes', 'size'],
  ],
} as const;

const lzma = once(() => {
  const library = loadLibrary(['liblzma.so.5']);
  return library.ok ? declareAll(library.value, signatures) : undefined;
});

/** LZMA_OK and LZMA_BUF_ERROR of lzma/base.h: all unpacked, or the output was too small. */
const done = 0;
const outputFull = 10;

/** Symbol tables shrink to about a fifth; nobody's are larger than this. */
const usualRatio = 8;
const unpackedBytesMax = 256 << 20;

/** The whole contents; undefined if they are damaged, too large, or can't be unpacked here. */
export function unpackXz(packed: Uint8Array): Buffer | undefined {
  for (let room = packed.length * usualRatio + 4096; room <= unpackedBytesMax; room *= 4) {
    const unpacked = unpackInto(packed, room);
    if (unpacked !== 'too-small') return unpacked;
  }
  return undefined;
}

function unpackInto(packed: Uint8Array, room: number): Buffer | undefined | 'too-small' {
  const output = Buffer.allocUnsafeSlow(room);
  const memoryBytesMax = BigUint64Array.of(2n ** 64n - 1n);
  const [read, written] = [new BigUint64Array(1), new BigUint64Array(1)];
  const flags = 0;
  const result = lzma()?.decode(memoryBytesMax, flags, 0, packed, read, packed.length, output, written, room);
  if (result === outputFull) return 'too-small';
  return result === done ? output.subarray(0, Number(written[0])) : undefined;
}
