/** hist and lhist: histograms. A key has an entry for each bucket that isn't empty. */

import { present } from '../../base/assert.ts';
import type { Layout } from '../../types/layout.ts';
import { layOut } from '../../types/layout.ts';
import type { AggregateType } from '../../types/type.ts';
import { u64 } from '../../types/type.ts';
import type { Bucket, Value } from '../../types/value.ts';
import type { AggregationDefinition } from '../define.ts';
import { defineAggregation } from '../define.ts';
import type { Argument, Emitter, Scalar } from '../emitter.ts';
import { isSigned } from './count.ts';

const cell = (): Layout => layOut([{ name: 'count', type: u64 }]);

const update: AggregationDefinition['update'] = (_args, out, memory) => out.atomicAdd(memory, 0, out.int(1));

const bitsMax = 5n;

const literal = (argument: Argument | undefined, absent: bigint): bigint =>
  typeof argument?.constant === 'bigint' ? argument.constant : absent;

const parameter = (type: AggregateType, index: number): bigint =>
  present(type.parameters[index], 'parameter');

/**
 * Position of a value's highest bit, without a loop: half the width each step. The value must not be zero.
 */
function highestBit(out: Emitter, value: Scalar): Scalar {
  let rest = value;
  let position: Scalar = out.int(0);
  for (const step of [32, 16, 8, 4, 2, 1]) {
    const [before, sum] = [rest, position];
    const [shifted, moved] = out.chooseMany(
      out.compare('>=', before, 1n << BigInt(step)),
      () => [out.shiftRight(before, step), out.add(sum, step)],
      () => [before, sum],
    );
    rest = present(shifted, 'rest');
    position = present(moved, 'position');
  }
  return position;
}

/** Values of the same highest bit share 2^bits buckets; index 0 is for negative ones. */
function logBucket(out: Emitter, value: Scalar, bits: number): Scalar {
  const small = out.compare('<', value, 1n << BigInt(bits));
  return out.choose(
    small,
    () => out.add(value, 1),
    () => {
      const position = highestBit(out, value);
      const row = out.shiftLeft(out.subtract(position, bits - 1), bits);
      const column =
        bits === 0
          ? out.int(0)
          : out.and(out.shiftRight(value, out.subtract(position, bits)), (1n << BigInt(bits)) - 1n);
      return out.add(out.add(row, column), 1);
    },
  );
}

/** Bounds of bucket `index`, both inclusive: the inverse of logBucket. */
export function logBounds(index: bigint, bits: bigint): Omit<Bucket, 'count'> {
  if (index === 0n) return { max: -1n };
  const ordinal = index - 1n;
  const columns = 1n << bits;
  if (ordinal < columns) return { min: ordinal, max: ordinal };
  const position = (ordinal >> bits) + bits - 1n;
  const width = 1n << (position - bits);
  const min = (1n << position) + (ordinal & (columns - 1n)) * width;
  return { min, max: min + width - 1n };
}

/** All buckets from the first to the last that isn't empty, with the empty ones between. */
function fill(
  buckets: ReadonlyMap<bigint, bigint>,
  bounds: (index: bigint) => Omit<Bucket, 'count'>,
): readonly Bucket[] {
  const used = [...buckets].filter(([, count]) => count > 0n).map(([index]) => index);
  if (used.length === 0) return [];
  const first = used.reduce((a, b) => (b < a ? b : a));
  const last = used.reduce((a, b) => (b > a ? b : a));
  return Array.from({ length: Number(last - first) + 1 }, (_, offset) => {
    const index = first + BigInt(offset);
    return { ...bounds(index), count: buckets.get(index) ?? 0n };
  });
}

