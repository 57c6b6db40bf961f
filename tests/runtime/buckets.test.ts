/** The bucket that a program computes for a value is the one whose bounds hold it, as user space prints them. */

import { expect, test } from 'vitest';

import { present } from '../../src/base/assert.ts';
import { logBounds } from '../../src/builtins/aggregations/hist.ts';
import { realBpf } from '../../src/runtime/kernel/real-bpf.ts';
import { walkKeys } from '../../src/runtime/map-entries.ts';
import { machine } from '../support/kernel.ts';
import { loadScript } from '../support/run-program.ts';

/** Powers of two and their neighbours, and what lies between. */
const values = [
  0n,
  ...Array.from({ length: 64 }, (_, bit) => [
    (1n << BigInt(bit)) - 1n,
    1n << BigInt(bit),
    (3n << BigInt(bit)) >> 1n,
  ]).flat(),
  (1n << 64n) - 1n,
].map((value) => BigInt.asUintN(64, value));

/** Runs the program for each value; gives pairs of value and bucket. */
function bucketsOf(call: string): readonly (readonly [value: bigint, bucket: bigint])[] {
  const program = loadScript(`rawtracepoint:fixture { @h[arg0] = ${call}; }`);
  for (const value of values) program.run([value, 0n]);
  const keys = walkKeys(program.map('h'), { api: realBpf, possibleCpus: machine.possibleCpus });
  if (!keys.ok) throw new Error(keys.error.name);
  return keys.value.map((key) => {
    const [value, bucket] = new BigUint64Array(key.slice().buffer);
    return [present(value, 'value'), present(bucket, 'bucket')] as const;
  });
}

test.each([0, 1, 2, 3, 4, 5])('hist with k = %i', (k) => {
  const found = bucketsOf(`hist(arg0, ${k})`);
  expect(found).toHaveLength(new Set(values).size);
  const outside = found.filter(([value, bucket]) => {
    const { min, max } = logBounds(bucket, BigInt(k));
    return (min !== undefined && value < min) || (max !== undefined && value > max);
  });
  expect(outside).toEqual([]);
});

test('negative values have a bucket of their own', () => {
  const found = bucketsOf('hist((int64)arg0)');
  const isWrong = ([value, bucket]: readonly [bigint, bigint]): boolean =>
    BigInt.asIntN(64, value) < 0n !== (bucket === 0n);
  expect(found.filter(isWrong)).toEqual([]);
});

test.each([
  [10n ** 18n, 2n ** 64n - 1n],
  [0n, 2n ** 63n],
  [2n ** 63n, 2n ** 64n - 1n],
])('lhist of signed numbers from %d to %d, which is beyond them', (min, max) => {
  const step = 10n ** 18n;
  const found = bucketsOf(`lhist((int64)arg0, ${min}, ${max}, ${step})`);
  const wanted = found.map(([bits]): readonly [bigint, bigint] => {
    const value = BigInt.asIntN(64, bits);
    return [bits, value < min ? 0n : (value - min) / step + 1n];
  });
  expect(found).toEqual(wanted);
});

test('lhist: below, within, above', () => {
  const found = new Map(bucketsOf('lhist(arg0, 2, 10, 3)'));
  const wanted = [
    [0n, 0n],
    [1n, 0n],
    [2n, 1n],
    [4n, 1n],
    [6n, 2n],
    [8n, 3n],
    [12n, 4n],
    [(1n << 64n) - 1n, 4n],
  ] as const;
  expect(wanted.map(([value]) => [value, found.get(value)])).toEqual(wanted);
});
