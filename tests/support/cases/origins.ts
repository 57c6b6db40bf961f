/** Where events come from, as lines of JSON tell it with --json-fields. */

import { expect } from 'vitest';
import type { Case } from '../end-to-end.ts';

interface Line {
  readonly type: string;
  readonly data?: unknown;
  readonly time?: string;
  readonly nsecs?: number | string;
  readonly cpu?: number;
  readonly pid?: number;
  readonly tid?: number;
  readonly probe?: string;
}

const linesOf = (stdout: string): readonly Line[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

/** RFC 3339 in UTC as nanoseconds since 1970. */
function nanoseconds(time: string): bigint {
  const [, seconds = '', fraction = ''] = /^(.*)\.(\d{9})Z$/.exec(time) ?? [];
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction);
}

/** The script has printed the same values, nsecs a moment later. */
function checkOrigins(stdout: string): void {
  const lines = linesOf(stdout);
  const printed = lines.filter(({ type }) => type === 'printf');
  expect(new Set(printed.map(({ probe }) => probe))).toEqual(
    new Set(['tracepoint:syscalls:sys_enter_read', 'tracepoint:syscalls:sys_exit_read', 'end']),
  );
  for (const { data, nsecs = 0, cpu, pid, tid, probe } of printed) {
    const [later = '', ...values] = String(data).split(' ');
    expect(values).toEqual([cpu, pid, tid, probe].map(String));
    expect(BigInt(nsecs) <= BigInt(later)).toBe(true);
  }
  const origins = lines.filter(({ time }) => time !== undefined);
  // The wall clock is read once.
  const distances = origins.map(({ time = '', nsecs = 0 }) => nanoseconds(time) - BigInt(nsecs));
  expect(new Set(distances).size).toBe(1);
  expect(origins.map(({ type }) => type)).toContain('map');
  expect(lines.filter(({ type }) => type === 'errorf')).toMatchObject([{ probe: 'begin', line: 1, col: 9 }]);
  // Of no event: that all is attached, and the map at the end.
  const others = lines.filter((line) => !origins.includes(line));
  expect(others.map(({ type }) => type)).toEqual(['attached_probes', 'map']);
}

/** A wildcard that would be one program is one for each place, so that each event knows its own. */
function checkPlaces(stdout: string): void {
  const values = linesOf(stdout).filter(({ type }) => type === 'value');
  expect(values.length).toBeGreaterThan(13);
  for (const { data, probe, ...others } of values) {
    expect(probe).toBe(
      data === 1 ? 'tracepoint:syscalls:sys_exit_read' : 'tracepoint:syscalls:sys_exit_write',
    );
    expect(Object.keys(others)).toEqual(['type']);
  }
}

export const originCases: readonly Case[] = [
  {
    title: 'with --json-fields each event tells where it comes from, as the builtins of those names do',
    command: '{programs}/reader 3 512',
    options: ['-f', 'json', '--json-fields', 'time,nsecs,cpu,pid,tid,probe'],
    script: `begin { errorf("odd"); } tracepoint:syscalls:sys_e*_read /pid == cpid/ {
      printf("%d %d %d %d %s", nsecs, cpu, pid, tid, probe); @n++; print(@n); }
      end { printf("%d %d %d %d %s", nsecs, cpu, pid, tid, probe); }`,
    reports: ['stdin:1:9-22: ERROR: odd'],
    prints: checkOrigins,
  },
  {
    title: '--json-fields probe tells the place that a wildcard has matched',
    command: '{programs}/reader 7 512',
    options: ['-f', 'json', '--json-fields', 'probe'],
    // They lie alike: reads of the reader give 512 bytes, and so do its writes; the number of the system call tells them apart.
    script: `tracepoint:syscalls:sys_exit_read,tracepoint:syscalls:sys_exit_writ* /pid == cpid && args.ret == 512/ { print(args.__syscall_nr == 0 ? 1 : 2); }`,
    prints: checkPlaces,
  },
];
