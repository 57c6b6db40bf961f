/** Histograms: labels of buckets, rows with bars, and their JSON. */

import type { Bucket, ByteText, Value } from '../types/value.ts';
import { integerJson, objectJson } from './json-text.ts';

export type Histogram = Extract<Value, { kind: 'histogram' }>;

const labelColumns = 16;
const countColumns = 8;
const barColumns = 52n;

/** The rows, each with its line break; nothing for a histogram without samples. */
export function histogramText(histogram: Histogram): ByteText {
  const largest = histogram.buckets.reduce((max, bucket) => (bucket.count > max ? bucket.count : max), 0n);
  return histogram.buckets
    .map((bucket) => rowText(bucketLabel(bucket, histogram), bucket.count, largest))
    .join('');
}

function rowText(label: string, count: bigint, largest: bigint): string {
  const bar = largest === 0n ? '' : '@'.repeat(Number((count * barColumns) / largest));
  return `${label.padEnd(labelColumns)}${String(count).padStart(countColumns)} |${bar.padEnd(Number(barColumns))}|\n`;
}

/** Bounds are inclusive in the value and half-open in print; one value alone stands in brackets by itself. */
export function bucketLabel(bucket: Bucket, histogram: Pick<Histogram, 'style' | 'step' | 'bits'>): string {
  const write = histogram.style === 'log' ? logBound(histogram.bits ?? 0) : linearBound(histogram.step ?? 1n);
  const { min, max } = bucket;
  if (min === undefined) return max === undefined ? '(..., ...)' : `(..., ${write(max + 1n)})`;
  if (max === undefined) return `[${write(min)}, ...)`;
  const single = histogram.style === 'log' ? min === max : histogram.step === 1n;
  return single ? `[${write(min)}]` : `[${write(min)}, ${write(max + 1n)})`;
}

const logSuffixes = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/**
 * A bound of hist is m × 2^p with `bits` + 1 digits in m, however large: every ten powers of two become a suffix, the rest
 * is multiplied in. So what is shown is always whole.
 */
const logBound =
  (bits: number) =>
  (bound: bigint): string => {
    const power = Math.max(0, bound.toString(2).length - 1 - bits);
    const suffix = logSuffixes[Math.floor(power / 10)] ?? '';
    return `${bound >> BigInt(Math.floor(power / 10) * 10)}${suffix}`;
  };

const kibi = 1024n;
const mebi = kibi * kibi;

/** A bound of lhist; shortened only where the step makes all bounds multiples of 1024 apart. */
const linearBound =
  (step: bigint) =>
  (bound: bigint): string => {
    if (step % kibi !== 0n || bound === 0n) return String(bound);
    if (bound % mebi === 0n) return `${bound / mebi}M`;
    if (bound % kibi === 0n) return `${bound / kibi}K`;
    return String(bound);
  };

/** An array of buckets with inclusive bounds; an open side is left out. */
export function histogramJson(histogram: Histogram): string {
  return `[${histogram.buckets.map(bucketJson).join(',')}]`;
}

function bucketJson({ min, max, count }: Bucket): string {
  return objectJson([
    ...(min === undefined ? [] : [['min', integerJson(min)] as const]),
    ...(max === undefined ? [] : [['max', integerJson(max)] as const]),
    ['count', integerJson(count)],
  ]);
}
