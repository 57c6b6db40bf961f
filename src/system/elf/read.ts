/** Opens ELF files. Large ones are read piece by piece; a file is open only while a piece is read, unless it is kept open on purpose. */

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

/** A file that stays readable when its name is gone. */
export interface OpenFile {
  readonly source: ByteSource;
  close(): void;
}

/** Opens a regular file and keeps it open; undefined if it can't be. */
export function openFile(path: string): OpenFile | undefined {
  const descriptor = openPath(path);
  if (descriptor === undefined) return undefined;
  const size = sizeOf(descriptor);
  if (size === undefined) {
    closeSync(descriptor);
    return undefined;
  }
  return {
    source: { size, read: (offset, length) => pieceOf(descriptor, offset, length, size) },
    close: () => closeSync(descriptor),
  };
}

/** A regular file's bytes; undefined if it can't be opened. A piece that can't be read any more counts as beyond the end. */
function fileSource(path: string): ByteSource | undefined {
  const size = withFile(path, sizeOf);
  if (size === undefined) return undefined;
  return {
    size,
    read: (offset, length) =>
      withFile(path, (descriptor) => pieceOf(descriptor, offset, length, size)) ?? Buffer.alloc(0),
  };
}

function sizeOf(descriptor: number): number | undefined {
  const stat = fstatSync(descriptor);
  return stat.isFile() ? stat.size : undefined;
}

/** In a buffer of its own, so that it is aligned for typed arrays. */
function pieceOf(descriptor: number, offset: number, length: number, size: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, size - offset)));
  let filled = 0;
  try {
    while (filled < buffer.length) {
      const count = readSync(descriptor, buffer, filled, buffer.length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
  } catch {
    // The medium fails: what has been read is what there is.
  }
  return buffer.subarray(0, filled);
}

function withFile<T>(path: string, use: (descriptor: number) => T): T | undefined {
  const descriptor = openPath(path);
  if (descriptor === undefined) return undefined;
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function openPath(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
