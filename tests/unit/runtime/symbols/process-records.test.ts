/** Records of perf_event_open(2), built by hand as the man page describes them. */

import { expect, test } from 'vitest';

import { parseProcessRecord } from '../../../../src/runtime/symbols/process-records.ts';
import { comm, exit, fork, lost, mmap2, throttle } from '../../../support/process-records.ts';

test('a mapping of code has its file, and its place there and in memory', () =>
  expect(
    parseProcessRecord(
      mmap2(5n, {
        process: 42,
        address: 0x7f0000001000n,
        length: 0x2000n,
        fileOffset: 0x1000n,
        device: [0xfe, 1],
        inode: 77n,
        name: '/usr/lib/é.so',
      }),
    ),
  ).toEqual({
    kind: 'mapped',
    time: 5n,
    process: 42,
    mapping: {
      start: 0x7f0000001000n,
      end: 0x7f0000003000n,
      executable: true,
      fileOffset: 0x1000,
      identity: 'fe:01 77',
      path: '/usr/lib/é.so',
      deleted: false,
    },
  }));

test.each([
  ['//anon', '', false],
  ['[vdso]', '[vdso]', false],
  ['/memfd:code (deleted)', '/memfd:code', true],
] as const)('%s is told as /proc/PID/maps tells it', (name, path, deleted) =>
  expect(parseProcessRecord(mmap2(1n, { process: 1, name }))).toMatchObject({ mapping: { path, deleted } }),
);

test('mappings of data are passed over', () =>
  expect(parseProcessRecord(mmap2(1n, { process: 1, name: '/x', protection: 3 }))).toBeUndefined());

test('an execution changes the name too; a change of name alone is none', () => {
  expect(parseProcessRecord(comm(9n, 42, 'sh', true))).toEqual({ kind: 'executed', time: 9n, process: 42 });
  expect(parseProcessRecord(comm(9n, 42, 'a longer name', false))).toBeUndefined();
});

test('processes begin and end; threads do so within them', () => {
  expect(parseProcessRecord(fork(3n, 43, 42))).toEqual({ kind: 'forked', time: 3n, process: 43, parent: 42 });
  expect(parseProcessRecord(fork(3n, 42, 42, 44))).toBeUndefined();
  expect(parseProcessRecord(exit(4n, 43, 43))).toEqual({ kind: 'ended', time: 4n, process: 43 });
  expect(parseProcessRecord(exit(4n, 42, 44))).toBeUndefined();
});

test('what the kernel could not tell is counted, other records are passed over', () => {
  expect(parseProcessRecord(lost(8n, 12n))).toEqual({ kind: 'lost', time: 8n, count: 12n });
  expect(parseProcessRecord(throttle(8n))).toBeUndefined();
});
