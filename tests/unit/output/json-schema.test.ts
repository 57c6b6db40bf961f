/**
 * docs/output.schema.json: its examples are as it says, slips are found, and it has a form for everything that output/json.ts writes and
 * for nothing else. That all that is really printed is held against it is done where tests run tstrace (tests/support/json-lines.ts).
 */

import { expect, test } from 'vitest';
import type { Output } from '../../../src/output/output.ts';
import { listedEntries } from '../../../src/types/map-entries.ts';
import type { Value } from '../../../src/types/value.ts';
import { checkJsonLines, complaintsAbout, lineTypes, outputSchema } from '../../support/json-lines.ts';
import { memoryOutput } from '../../support/memory-output.ts';

const examples = lineTypes.flatMap((type) =>
  (outputSchema.$defs[type]?.examples ?? []).map((example) => [type, example] as const),
);

test.each(examples)('%s: an example of the schema is as it says', (type, example) => {
  expect(example).toMatchObject({ type });
  expect(complaintsAbout(example)).toEqual([]);
});

test('every form has an example', () => {
  expect(new Set(examples.map(([type]) => type))).toEqual(new Set(lineTypes));
});

test.each<readonly [what: string, line: unknown]>([
  ['a type that does not exist', { type: 'tuple', data: 1 }],
  ['no type', { data: 1 }],
  ['no object', [1]],
  ['a member too many', { type: 'printf', data: 'x', date: 'x' }],
  ['a member too few', { type: 'printf' }],
  ['a number with a fraction', { type: 'value', data: [1.5] }],
  ['two maps', { type: 'map', data: { '@x': 1, '@y': 2 } }],
  ['no name of a map', { type: 'map', data: { x: 1 } }],
  ['text as a count', { type: 'hist', data: { '@x': [{ min: 1, max: 1, count: 'many' }] } }],
  ['a place without a column', { type: 'errorf', msg: 'x', filename: 'f', line: 1 }],
  ['local time', { type: 'printf', data: 'x', time: '2026-11-21 17:49:33' }],
])('%s is found', (_what, line) => {
  expect(complaintsAbout(line)).not.toEqual([]);
});

const map = (value: Value, keyed = false) => ({
  name: '@x',
  keyed,
  entries: listedEntries([{ key: keyed ? [1, 'a b'] : [], value }]),
});
const span = { file: 'f.bt', start: 0, end: 1 };
const values: readonly Value[] = [
  -1,
  2n ** 64n - 1n,
  true,
  'a\xff\x00"',
  { kind: 'pointer', address: 2n ** 63n },
  { kind: 'buffer', bytes: Uint8Array.of(0, 255) },
  { kind: 'tuple', elements: [1, { kind: 'record', fields: [{ name: 'a', value: 'b' }] }] },
  { kind: 'stack', frames: ['f+1'], indent: '        ' },
];
const collected: readonly Value[] = [
  {
    kind: 'histogram',
    style: 'log',
    bits: 0,
    buckets: [
      { max: -1n, count: 2n },
      { min: 1n, max: 1n, count: 2n ** 60n },
    ],
  },
  { kind: 'stats', count: 1n, average: 2n, total: 2n },
  { kind: 'series', precision: 's', points: [{ time: '10:00:00', value: 5n }, { time: '10:00:01' }] },
];

function everything(output: Output): void {
  output.attachedProbes(2);
  for (const kind of ['printf', 'time', 'cat', 'join', 'syscall'] as const) output.text(kind, 'x\n');
  for (const value of values) output.value(value);
  for (const value of [...values, ...collected]) {
    output.map(map(value));
    output.map(map(value, true));
  }
  for (const kind of ['errorf', 'warnf', 'runtime-error'] as const)
    output.incident({ kind, message: 'm', span });
  output.incident({ kind: 'helper-error', message: 'm', helper: 'probe_read', code: -14, span });
  output.lost(2n ** 60n);
  output.lostTotal([{ probe: 'kprobe:f', count: 1n }]);
  output.missed({ probe: 'kprobe:f', count: 1n, cause: 'overrun' });
  output.mapFull({ map: '@x', count: 1n, entriesMax: 1, isDeclared: true, span });
  output.textsCut({ count: 1n, bytesMax: 64 });
  const sent = { delivered: 2n ** 60n, dropped: 0n, lost: 1n };
  output.stats([
    { probe: 'kprobe:f', fired: 3n, ran: 2n, missed: 1n, ...sent, nsPerRun: 9n },
    { probe: 'kprobe:g', ...sent },
  ]);
  output.testEnds({ name: 'test:x', durationNs: 9, passed: true, output: 'a\xff' });
  output.benchEnds({ name: 'bench:x', measured: { averageNs: 9, repeats: 10 } });
}

test('all that the JSON output writes is in the schema, and all of the schema is written', () => {
  const { output, stdout } = memoryOutput({ mode: 'json' });
  everything(output);
  checkJsonLines(stdout(), 'latin1');
  const types = stdout()
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly type: string }).type);
  expect([...new Set(types)].sort()).toEqual([...lineTypes].sort());
});
