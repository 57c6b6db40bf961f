/** avg and stats: both keep the total and the count. */

import { present } from '../../base/assert.ts';
import type { Layout } from '../../types/layout.ts';
import { layOut, slotOf } from '../../types/layout.ts';
import type { AggregateType } from '../../types/type.ts';
import { u64 } from '../../types/type.ts';
import type { AggregationDefinition, Cell } from '../define.ts';
import { defineAggregation } from '../define.ts';
import { addSlot, isSigned, total, wideType } from './count.ts';

const cellOf = (type: AggregateType): Layout =>
  layOut([
    { name: 'total', type: wideType(type) },
    { name: 'count', type: u64 },
  ]);

function summary(
  cells: readonly Cell[],
  type: AggregateType,
): { count: bigint; average: bigint; total: bigint } {
  const count = cells.reduce((sum, cell) => sum + present(cell.count, 'count'), 0n);
  const whole = total(cells, 'total', type);
  return { count, average: count === 0n ? 0n : whole / count, total: whole };
}

/** Reads an average. Truncated toward zero, as user space does it. */
const readAverage: NonNullable<AggregationDefinition['read']> = {
  merge(out, merged, cell, type) {
    for (const { offset } of cellOf(type).slots) addSlot(out, merged, cell, offset);
  },
  value(out, merged, type) {
    const layout = cellOf(type);
    const [whole, count] = ['total', 'count'].map((name) =>
      out.load(merged, slotOf(layout, name).offset, 64),
    );
    const [sum, number] = [present(whole, 'total'), present(count, 'count')];
    const isNegative = out.compare('<', sum, 0, type.signed);
    const magnitude = out.select(isNegative, out.subtract(out.int(0), sum), sum);
    return out.choose(
      out.compare('==', number, 0),
      () => out.int(0),
      () => {
        const average = out.divide(magnitude, number);
        return out.select(isNegative, out.subtract(out.int(0), average), average);
      },
    );
  },
};

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
      out.atomicAdd(cell, slotOf(layout, 'total').offset, out.wide(present(value, 'value')));
      out.atomicAdd(cell, slotOf(layout, 'count').offset, out.int(1));
    },
    ...results,
  });

export const avg = averaging(
  'avg',
  'Average of the values: their sum divided by their number, the fraction dropped. The sum has 64 bits: one that needs more wraps, and the average is wrong.',
  'kretprobe:vfs_read { @[comm] = avg(retval); }',
  { reduce: (cells, type) => summary(cells, type).average, read: readAverage },
);

export const stats = averaging(
  'stats',
  'Number, average and sum of the values. The sum has 64 bits: one that needs more wraps, and the average is wrong as well.',
  'kretprobe:vfs_read { @[comm] = stats(retval); }',
  { reduce: (cells, type) => ({ kind: 'stats', ...summary(cells, type) }) },
);
