/** Reads what may have no end: a device, a pipe, a file that somebody named by mistake. */

import { closeSync, openSync, readSync } from 'node:fs';

import type { Result, SysError } from '../base/result.ts';
import { attempt } from './attempt.ts';

const chunkBytes = 64 * 1024;

/** At most one byte more than `bytesMax`: whoever gets that knows that there is too much. */
export function readBounded(path: string, bytesMax: number): Result<Uint8Array, SysError> {
  return attempt(`open ${path}`, () => {
    const file = openSync(path, 'r');
    try {
      return readUpTo(file, bytesMax + 1);
    } finally {
      closeSync(file);
    }
  });
}

export const readStdinBounded = (bytesMax: number): Result<Uint8Array, SysError> =>
  attempt('read standard input', () => readUpTo(0, bytesMax + 1));

function readUpTo(file: number, bytes: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let left = bytes; left > 0;) {
    const chunk = Buffer.allocUnsafe(Math.min(left, chunkBytes));
    const read = readSync(file, chunk);
    if (read === 0) break;
    chunks.push(chunk.subarray(0, read));
    left -= read;
  }
  return Buffer.concat(chunks);
}
