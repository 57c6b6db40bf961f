import { expect, test } from 'vitest';

import { sourceFile } from '../../../src/base/source-file.ts';
import { gather } from '../../../src/imports/gather.ts';
import { RingRoom } from '../../../src/codegen/ring-room.ts';
import { compile } from '../../../src/compile.ts';
import type { Machine } from '../../../src/plan/machine.ts';
import { defaultSettings } from '../../../src/plan/settings.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const { machine } = goldenFacts('minimal');

const room = (perfRbPages: number, hasControlEvents: boolean, other: Partial<Machine> = {}): RingRoom =>
  new RingRoom({ ...defaultSettings, perfRbPages }, { ...machine, ...other }, hasControlEvents);

test('nobody asks how full the ring is where there are no control events', () => {
  expect(room(1, false).waitingBytesMax(100, false)).toBeUndefined();
});

test('control events may take what is left', () => {
  expect(room(1, true).waitingBytesMax(8, true)).toBeUndefined();
});

test.each([
  { pages: 1, recordBytes: 16, cpus: 1 },
  { pages: 1, recordBytes: 16, cpus: 4 },
  { pages: 256, recordBytes: 1032, cpus: 128 },
])('data on all CPUs leave room: %o', ({ pages, recordBytes, cpus }) => {
  const ring = room(pages, true, { possibleCpus: cpus });
  const waiting = ring.waitingBytesMax(recordBytes, false) ?? 0;
  expect(waiting).toBeGreaterThan(0);
  expect(waiting + (recordBytes + 8) * cpus).toBeLessThanOrEqual(ring.bytes - 512);
});

test('a record that is larger than the ring asked for makes the ring larger, and is sent when it is empty', () => {
  const ring = room(1, true);
  expect(ring.waitingBytesMax(8200, false)).toBe(0);
  expect(ring.bytes).toBe(16384);
});

test('a ring that is large enough stays as asked for', () => {
  const ring = room(4, true);
  ring.waitingBytesMax(8200, false);
  expect(ring.bytes).toBe(16384);
});

test.each([
  { pages: 1, script: 'begin { print(1); }', said: [] },
  { pages: 3, script: 'begin { print(1); }', said: [] },
  { pages: 0, script: 'begin { print(buf(kptr(1), 9000)); }', said: [] },
  {
    pages: 1,
    script: 'begin { print(buf(kptr(1), 9000)); }',
    said: ['perf_rb_pages is 1, and the ring buffer gets 4 pages: an event of this script needs as many'],
  },
])('with $pages pages wanted, $script warns of $said', ({ pages, script, said }) => {
  const facts = goldenFacts('minimal');
  const settings = { ...facts.settings, perfRbPages: pages, maxStrlen: 10_000 };
  const { diagnostics } = compile(gather(sourceFile('ring.bt', script)), { parameters: [] }, () => ({
    ...facts,
    settings,
  }));
  expect(diagnostics.map(({ message }) => message)).toEqual(said);
});
