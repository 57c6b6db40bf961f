import { expect, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import type { Result } from '../../../src/base/result.ts';
import { findBuiltin } from '../../../src/builtins/registry.ts';
import type { MapPlan, MapType, ScriptMap } from '../../../src/plan/plan.ts';
import type { OpenMap } from '../../../src/runtime/map-entries.ts';
import { walkEntries, walkKeys } from '../../../src/runtime/map-entries.ts';
import type { MapReading } from '../../../src/runtime/read-map.ts';
import { clearMap, readMap, zeroMap } from '../../../src/runtime/read-map.ts';
import { layOut } from '../../../src/types/layout.ts';
import type { Type } from '../../../src/types/type.ts';
import { i64, string, tuple, u32, u64, u8 } from '../../../src/types/type.ts';
import type { Value } from '../../../src/types/value.ts';
import { plainDecoding } from '../../support/decoding.ts';
import { listOf } from '../../support/map-entries.ts';
import type { FakeBpf } from '../../support/fake-bpf.ts';
import { fakeBpf } from '../../support/fake-bpf.ts';

const possibleCpus = 2;

function aggregationOf(name: string) {
  const builtin = findBuiltin(name);
  if (builtin?.kind !== 'aggregation') throw new Error(`${name} is no aggregation`);
  return builtin;
}

function unwrap<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

interface Fixture {
  readonly api: FakeBpf;
  readonly reading: MapReading;
  readonly map: OpenMap;
}

/** An empty map of the script with these key parts and this value. */
function fixture(
  key: readonly Type[],
  value: Type,
  { type, entriesMax = 4096 }: { type?: MapType; entriesMax?: number } = {},
): Fixture {
  const api = fakeBpf({ possibleCpus });
  const aggregation = value.kind === 'aggregate' ? aggregationOf(value.name) : undefined;
  const parts =
    key.length === 0 && !aggregation?.bucket
      ? [{ name: 'zero', type: i64 }]
      : key.map((of, index) => ({ name: String(index), type: of }));
  const keyLayout = layOut([...parts, ...(aggregation?.bucket ? [{ name: 'bucket', type: u64 }] : [])]);
  const valueLayout =
    value.kind === 'aggregate'
      ? present(aggregation, value.name).cell(value)
      : layOut([{ name: 'value', type: value }]);
  const script: ScriptMap = {
    name: '@x',
    key,
    keyLayout,
    value,
    valueLayout,
    isDeclared: false,
  };
  const plan: MapPlan = {
    symbol: 'AT_x',
    type: type ?? (aggregation ? 'percpu-hash' : 'hash'),
    keyBytes: keyLayout.size,
    valueBytes: valueLayout.size,
    entriesMax,
    script,
  };
  const fd = unwrap(
    api.createMap({
      type: plan.type,
      name: plan.symbol,
      keyBytes: plan.keyBytes,
      valueBytes: plan.valueBytes,
      entriesMax,
    }),
  );
  return {
    api,
    map: { fd, plan },
    reading: { api, possibleCpus, decoding: plainDecoding, aggregation: aggregationOf },
  };
}

/** 64-bit words and texts (of eight bytes) as bytes. */
const words = (...of: readonly (number | bigint | string)[]): Uint8Array =>
  Uint8Array.from(
    of.flatMap((word) =>
      typeof word === 'string'
        ? [...Buffer.from(word.padEnd(8, '\0'), 'latin1')]
        : [...new Uint8Array(BigUint64Array.of(BigInt.asUintN(64, BigInt(word))).buffer)],
    ),
  );

const put = ({ api, map }: Fixture, key: Uint8Array, value: Uint8Array): void =>
  unwrap(api.update(map.fd, key, value));
/** The map, with its entries in a list. */
const read = ({ map, reading }: Fixture) => {
  const { entries, ...snapshot } = unwrap(readMap(map, reading));
  return { ...snapshot, entries: listOf(entries) };
};
const pairs = ({ entries }: ReturnType<typeof read>) => entries.map(({ key, value }) => [...key, value]);

const aggregate = (name: string, signed: boolean, ...parameters: readonly bigint[]): Type => ({
  kind: 'aggregate',
  name,
  signed,
  parameters,
});

test('keys in parts, and plain values', () => {
  const at = fixture([u64, string(8)], i64);
  put(at, words(1, 'a'), words(-5));
  put(at, words(2n ** 64n - 1n, 'b'), words(7));
  expect(read(at)).toEqual({
    name: '@x',
    keyed: true,
    entries: [
      { key: [1, 'a'], value: -5 },
      { key: [2n ** 64n - 1n, 'b'], value: 7 },
    ],
  });
});

test('a tuple as a value', () => {
  const at = fixture([u64], tuple([i64, string(8)]));
  put(at, words(1), words(-1, 'x'));
  expect(pairs(read(at))).toEqual([[1, { kind: 'tuple', elements: [-1, 'x'] }]]);
});

test('keys that are no multiple of eight bytes', () => {
  const at = fixture([u8, string(4)], u32);
  put(at, Uint8Array.of(1, 0x61, 0, 0, 0), Uint8Array.of(1, 0, 0, 0));
  put(at, Uint8Array.of(2, 0x62, 0, 0, 0), Uint8Array.of(2, 0, 0, 0));
  expect(pairs(read(at))).toEqual([
    [1, 'a', 1],
    [2, 'b', 2],
  ]);
});

test('a scalar map has its one entry, written or not', () => {
  const at = fixture([], i64, { entriesMax: 1 });
  expect(read(at)).toEqual({ name: '@x', keyed: false, entries: [{ key: [], value: 0 }] });
  put(at, words(0), words(-3));
  expect(read(at)).toEqual({ name: '@x', keyed: false, entries: [{ key: [], value: -3 }] });
});

test('an empty keyed map has none', () => expect(read(fixture([u64], i64)).entries).toEqual([]));

test.each<[string, Type, Uint8Array, Value]>([
  ['count', aggregate('count', false), words(2n ** 53n, 2n ** 53n + 1n), 2n ** 54n + 1n],
  ['signed sum', aggregate('sum', true), words(-5, 3), -2],
  ['unsigned sum', aggregate('sum', false), words(2n ** 63n, 1), 2n ** 63n + 1n],
  ['min', aggregate('min', true), words(5, 1, -7, 1), -7],
  ['min of one CPU only', aggregate('min', false), words(5, 1, 0, 0), 5],
  ['max of negative values', aggregate('max', true), words(-5, 1, 0, 0), -5],
  ['max beyond 2^63', aggregate('max', false), words(2n ** 64n - 1n, 1, 3, 1), 2n ** 64n - 1n],
  ['avg', aggregate('avg', true), words(-10, 0, 3, 3, 0, 1), -1],
  [
    'stats',
    aggregate('stats', false),
    words(10, 0, 2, 2, 0, 1),
    { kind: 'stats', count: 3n, average: 4n, total: 12n },
  ],
])('CPUs are merged: %s', (_, type, value, expected) => {
  const at = fixture([u64], type);
  put(at, words(1), value);
  expect(pairs(read(at))).toEqual([[1, expected]]);
});

test.each<[string, Value]>([
  ['count', 0],
  ['sum', 0],
  ['min', 0],
  ['avg', 0],
  ['stats', { kind: 'stats', count: 0n, average: 0n, total: 0n }],
])('a scalar %s that nobody added to is zero', (name, expected) => {
  expect(read(fixture([], aggregate(name, false))).entries).toEqual([{ key: [], value: expected }]);
});

test('buckets are gathered by key, over all CPUs, with the empty ones between', () => {
  const at = fixture([string(8)], aggregate('hist', true, 0n));
  put(at, words('a', 1), words(1, 1));
  put(at, words('b', 0), words(0, 4));
  put(at, words('a', 4), words(3, 0));
  const histogram = (buckets: readonly unknown[]) => ({ kind: 'histogram', style: 'log', buckets });
  const got = new Map(read(at).entries.map(({ key, value }) => [key[0], value]));
  expect(got.get('a')).toMatchObject(
    histogram([
      { min: 0n, max: 0n, count: 2n },
      { min: 1n, max: 1n, count: 0n },
      { min: 2n, max: 3n, count: 0n },
      { min: 4n, max: 7n, count: 3n },
    ]),
  );
  expect(got.get('b')).toMatchObject(histogram([{ max: -1n, count: 4n }]));
});

test('a scalar histogram, full and empty', () => {
  const at = fixture([], aggregate('hist', true, 0n));
  expect(read(at).entries).toMatchObject([{ key: [], value: { kind: 'histogram', buckets: [] } }]);
  put(at, words(2), words(1, 0));
  expect(read(at).entries).toMatchObject([
    { key: [], value: { buckets: [{ min: 1n, max: 1n, count: 1n }] } },
  ]);
});

test('keys that read alike but are different stay apart', () => {
  const at = fixture([string(8)], aggregate('hist', true, 0n));
  put(at, words('a', 1), words(1, 0));
  put(at, words('a\0x', 1), words(1, 0));
  expect(read(at).entries.map((entry) => entry.key)).toEqual([['a'], ['a']]);
});

test.each(['EINVAL', 'ENOTSUPP'])('without batches (%s) it goes key by key', (errno) => {
  const at = fixture([u64], i64);
  for (let index = 0; index < 10; index++) put(at, words(index), words(index));
  at.api.refuse('lookupBatch', errno);
  expect(pairs(read(at))).toEqual(Array.from({ length: 10 }, (_, index) => [index, index]));
});

test('a bucket that does not fit is asked for again with more room', () => {
  const at = fixture([u64], i64, { entriesMax: 1_000_000 });
  put(at, words(1), words(2));
  at.api.refuse('lookupBatch', 'ENOSPC', 2);
  expect(pairs(read(at))).toEqual([[1, 2]]);
});

test('other failures are handed on', () => {
  const at = fixture([u64], i64);
  at.api.refuse('lookupBatch', 'EPERM');
  expect(readMap(at.map, at.reading)).toMatchObject({ ok: false, error: { name: 'EPERM' } });
});

test('ENOSPC with room for all is a failure, not a loop', () => {
  const at = fixture([u64], i64, { entriesMax: 10 });
  at.api.refuse('lookupBatch', 'ENOSPC');
  expect(readMap(at.map, at.reading)).toMatchObject({ ok: false, error: { name: 'ENOSPC' } });
});

test('key by key, dropping keys meanwhile neither loops nor doubles', () => {
  const at = fixture([u64], i64);
  for (let index = 0; index < 20; index++) put(at, words(index), words(index));
  at.api.refuse('lookupBatch', 'EINVAL');
  const seen: number[] = [];
  unwrap(
    walkEntries(at.map, at.reading, (keys) => (keyAt) => {
      const key = keys.u32[keyAt >>> 2] ?? -1;
      seen.push(key);
      // The very key that the walk stands on: the kernel then begins again at the first.
      if (key % 3 === 0) unwrap(at.api.delete(at.map.fd, words(key)));
    }),
  );
  expect(new Set(seen).size).toBe(seen.length);
  expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
});

test('key by key, a map that always begins again ends all the same', () => {
  const at = fixture([u64], i64, { entriesMax: 8 });
  put(at, words(1), words(1));
  at.api.refuse('lookupBatch', 'EINVAL');
  const api: FakeBpf = {
    ...at.api,
    nextKey: (fd, _key, next) => at.api.nextKey(fd, undefined, next),
  };
  let visits = 0;
  unwrap(walkEntries(at.map, { api, possibleCpus }, () => () => void visits++));
  expect(visits).toBe(1);
});

test('clear drops all keys', () => {
  const at = fixture([u64], aggregate('count', false));
  for (let index = 0; index < 100; index++) put(at, words(index), words(1, 1));
  unwrap(clearMap(at.map, at.reading));
  expect(read(at).entries).toEqual([]);
});

test('zero keeps the keys and zeroes every CPU', () => {
  const at = fixture([u64], aggregate('count', false));
  put(at, words(1), words(5, 6));
  unwrap(zeroMap(at.map, at.reading));
  expect(pairs(read(at))).toEqual([[1, 0]]);
});

test('arrays have no keys to drop: clear zeroes them', () => {
  const at = fixture([u32], u64, { type: 'array', entriesMax: 2 });
  put(at, Uint8Array.of(1, 0, 0, 0), words(5));
  unwrap(clearMap(at.map, at.reading));
  expect(pairs(read(at))).toEqual([
    [0, 0],
    [1, 0],
  ]);
});

test('keys are copies', () => {
  const at = fixture([u64], i64);
  put(at, words(1), words(1));
  put(at, words(2), words(1));
  expect(unwrap(walkKeys(at.map, at.reading))).toEqual([words(1), words(2)]);
});

test('many more entries than one batch holds come once each', () => {
  const at = fixture([u64], aggregate('count', false), { entriesMax: 100_000 });
  for (let index = 0; index < 100_000; index++) put(at, words(index), words(index, 1));
  const { entries } = read(at);
  expect(entries).toHaveLength(100_000);
  expect(entries.every(({ key, value }) => value === Number(key[0]) + 1)).toBe(true);
});
