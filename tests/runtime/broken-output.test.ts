/** Output that can't be written is told, whatever was to be written; what can't be told any more stops nothing. */

import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { buildHere } from '../support/run-here.ts';

const bundle = join(import.meta.dirname, '../../dist/tstrace.mjs');
const prints = ['-e', 'begin { print(1); exit(); }'];

beforeAll(buildHere);

interface Streams {
  readonly stdout?: 'full';
  readonly stderr?: 'full' | 'closed';
  readonly environment?: Readonly<Record<string, string>>;
}

function run(args: readonly string[], { stdout, stderr, environment }: Streams = {}) {
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  // A shell closes what spawn can only leave out by giving /dev/null.
  const [program, ...rest] =
    stderr === 'closed'
      ? ['/bin/sh', '-c', 'exec "$@" 2>&-', 'sh', process.execPath, bundle, ...args]
      : [process.execPath, bundle, ...args];
  return spawnSync(program ?? '', rest, {
    stdio: ['ignore', stdout === 'full' ? full : 'pipe', stderr === 'full' ? full : 'pipe'],
    env: { ...process.env, ...environment },
    encoding: 'latin1',
  });
}

test.each([
  { what: 'a run', args: prints },
  { what: 'a list', args: ['-l', 'tracepoint:sched:*'] },
  { what: 'generated code', args: ['-d', 'codegen', ...prints] },
  { what: 'a script laid out anew', args: ['--fmt', ...prints] },
])('a full standard output ends $what with an error that says so', ({ args }) => {
  const { status, stderr } = run(args, { stdout: 'full' });
  expect(stderr).toMatch(/^ERROR: can't write .*to standard output: the disk is full \(ENOSPC\)/m);
  expect(status).toBe(1);
});

test('what a run could not write has a code', () => {
  expect(run(prints, { stdout: 'full' }).stderr).toContain('(ENOSPC) [output-incomplete]');
});

test.each([
  {
    what: '-o',
    args: ['-o', '/dev/full', ...prints],
    path: '/dev/full',
    reason: 'the disk is full (ENOSPC)',
  },
  {
    what: '--emit-elf',
    args: ['--emit-elf', '/nowhere/x', ...prints],
    path: '/nowhere/x',
    reason: 'there is no such file (ENOENT)',
  },
])('the file of $what that can not be written is named, with the reason', ({ args, path, reason }) => {
  const { status, stderr } = run(args);
  expect(stderr).toMatch(
    new RegExp(`^ERROR: can't write .*${path}: ${reason.replace(/[()]/g, '\\$&')}`, 'm'),
  );
  expect(status).toBe(1);
});

test.each(['full', 'closed'] as const)('a standard error that is %s stops nothing', (stderr) => {
  const { status, stdout } = run(prints, { stderr });
  expect({ status, stdout: stdout.trim() }).toEqual({ status: 0, stdout: '1' });
});

test('a program is not taken for a script', () => {
  const { status, stderr } = run(['/usr/bin/env']);
  expect(stderr).toContain('ERROR: /usr/bin/env is not a script: byte ');
  expect({ status, lines: stderr.split('\n').length }).toEqual({ status: 1, lines: 3 });
});

test('a BTF file that can not be used is named, with the reason', () => {
  const path = join(tmpdir(), `tstrace-${process.pid}.btf`);
  onTestFinished(() => rmSync(path, { force: true }));
  writeFileSync(path, 'no types here, only a text'.repeat(10));
  const { status, stderr } = run(prints, { environment: { TSTRACE_BTF: path } });
  expect(stderr).toContain(`ERROR: TSTRACE_BTF: ${path} can't be used: it does not begin as BTF does\n`);
  expect(status).toBe(1);
});
