/** Where the output of a command of -c goes: beside tstrace's own, without a line of either being lost, and never into JSON. */

import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { checkJsonLines } from '../support/json-lines.ts';
import { buildHere } from '../support/run-here.ts';

const bundle = join(import.meta.dirname, '../../dist/tstrace.mjs');

beforeAll(buildHere);

/** Runs tstrace with both streams to a new file, into which somebody else writes before and after. */
function runInto(name: string, args: readonly string[]): { text: string; flags: string } {
  const path = join(tmpdir(), `tstrace-${process.pid}-${name}`);
  onTestFinished(() => rmSync(path, { force: true }));
  const fd = openSync(path, 'w');
  writeSync(fd, 'before\n');
  spawnSync(process.execPath, [bundle, ...args], { stdio: ['ignore', fd, fd] });
  const flags = readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1');
  writeSync(fd, 'after\n');
  closeSync(fd);
  return { text: readFileSync(path, 'latin1'), flags };
}

const appends = /^flags:\s+0\d*2\d{3}$/m;

test('while the command runs, all that is written goes to the end of the file, and afterwards the file is as it was', () => {
  const { text, flags } = runInto('flags', [
    '-c',
    'grep flags /proc/self/fdinfo/1',
    '-e',
    'interval:s:60 { }',
  ]);
  expect(text).toMatch(appends);
  expect(flags).not.toMatch(appends);
});

test('what cat copies into the file from within the kernel does not land on events', () => {
  for (let run = 0; run < 5; run++) {
    const { text } = runInto('cat', [
      '-c',
      'cat /proc/sys/kernel/ostype /etc/passwd',
      '-e',
      'tracepoint:syscalls:sys_enter_openat /pid == cpid/ { printf("opened %s\\n", str(args.filename)); }',
    ]);
    const lines = text.split('\n');
    expect(lines[0]).toBe('before');
    expect(lines.at(-2)).toBe('after');
    expect(lines).toContain('opened /proc/sys/kernel/ostype');
    expect(lines).toContain('opened /etc/passwd');
    for (const line of readFileSync('/etc/passwd', 'latin1').split('\n')) expect(text).toContain(line);
  }
});

test('JSON has standard output for itself: what the command prints goes to standard error', () => {
  const script = 'tracepoint:syscalls:sys_enter_openat /pid == cpid/ { print(str(args.filename)); }';
  const args = [bundle, '-f', 'json', '-c', 'cat /proc/sys/kernel/ostype', '-e', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'latin1' });
  const lines = stdout.split('\n').filter((line) => line !== '');
  expect(lines.map((line) => (JSON.parse(line) as { data: unknown }).data)).toContain(
    '/proc/sys/kernel/ostype',
  );
  expect(stderr).toContain('Linux\n');
  checkJsonLines(stdout, 'latin1');
});

test("with -o the command's output stays on standard output, also beside JSON", () => {
  const path = join(tmpdir(), `tstrace-${process.pid}-json`);
  onTestFinished(() => rmSync(path, { force: true }));
  const args = [
    bundle,
    '-q',
    '-f',
    'json',
    '-o',
    path,
    '-c',
    'cat /proc/sys/kernel/ostype',
    '-e',
    'interval:s:60 { }',
  ];
  expect(spawnSync(process.execPath, args, { encoding: 'latin1' }).stdout).toBe('Linux\n');
});
