/** min and max. */

import { present } from '../../base/assert.ts';
import type { Layout } from '../../types/layout.ts';
import { layOut, slotOf } from '../../types/layout.ts';
import type { AggregateType } from '../../types/type.ts';
import { u64 } from '../../types/type.ts';
import type { AggregationDefinition } from '../define.ts';
import { defineAggregation } from '../define.ts';
import type { CompareOp, Emitter, Memory, Scalar } from '../emitter.ts';
import { isSigned, wideType } from './count.ts';

const cellOf = (type: AggregateType): Layout =>
  layOut([
    { name: 'value', type: wideType(type) },
    { name: 'isSet', type: u64 },
  ]);

/** Stores a value in a cell if it is the first, or better than the one that is there. */
function improve(out: Emitter, cell: Memory, value: Scalar, op: CompareOp, type: AggregateType): void {
  const layout = cellOf(type);
  const [valueAt, isSetAt] = [slotOf(layout, 'value').offset, slotOf(layout, 'isSet').offset];
  const isBetter = out.compare(op, value, out.load(cell, valueAt, 64), type.signed);
  const isFirst = out.compare('==', out.load(cell, isSetAt, 64), 0);
  out.when(out.or(isBetter, isFirst), () => {
    out.store(cell, valueAt, value);
    out.store(cell, isSetAt, out.int(1));
  });
}

const extreme = (
  name: 'min' | 'max',
  doc: string,
  example: string,
  op: CompareOp,
  better: (a: bigint, b: bigint) => boolean,
): AggregationDefinition =>
  defineAggregation({
    name,
    doc,
    example,
    params: [{ name: 'value', takes: ['integer'] }],
    type: ([value]) => ({ kind: 'aggregate', name, signed: isSigned(value), parameters: [] }),
    cell: cellOf,
    update: ([argument], out, cell, type) =>
      improve(out, cell, out.wide(present(argument, 'value')), op, type),
    read: {
      merge(out, merged, cell, type) {
        const layout = cellOf(type);
        const isSet = out.compare('!=', out.load(cell, slotOf(layout, 'isSet').offset, 64), 0);
        out.when(isSet, () =>
          improve(out, merged, out.load(cell, slotOf(layout, 'value').offset, 64), op, type),
        );
      },
      value: (out, merged, type) => out.load(merged, slotOf(cellOf(type), 'value').offset, 64),
    },
    reduce: (cells) => {
      const values = cells.filter((cell) => cell.isSet !== 0n).map((cell) => present(cell.value, 'value'));
      return values.length === 0 ? 0n : values.reduce((best, value) => (better(value, best) ? value : best));
    },
  });

export const min = extreme(
  'min',
  'The smallest of the values.',
  'kretprobe:vfs_read { @smallest = min(retval); }',
  '<',
  (a, b) => a < b,
);

export const max = extreme(
  'max',
  'The largest of the values.',
  'kretprobe:vfs_read { @largest = max(retval); }',
  '>',
  (a, b) => a > b,
);
