import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  listEvents,
  parseTraceableFunctions,
  parseTraceablePlaces,
  traceableNamed,
  readFormat,
  readTraceableFunctions,
} from '../../../../src/system/tracefs/events.ts';

const tracefs = mkdtempSync(join(tmpdir(), 'tstrace-tracefs-'));
afterAll(() => rmSync(tracefs, { recursive: true }));

for (const event of ['sched/sched_switch', 'sched/sched_exit', 'block/block_rq', 'ftrace/function']) {
  mkdirSync(join(tracefs, 'events', event), { recursive: true });
}
writeFileSync(join(tracefs, 'events/sched/enable'), '0\n');
writeFileSync(join(tracefs, 'events/sched/sched_switch/format'), 'name: sched_switch\nID: 372\nformat:\n');

test('events are listed by category and name; files, and records of ftrace itself, are not among them', () => {
  expect(listEvents(tracefs)).toEqual([
    { category: 'block', event: 'block_rq' },
    { category: 'sched', event: 'sched_exit' },
    { category: 'sched', event: 'sched_switch' },
  ]);
  expect(listEvents(join(tracefs, 'absent'))).toEqual([]);
});

test('a format is read by the names of category and event, which lead nowhere else', () => {
  expect(readFormat(tracefs, 'sched', 'sched_switch')).toEqual({ id: 372, fields: [], bytes: 0 });
  expect(readFormat(tracefs, 'sched', 'sched_exit')).toBeUndefined();
  expect(readFormat(tracefs, 'sched/../sched', 'sched_switch')).toBeUndefined();
  expect(readFormat(tracefs, '', 'sched')).toBeUndefined();
});

test('traceable functions have their modules, and those that are gone are not listed', () => {
  const text = 'vfs_read\nveth_open [veth]\n__ftrace_invalid_address___12\nold (do_old)\t[veth]\n\n';
  expect(parseTraceableFunctions(text).slice(0, 2)).toEqual([
    { name: 'vfs_read' },
    { name: 'veth_open', module: 'veth' },
  ]);
  expect(parseTraceableFunctions(text).map(({ name }) => name)).not.toContain(
    '__ftrace_invalid_address___12',
  );
  expect(readTraceableFunctions(tracefs)).toBeUndefined();
});

test('traceable functions with their addresses, by name and module', () => {
  const text =
    'ffffffff81000000 do_one\nffffffff81000010 twice\nffffffffc0000020 twice [m]\nffffffff81000030 __ftrace_invalid_address___16\n0000000000000000 hidden\n';
  const places = parseTraceablePlaces(text);
  expect(traceableNamed(places, 'do_one')).toEqual([{ address: 0xffff_ffff_8100_0000n }]);
  expect(traceableNamed(places, 'twice')).toHaveLength(2);
  expect(traceableNamed(places, 'twice', 'm')).toEqual([{ address: 0xffff_ffff_c000_0020n, module: 'm' }]);
  expect(traceableNamed(places, 'twice', 'vmlinux')).toEqual([{ address: 0xffff_ffff_8100_0010n }]);
  expect([traceableNamed(places, 'hidden'), traceableNamed(undefined, 'do_one')]).toEqual([[], undefined]);
});
