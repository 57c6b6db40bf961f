/** -l and -lv on this machine: of its kernel, of programs, of a process. */

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Place } from '../support/end-to-end.ts';
import { buildHere } from '../support/run-here.ts';

let place: Place;

beforeAll(async () => {
  place = await buildHere();
});

/** Lines of stdout; nothing may be reported. */
async function listing(...args: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr, status } = await place.tstrace(args);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.trimEnd().split('\n');
}

test('arguments of a function of the kernel, by BTF', async () =>
  expect(await listing('-lv', 'fexit:vmlinux:vfs_fsync')).toEqual([
    'fexit:vmlinux:vfs_fsync',
    '    struct file * file',
    '    int32 datasync',
    '    int32 retval',
  ]));

test('arguments of a function of a program, by its debug information', async () =>
  expect(await listing('-lv', `uprobe:${place.programs}/arguments:mi*`)).toEqual([
    `uprobe:${place.programs}/arguments:mixed`,
    '    int32 count',
    '    struct point * at',
    '    int8 * name',
    '    enum color color',
    '    bool yes',
    '    int8 minus',
    '    int64 seventh',
    "    uint8[8] real (can't be read: it is in a floating-point register)",
    '    struct pair pair',
    '    int16 last',
  ]));

test('everything: functions, events and iterators of the kernel', async () => {
  const lines = await listing('-l');
  for (const line of ['tracepoint:syscalls:sys_enter_openat', 'rawtracepoint:sched_switch', 'iter:task'])
    expect(lines).toContain(line);
  expect(new Set(lines).size).toBe(lines.length);
});

test('a struct of the kernel, and its definition', async () => {
  expect(await listing('-l', 'struct path')).toEqual(['struct path']);
  expect(await listing('-lv', 'struct path')).toEqual([
    'vmlinux: struct path {',
    '\tstruct vfsmount *mnt;',
    '\tstruct dentry *dentry;',
    '};',
  ]);
});

test('functions of what a process has mapped', async () => {
  const lines = await listing('-p', String(process.pid), '-l', 'uprobe:*:uv_run');
  expect(lines.every((line) => /^uprobe:.*:uv_run$/.test(line))).toBe(true);
});

test('a script that is not there is not taken for a pattern silently', async () => {
  const { stdout, stderr } = await place.tstrace(['-l', 'no-such-script.bt']);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^WARNING: no-such-script\.bt looks like a file.*\[target-not-found\]$/m);
});

test('functions that can be traced may be named by a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tstrace-list-'));
  const file = join(folder, 'functions');
  writeFileSync(file, 'first\nsecond [module]\n');
  expect(await listing('--traceable-functions', file, '-l', 'kprobe:*')).toEqual([
    'kprobe:first',
    'kprobe:module:second',
  ]);
  rmSync(folder, { recursive: true });
  const { stderr, status } = await place.tstrace(['--traceable-functions', file, '-l']);
  expect(status).toBe(1);
  expect(stderr).toMatch(/can't read the functions that can be traced/);
});

test('that nothing answers to a pattern is said', async () => {
  const { stdout, stderr, status } = await place.tstrace(['-l', 'tracepoint:sched:no_such_*']);
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  expect(stderr).toBe('WARNING: Nothing that can be traced has such a name [no-match]\n');
});

test('who may not look is told so', () => {
  const user = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
  const bundle = join(import.meta.dirname, '../../dist/tstrace.mjs');
  const folder = mkdtempSync(join(tmpdir(), 'tstrace-list-'));
  chmodSync(folder, 0o755);
  // The checkout may lie where others may not go; koffi is not needed to read names.
  copyFileSync(bundle, join(folder, 'tstrace.mjs'));
  const args = [...user, process.execPath, join(folder, 'tstrace.mjs'), '-l', 'tracepoint:sched:*'];
  const { stdout, stderr } = spawnSync('setpriv', args, { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^WARNING: Nothing .*\[no-match\]\nHINT: .* root only\.$/m);
});
