import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MapEntry } from '../../../src/types/map-entries.ts';
import { listedEntries } from '../../../src/types/map-entries.ts';
import type { MapOptions } from '../../../src/output/output.ts';
import { arrangeEntries } from '../../../src/output/sort.ts';
import type { Value } from '../../../src/types/value.ts';

const arrange = (entries: readonly (readonly [Value | readonly Value[], Value])[], options?: MapOptions) => [
  ...arrangeEntries(
    {
      name: '@',
      keyed: true,
      entries: listedEntries(entries.map(([key, value]) => ({ key: isList(key) ? key : [key], value }))),
    },
    options,
  ),
];

const isList = (key: Value | readonly Value[]): key is readonly Value[] => Array.isArray(key);
const keys = (entries: readonly MapEntry[]) => entries.map((entry) => entry.key[0]);
const values = (entries: readonly MapEntry[]) => entries.map((entry) => entry.value);

test('numbers are sorted by value, the largest last, whatever their width', () => {
  const numbers = [5, 2n ** 64n - 1n, -1, 2 ** 31, -(2n ** 63n), 0, 2n ** 53n + 1n];
  expect(values(arrange(numbers.map((number, index) => [index, number] as const)))).toEqual([
    -(2n ** 63n),
    -1,
    0,
    5,
    2 ** 31,
    2n ** 53n + 1n,
    2n ** 64n - 1n,
  ]);
});

test("ties are broken by key, by the key's own type", () => {
  expect(
    keys(
      arrange([
        [10, 1],
        [9, 1],
        [-1, 1],
        [2n ** 63n, 1],
      ]),
    ),
  ).toEqual([-1, 9, 10, 2n ** 63n]);
  expect(
    keys(
      arrange([
        ['b', 1],
        ['a', 1],
        ['B', 1],
        ['aa', 1],
        ['\xff', 1],
      ]),
    ),
  ).toEqual(['B', 'a', 'aa', 'b', '\xff']);
});

test('tuples are compared field by field, the first most significant', () => {
  const sorted = arrange([
    [[2, 'a'], 'x'],
    [[1, 'b'], 'x'],
    [[1, 'a'], 'x'],
  ]);
  expect(sorted.map((entry) => entry.key)).toEqual([
    [1, 'a'],
    [1, 'b'],
    [2, 'a'],
  ]);
});

test('text, tuples, pointers and truth values are sorted by key', () => {
  expect(
    keys(
      arrange([
        [3, 'a'],
        [1, 'c'],
        [2, 'b'],
      ]),
    ),
  ).toEqual([1, 2, 3]);
  expect(
    keys(
      arrange([
        [2, false],
        [1, true],
      ]),
    ),
  ).toEqual([1, 2]);
  expect(
    keys(
      arrange([
        [2, { kind: 'pointer', address: 1n }],
        [1, { kind: 'pointer', address: 2n }],
      ]),
    ),
  ).toEqual([1, 2]);
});

test('stats are sorted by average, histograms by their samples', () => {
  const stats = (average: bigint): Value => ({ kind: 'stats', count: 1n, average, total: 100n - average });
  expect(
    keys(
      arrange([
        ['a', stats(5n)],
        ['b', stats(-5n)],
      ]),
    ),
  ).toEqual(['b', 'a']);
  const histogram = (...counts: readonly bigint[]): Value => ({
    kind: 'histogram',
    style: 'log',
    buckets: counts.map((count, index) => ({ min: BigInt(index), max: BigInt(index), count })),
  });
  expect(
    keys(
      arrange([
        ['a', histogram(1n, 1n, 1n)],
        ['b', histogram(2n)],
      ]),
    ),
  ).toEqual(['b', 'a']);
});

test('top keeps the last ones; zero and too many keep all', () => {
  const entries = [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ] as const;
  expect(keys(arrange(entries, { top: 2 }))).toEqual(['b', 'c']);
  expect(keys(arrange(entries, { top: 0 }))).toEqual(['a', 'b', 'c']);
  expect(keys(arrange(entries, { top: 99 }))).toEqual(['a', 'b', 'c']);
});

test.each<[Value, number | bigint, Value]>([
  [7, 2, 3],
  [-7, 2, -3],
  [7, 0, 7],
  [2n ** 64n - 1n, 1000n, 18446744073709551n],
  [2n ** 64n - 1n, 2n ** 63n, 1n],
  ['text', 2, 'text'],
  [
    { kind: 'stats', count: 4n, average: 25n, total: 101n },
    10,
    { kind: 'stats', count: 4n, average: 2n, total: 10n },
  ],
  [
    { kind: 'histogram', style: 'log', buckets: [{ min: 1n, max: 1n, count: 25n }] },
    10,
    { kind: 'histogram', style: 'log', buckets: [{ min: 1n, max: 1n, count: 2n }] },
  ],
  [
    { kind: 'histogram', style: 'linear', buckets: [{ min: 1n, max: 1n, count: 25n }] },
    10,
    { kind: 'histogram', style: 'linear', buckets: [{ min: 1n, max: 1n, count: 25n }] },
  ],
])('%o divided by %d is %o', (value, div, expected) =>
  expect(values(arrange([[1, value]], { div }))).toEqual([expected]),
);

test('sorting is by the undivided values', () => {
  expect(
    keys(
      arrange(
        [
          ['b', 11],
          ['a', 12],
        ],
        { div: 10 },
      ),
    ),
  ).toEqual(['b', 'a']);
});

test('the order is the same however the entries came', () => {
  const key = fc.oneof(fc.integer(), fc.string());
  const entry = fc.tuple(key, fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(2n ** 60n)));
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: ([of]) => `${typeof of}${of}` }), (entries) => {
      expect(arrange([...entries].reverse())).toEqual(arrange(entries));
    }),
  );
});
