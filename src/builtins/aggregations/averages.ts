/** avg and stats: both keep the total and the count. */

import { present } from '../../base/assert.ts';
import type { Layout } from '../../types/layout.ts';
import { layOut, slotOf } from '../../types/layout.ts';
import type { AggregateType } from '../../types/type.ts';
import { u64 } from '../../types/type.ts';
import type { AggregationDefinition, Cell } from '../define.ts';
import { defineAggregation } from '../define.ts';
import { isSigned, total, wideType } from './count.ts';

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

const averaging = (
  name: 'avg' | 'stats',
  doc: string,
  example: string,
  reduce: NonNullable<AggregationDefinition['reduce']>,
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
    reduce,
  });

export const avg = averaging(
  'avg',
  'Average of the values: their sum divided by their number, the fraction dropped.',
  'kretprobe:vfs_read { @[comm] = avg(retval); }',
  (cells, type) => summary(cells, type).average,
);

export const stats = averaging(
  'stats',
  'Number, average and sum of the values.',
  'kretprobe:vfs_read { @[comm] = stats(retval); }',
  (cells, type) => ({ kind: 'stats', ...summary(cells, type) }),
);
