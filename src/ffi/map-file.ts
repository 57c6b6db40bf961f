/** A file's bytes in place, by mmap(2): for what is large, never changes, and of which little is looked at. */

import { closeSync, fstatSync, openSync } from 'node:fs';
import { declareLibc, viewMemory } from './koffi.ts';

const mmap = declareLibc('mmap', 'address', ['address', 'size', 'int', 'int', 'int', 'long']);

const protRead = 1;
const mapPrivate = 2;
const mapFailed = -1;

/**
 * The bytes, which stay mapped until the process ends; undefined if the file can't be opened or mapped. Only for files that nobody cuts
 * short, such as the kernel's: to read beyond a file's end then is the end of the process (SIGBUS).
 */
export function mapFile(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size } = fstatSync(fd);
    if (size === 0) return undefined;
    const address = mmap(0, size, protRead, mapPrivate, fd, 0);
    return address === mapFailed ? undefined : Buffer.from(viewMemory(address, size));
  } finally {
    closeSync(fd);
  }
}
