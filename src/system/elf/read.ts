/** Opens ELF files. Large ones are read piece by piece; the file is open only while a piece is read, so nothing is left to close. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import type { Result } from '../../base/result.ts';
import { failed } from '../../base/result.ts';
import type { ByteSource, Elf } from './parse.ts';
import { parseElf } from './parse.ts';

/** Read the tables of a file. Fails with what is wrong with it, in words. */
export function readElf(path: string): Result<Elf, string> {
  const source = fileSource(path);
  return source === undefined ? failed("it is missing or can't be read") : parseElf(source);
}

/** A regular file's bytes; undefined if it can't be opened. A piece that can't be read any more counts as beyond the end. */
function fileSource(path: string): ByteSource | undefined {
  const size = withFile(path, (descriptor) => {
    const stat = fstatSync(descriptor);
    return stat.isFile() ? stat.size : undefined;
  });
  if (size === undefined) return undefined;
  const read = (offset: number, length: number): Buffer => {
    const fitting = Math.max(0, Math.min(length, size - offset));
    return withFile(path, (descriptor) => readPiece(descriptor, offset, fitting)) ?? Buffer.alloc(0);
  };
  return { size, read };
}

/** In a buffer of its own, so that it is aligned for typed arrays. */
function readPiece(descriptor: number, offset: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(descriptor, buffer, filled, length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

function withFile<T>(path: string, use: (descriptor: number) => T): T | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return use(descriptor);
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
