import { expect, test } from 'vitest';
import type { Histogram } from '../../../src/output/histogram.ts';
import { bucketLabel, histogramJson, histogramText } from '../../../src/output/histogram.ts';
import type { Bucket } from '../../../src/types/value.ts';

const log = (bits: number, buckets: readonly Bucket[]): Histogram => ({
  kind: 'histogram',
  style: 'log',
  bits,
  buckets,
});
const linear = (step: bigint, buckets: readonly Bucket[]): Histogram => ({
  kind: 'histogram',
  style: 'linear',
  step,
  buckets,
});

test('rows: label, count, bar of 52 columns', () => {
  const histogram = log(0, [
    { max: -1n, count: 1n },
    { min: 0n, max: 0n, count: 0n },
    { min: 1n, max: 1n, count: 0n },
    { min: 2n, max: 3n, count: 2n },
    { min: 4n, max: 7n, count: 1n },
  ]);
  expect(histogramText(histogram)).toBe(
    [
      '(..., 0)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |',
      '[0]                    0 |                                                    |',
      '[1]                    0 |                                                    |',
      '[2, 4)                 2 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|',
      '[4, 8)                 1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |',
      '',
    ].join('\n'),
  );
});

test('bars are cut down, not rounded', () => {
  const histogram = log(
    0,
    [64n, 128n, 256n, 512n, 1024n].map((min, index) => {
      const counts = [48n, 98n, 191n, 394n, 820n];
      return { min, max: 2n * min - 1n, count: counts[index] ?? 0n };
    }),
  );
  const rows = histogramText(histogram).split('\n');
  expect(rows.slice(0, 5).map((row) => row.split('@').length - 1)).toEqual([3, 6, 12, 24, 52]);
  expect(rows.map((row) => row.slice(0, 16).trim())).toEqual([
    '[64, 128)',
    '[128, 256)',
    '[256, 512)',
    '[512, 1K)',
    '[1K, 2K)',
    '',
  ]);
});

test('counts beyond 2^53 are exact', () => {
  const rows = histogramText(log(0, [{ min: 1n, max: 1n, count: 2n ** 64n - 1n }]));
  expect(rows).toBe(`[1]             18446744073709551615 |${'@'.repeat(52)}|\n`);
});

test('no samples, no rows; rows without samples have no bar', () => {
  expect(histogramText(log(0, []))).toBe('');
  expect(histogramText(log(0, [{ min: 1n, max: 1n, count: 0n }]))).toBe(
    `[1]${' '.repeat(20)}0 |${' '.repeat(52)}|\n`,
  );
});

/** The bucket of hist(n, bits) that a value falls into, as the contract defines it. */
function bucketOf(value: bigint, bits: number): Bucket {
  const width = value.toString(2).length - 1 - bits;
  const min = width <= 0 ? value : (value >> BigInt(width)) << BigInt(width);
  return { min, max: width <= 0 ? value : min + (1n << BigInt(width)) - 1n, count: 1n };
}

test.each<[number, bigint, string]>([
  [0, 0n, '[0]'],
  [0, 1n, '[1]'],
  [0, 2n, '[2, 4)'],
  [0, 1023n, '[512, 1K)'],
  [0, 1024n, '[1K, 2K)'],
  [0, 2n ** 24n, '[16M, 32M)'],
  [0, 2n ** 30n, '[1G, 2G)'],
  [0, 2n ** 40n, '[1T, 2T)'],
  [0, 2n ** 50n, '[1P, 2P)'],
  [0, 2n ** 60n, '[1E, 2E)'],
  [0, 2n ** 64n - 1n, '[8E, 16E)'],
  [1, 1n, '[1]'],
  [1, 3n, '[3]'],
  [1, 1024n, '[1024, 1536)'],
  [1, 2048n, '[2K, 3K)'],
  [1, 4000n, '[3K, 4K)'],
  [2, 5n, '[5]'],
  [2, 8n, '[8, 10)'],
  [2, 1792n, '[1792, 2048)'],
  [2, 2048n, '[2048, 2560)'],
  [2, 3584n, '[3584, 4K)'],
  [2, 4096n, '[4K, 5K)'],
  [2, 5120n, '[5K, 6K)'],
  [3, 8191n, '[7680, 8K)'],
  [3, 8192n, '[8K, 9K)'],
  [4, 31n, '[31]'],
  [4, 32n, '[32, 34)'],
  [5, 63n, '[63]'],
  [5, 2n ** 15n, '[32K, 33K)'],
  [5, 2n ** 64n - 1n, '[16128P, 16384P)'],
])('hist with k = %d labels the bucket of %d %s', (bits, value, label) => {
  expect(bucketLabel(bucketOf(value, bits), log(bits, []))).toBe(label);
});

test.each<[bigint, Bucket, string]>([
  [10n, { max: 99n, count: 1n }, '(..., 100)'],
  [10n, { min: 100n, max: 109n, count: 1n }, '[100, 110)'],
  [10n, { min: 200n, count: 1n }, '[200, ...)'],
  [1n, { min: 5n, max: 5n, count: 1n }, '[5]'],
  [1n, { min: 10n, count: 1n }, '[10, ...)'],
  [1024n, { min: 0n, max: 1023n, count: 1n }, '[0, 1K)'],
  [2048n, { min: 2048n, max: 4095n, count: 1n }, '[2K, 4K)'],
  [1048576n, { min: 1048576n, max: 2097151n, count: 1n }, '[1M, 2M)'],
  [1000n, { min: 1024n, max: 2023n, count: 1n }, '[1024, 2024)'],
  [1024n, { min: 10n, max: 1033n, count: 1n }, '[10, 1034)'],
])('lhist with step %d labels %o %s', (step, bucket, label) =>
  expect(bucketLabel(bucket, linear(step, []))).toBe(label),
);

test('JSON has inclusive bounds and leaves open sides out', () => {
  expect(
    histogramJson(
      log(0, [
        { max: -1n, count: 1n },
        { min: 2n, max: 3n, count: 2n ** 53n + 1n },
      ]),
    ),
  ).toBe('[{"max": -1, "count": 1},{"min": 2, "max": 3, "count": "9007199254740993"}]');
  expect(
    histogramJson(
      linear(1n, [
        { max: 0n, count: 1n },
        { min: 9n, count: 1n },
      ]),
    ),
  ).toBe('[{"max": 0, "count": 1},{"min": 9, "count": 1}]');
  expect(histogramJson(log(0, []))).toBe('[]');
});
