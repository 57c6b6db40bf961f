/**
 * avg and stats: both keep the total and the count. The total is exact beyond 64 bits: beside its low 64 bits there is the sum of the values in
 * units of 2^32, each rounded, which is too coarse by less than 2^31 for each value. So up to 2^32 values on each CPU, whatever they are, the
 * total is the one number with those low bits that is nearest to it; and for values below 2^31 however many there are.
 */

import { present } from '../../base/assert.ts';
import type { Layout } from '../../types/layout.ts';
import { layOut, slotOf } from '../../types/layout.ts';
import type { AggregateType } from '../../types/type.ts';
import { u64 } from '../../types/type.ts';
import type { AggregationDefinition, Cell } from '../define.ts';
import { defineAggregation } from '../define.ts';
import type { Emitter, Memory, Scalar } from '../emitter.ts';
import { addSlot, isSigned, wideType } from './count.ts';

const cellOf = (type: AggregateType): Layout =>
  layOut([
    { name: 'total', type: wideType(type) },
    { name: 'coarse', type: wideType(type) },
    { name: 'count', type: u64 },
  ]);

const coarseBits = 32;

/** A value in units of 2^32, rounded. */
function coarseOf(out: Emitter, value: Scalar, type: AggregateType): Scalar {
  const inHalves = shiftRight(out, value, coarseBits - 1, type.signed);
  return shiftRight(out, out.add(inHalves, 1), 1, type.signed);
}

const shiftRight = (out: Emitter, value: Scalar, count: number, signed: boolean): Scalar =>
  signed ? out.shiftRightSigned(value, count) : out.shiftRight(value, count);

function exactTotal({ total = 0n, coarse = 0n }: Cell): bigint {
  const near = coarse << BigInt(coarseBits);
  return near + BigInt.asIntN(64, total - near);
}

function summary(cells: readonly Cell[]): { count: bigint; average: bigint; total: bigint } {
  const count = cells.reduce((sum, cell) => sum + present(cell.count, 'count'), 0n);
  const total = cells.reduce((sum, cell) => sum + exactTotal(cell), 0n);
  return { count, average: count === 0n ? 0n : total / count, total };
}

/** A number of 128 bits. */
interface Wide {
  readonly upper: Scalar;
  readonly lower: Scalar;
}

/** What exactTotal computes. */
function wideTotal(out: Emitter, total: Scalar, coarse: Scalar, type: AggregateType): Wide {
  const near = {
    upper: shiftRight(out, coarse, coarseBits, type.signed),
    lower: out.shiftLeft(coarse, coarseBits),
  };
  const isBelow = out.compare('<', out.subtract(total, near.lower), 0, true);
  const carries = out.compare('<', total, near.lower, false);
  const borrowed = out.subtract(near.upper, out.resize(isBelow, 64));
  return { upper: out.add(borrowed, out.resize(carries, 64)), lower: total };
}

const negated = (out: Emitter, { upper, lower }: Wide): Wide => ({
  upper: out.add(out.xor(upper, -1), out.resize(out.compare('==', lower, 0), 64)),
  lower: out.subtract(out.int(0), lower),
});

/** Unsigned; the quotient must have no more than 64 bits. */
function divideWide(out: Emitter, { upper, lower }: Wide, divisor: Scalar): Scalar {
  return out.choose(
    out.compare('==', upper, 0),
    () => out.divide(lower, divisor),
    () => divideBitwise(out, { upper, lower }, divisor),
  );
}

/**
 * Bit by bit, as on paper: what is left stands in `rest`, the quotient moves into the dividend from the right. Without branches, of which the
 * verifier would follow each way in each round.
 */
function divideBitwise(out: Emitter, { upper, lower }: Wide, divisor: Scalar): Scalar {
  const state = out.reserve(16, 'division');
  const [restAt, quotientAt] = [0, 8];
  out.store(state, restAt, upper);
  out.store(state, quotientAt, lower);
  out.repeat(64, () => {
    const [before, quotient] = [out.load(state, restAt, 64), out.load(state, quotientAt, 64)];
    const rest = out.or(out.shiftLeft(before, 1), out.shiftRight(quotient, 63));
    const less = out.subtract(rest, divisor);
    // The 65th bit of `rest`, which fell out, or none borrowed by the subtraction.
    const fits = out.shiftRight(out.or(before, out.xor(borrowOf(out, rest, divisor, less), -1)), 63);
    const kept = out.subtract(fits, 1);
    out.store(state, restAt, out.add(less, out.and(divisor, kept)));
    out.store(state, quotientAt, out.or(out.shiftLeft(quotient, 1), fits));
  });
  return out.load(state, quotientAt, 64);
}

/** In its highest bit, whether a - b = difference needed to borrow. */
const borrowOf = (out: Emitter, a: Scalar, b: Scalar, difference: Scalar): Scalar => {
  const inverted = out.xor(a, -1);
  return out.or(out.and(inverted, b), out.and(out.or(inverted, b), difference));
};

/** Reads an average. Truncated toward zero, as user space does it. */
const readAverage: NonNullable<AggregationDefinition['read']> = {
  merge(out, merged, cell, type) {
    for (const { offset } of cellOf(type).slots) addSlot(out, merged, cell, offset);
  },
  value(out, merged, type) {
    const load = (name: string): Scalar => loadSlot(out, merged, type, name);
    const count = load('count');
    return out.choose(
      out.compare('==', count, 0),
      () => out.int(0),
      () => averageOf(out, wideTotal(out, load('total'), load('coarse'), type), count, type),
    );
  },
};

const loadSlot = (out: Emitter, cell: Memory, type: AggregateType, name: string): Scalar =>
  out.load(cell, slotOf(cellOf(type), name).offset, 64);

function averageOf(out: Emitter, total: Wide, count: Scalar, type: AggregateType): Scalar {
  if (!type.signed) return divideWide(out, total, count);
  const isNegative = out.compare('<', total.upper, 0, true);
  const minus = negated(out, total);
  const magnitude = {
    upper: out.select(isNegative, minus.upper, total.upper),
    lower: out.select(isNegative, minus.lower, total.lower),
  };
  const average = divideWide(out, magnitude, count);
  return out.select(isNegative, out.subtract(out.int(0), average), average);
}

const averaging = (
  name: 'avg' | 'stats',
  doc: string,
  example: string,
  results: Pick<AggregationDefinition, 'reduce' | 'read'>,
): AggregationDefinition =>
  defineAggregation({
    name,
    doc,
    example,
    params: [{ name: 'value', takes: ['integer'] }],
    type: ([value]) => ({ kind: 'aggregate', name, signed: isSigned(value), parameters: [] }),
    cell: cellOf,
    update: ([value], out, cell, type) => {
      const layout = cellOf(type);
      const added = out.wide(present(value, 'value'));
      out.atomicAdd(cell, slotOf(layout, 'total').offset, added);
      out.atomicAdd(cell, slotOf(layout, 'coarse').offset, coarseOf(out, added, type));
      out.atomicAdd(cell, slotOf(layout, 'count').offset, out.int(1));
    },
    ...results,
  });

export const avg = averaging(
  'avg',
  'Average of the values: their sum, which may need more than 64 bits, divided by their number, the fraction dropped.',
  'kretprobe:vfs_read { @[comm] = avg(retval); }',
  { reduce: (cells) => summary(cells).average, read: readAverage },
);

export const stats = averaging(
  'stats',
  'Number, average and sum of the values. The sum is exact, also where it needs more than 64 bits.',
  'kretprobe:vfs_read { @[comm] = stats(retval); }',
  { reduce: (cells) => ({ kind: 'stats', ...summary(cells) }) },
);
