/** min and max. */

import { present } from '../../base/assert.ts';
import { layOut, slotOf } from '../../types/layout.ts';
import { u64 } from '../../types/type.ts';
import type { AggregationDefinition } from '../define.ts';
import { defineAggregation } from '../define.ts';
import type { CompareOp } from '../emitter.ts';
import { isSigned, wideType } from './count.ts';

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
    cell: (type) =>
      layOut([
        { name: 'value', type: wideType(type) },
        { name: 'isSet', type: u64 },
      ]),
    update: ([argument], out, cell, type) => {
      const layout = layOut([
        { name: 'value', type: wideType(type) },
        { name: 'isSet', type: u64 },
      ]);
      const valueAt = slotOf(layout, 'value').offset;
      const isSetAt = slotOf(layout, 'isSet').offset;
      const value = out.wide(present(argument, 'value'));
      const isBetter = out.compare(op, value, out.load(cell, valueAt, 64), type.signed);
      const isFirst = out.compare('==', out.load(cell, isSetAt, 64), 0);
      out.when(out.or(isBetter, isFirst), () => {
        out.store(cell, valueAt, value);
        out.store(cell, isSetAt, out.int(1));
      });
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