export const hist = defineAggregation({
  name: 'hist',
  doc: 'Histogram with buckets that double in width; with k, each is split into 2^k equal parts.',
  example: 'kretprobe:vfs_read { @bytes = hist(retval); }',
  params: [
    { name: 'value', takes: ['integer'] },
    { name: 'k', takes: ['number'], optional: true },
  ],
  check: ([, bits], _context, report) => {
    if (typeof bits?.constant === 'bigint' && (bits.constant < 0n || bits.constant > bitsMax))
      report.error('bad-argument', `k is 0 to ${bitsMax}`, bits.span);
  },
  type: ([value, bits]) => ({
    kind: 'aggregate',
    name: 'hist',
    signed: isSigned(value),
    parameters: [literal(bits, 0n)],
  }),
  cell,
  bucket: ([argument], out, type) => {
    const value = out.wide(present(argument, 'value'));
    const bits = Number(parameter(type, 0));
    if (!type.signed) return logBucket(out, value, bits);
    return out.choose(
      out.compare('<', value, 0, true),
      () => out.int(0),
      () => logBucket(out, value, bits),
    );
  },
  update,
  histogram: (buckets, type): Value => {
    const bits = parameter(type, 0);
    return {
      kind: 'histogram',
      style: 'log',
      bits: Number(bits),
      buckets: fill(buckets, (index) => logBounds(index, bits)),
    };
  },
});

const bucketsMax = 1000n;

/** The largest signed number of 64 bits. */
const signedMax = 2n ** 63n - 1n;

export const lhist = defineAggregation({
  name: 'lhist',
  doc: 'Histogram with buckets of one width, from min to max; values outside have a bucket at either end.',
  example: 'kretprobe:vfs_read { @bytes = lhist(retval, 0, 10000, 1000); }',
  params: [
    { name: 'value', takes: ['integer'] },
    { name: 'min', takes: ['number'] },
    { name: 'max', takes: ['number'] },
    { name: 'step', takes: ['number'] },
  ],
  check: ([, min, max, step], _context, report, call) => {
    const [low, high, width] = [literal(min, 0n), literal(max, 1n), literal(step, 1n)];
    for (const bound of [min, max])
      if (literal(bound, 0n) < 0n)
        report.error(
          'bad-argument',
          'The bounds of lhist must not be negative',
          present(bound, 'bound').span,
        );
    if (width < 1n)
      report.error('bad-argument', 'The step of lhist must be at least 1', present(step, 'step').span);
    else if (low >= high) report.error('bad-argument', 'min of lhist must be less than max', call);
    else if (width > high - low)
      report.error('bad-argument', 'The step of lhist must not exceed its range', present(step, 'step').span);
    else if ((high - low) / width > bucketsMax)
      report.error(
        'bad-argument',
        `lhist has at most ${bucketsMax} buckets, not ${(high - low) / width}`,
        call,
        {
          hints: ['Choose a larger step, or use hist().'],
        },
      );
  },
  type: ([value, min, max, step]) => ({
    kind: 'aggregate',
    name: 'lhist',
    signed: isSigned(value),
    parameters: [literal(min, 0n), literal(max, 1n), literal(step, 1n)],
  }),
  cell,
  bucket: ([argument], out, type) => {
    const [min, max, step] = [parameter(type, 0), parameter(type, 1), parameter(type, 2)];
    // A bound beyond those of signed numbers is above each of them. What is not below min is not negative, so its sign says nothing.
    if (type.signed && min > signedMax) return out.int(0);
    const value = out.wide(present(argument, 'value'));
    return out.choose(
      out.compare('<', value, min, type.signed),
      () => out.int(0),
      () =>
        out.choose(
          out.compare('>=', value, max),
          () => out.int(lastBucket(min, max, step)),
          () => out.add(out.divide(out.subtract(value, min), step), 1),
        ),
    );
  },
  update,
  histogram: (buckets, type): Value => {
    const [min, max, step] = [parameter(type, 0), parameter(type, 1), parameter(type, 2)];
    const last = lastBucket(min, max, step);
    const bounds = (index: bigint): Omit<Bucket, 'count'> => {
      if (index === 0n) return { max: min - 1n };
      if (index === last) return { min: max };
      const low = min + (index - 1n) * step;
      return { min: low, max: low + step - 1n < max ? low + step - 1n : max - 1n };
    };
    return { kind: 'histogram', style: 'linear', step, buckets: fill(buckets, bounds) };
  },
});

/** Number of the bucket for values from max on: behind all that hold a part of the range. */
function lastBucket(min: bigint, max: bigint, step: bigint): bigint {
  return (max - min + step - 1n) / step + 1n;
}
