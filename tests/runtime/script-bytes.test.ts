/** Scripts as bytes: those that are no UTF-8, and more than a script has. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildHere } from '../support/run-here.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tstrace-bytes-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  await buildHere();
});

test('bytes of a script that are no UTF-8 stay what they are, in files and on the command line', async () => {
  const script = Buffer.from(
    'begin { $a = "\xff\xe9"; print((strlen($a), $a == "\\xff\\xe9", $a)); exit(); } // \xe9\n',
    'latin1',
  );
  const path = join(folder, 'latin.bt');
  writeFileSync(path, script);
  const expected = Buffer.from('(2, true, \xff\xe9)\n\n\n', 'latin1');
  expect(spawnSync('./tstrace', ['-q', path], { cwd: root }).stdout).toEqual(expected);
  // Node can't hand such an argument over, a shell can.
  const viaShell = 'exec ./tstrace -q -e "$(cat "$0")"';
  expect(spawnSync('sh', ['-c', viaShell, path], { cwd: root }).stdout).toEqual(expected);
  const formatted = spawnSync('./tstrace', ['--fmt', path], { cwd: root }).stdout;
  expect(formatted.includes(Buffer.from('"\xff\xe9"', 'latin1'))).toBe(true);
});

test('what has no end is no script', () => {
  const { stderr, status } = spawnSync('sh', ['-c', './tstrace - < /dev/zero'], { cwd: root });
  expect(status).toBe(1);
  expect(stderr.toString()).toBe('ERROR: stdin is not a script: it has more than 16 MiB\n');
});
