/** Commands and files that a script asks for. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readHead, runShell } from '../../../src/system/shell.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tstrace-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const errorName = (result: ReturnType<typeof readHead>): string | undefined =>
  result.ok ? undefined : result.error.name;

test('a command gives what it writes, whatever its exit code is', () => {
  expect(runShell('printf "a\\377b"; exit 3')).toEqual({ ok: true, value: 'a\xffb' });
  expect(runShell('true')).toEqual({ ok: true, value: '' });
});

test('a command of several bytes per character arrives as it is, one that is no text is not run', () => {
  expect(runShell(Buffer.from('printf é').toString('latin1'))).toEqual({ ok: true, value: '\xc3\xa9' });
  expect(errorName(runShell('printf \xe9'))).toBe('EILSEQ');
});

test('of a file the first bytes are read, or all that there are', () => {
  const file = join(folder(), 'file');
  writeFileSync(file, 'abc\xff', 'latin1');
  expect(readHead(file, 3)).toEqual({ ok: true, value: 'abc' });
  expect(readHead(file, 4)).toEqual({ ok: true, value: 'abc\xff' });
  expect(readHead(file, 100)).toEqual({ ok: true, value: 'abc\xff' });
  expect(readHead(file, 0)).toEqual({ ok: true, value: '' });
  expect(readHead('/proc/self/comm', 100).ok).toBe(true);
});

test('what can not be read says why', () => {
  expect(errorName(readHead('/no/such/file', 9))).toBe('ENOENT');
  expect(errorName(readHead('/', 9))).toBe('EISDIR');
});

test('a FIFO that nobody writes to is empty', () => {
  const path = join(folder(), 'fifo');
  execFileSync('mkfifo', [path]);
  expect(readHead(path, 9)).toEqual({ ok: true, value: '' });
});
