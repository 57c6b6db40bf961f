/** Commands and files that a script asks for while it runs: system() and cat(). */

import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { Result, SysError } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type { ByteText } from '../types/value.ts';
import { textOf } from '../types/value.ts';

/** What a command writes to its standard output; waits until it has ended. It shares our other streams. Its exit code is its own affair. */
export function runShell(command: ByteText): Result<ByteText, SysError> {
  // Arguments of a process are made of text: bytes that are no UTF-8 would become others, and so another command.
  const text = textOf(command);
  if (Buffer.from(text, 'utf8').toString('latin1') !== command)
    return failed({ kind: 'sys-error', call: 'execve', errno: illegalSequence, name: 'EILSEQ' });
  const { stdout, error } = spawnSync('/bin/sh', ['-c', text], {
    stdio: ['inherit', 'pipe', 'inherit'],
    encoding: 'latin1',
    maxBuffer: Infinity,
  });
  return error ? failed(sysError('execve', error)) : ok(stdout);
}

/** The first bytes of a file, however long it says that it is. A FIFO without a writer is empty: nobody waits for one. */
export function readHead(path: ByteText, bytesMax: number): Result<ByteText, SysError> {
  try {
    const fd = openSync(Buffer.from(path, 'latin1'), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return ok(readUpTo(fd, bytesMax));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return failed(sysError('open', error as Error));
  }
}

function readUpTo(fd: number, bytesMax: number): ByteText {
  const bytes = Buffer.alloc(bytesMax);
  let length = 0;
  while (length < bytesMax) {
    const count = readSync(fd, bytes, length, bytesMax - length, null);
    if (count === 0) break;
    length += count;
  }
  return bytes.toString('latin1', 0, length);
}

/** EILSEQ of include/uapi/asm-generic/errno.h. */
const illegalSequence = 84;

function sysError(call: string, { errno = 0, code = 'EIO' }: NodeJS.ErrnoException): SysError {
  return { kind: 'sys-error', call, errno: Math.abs(errno), name: code };
}
