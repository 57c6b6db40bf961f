/** count and sum. */

import { present } from '../../base/assert.ts';
import { layOut } from '../../types/layout.ts';
import type { AggregateType, Type } from '../../types/type.ts';
import { i64, u64 } from '../../types/type.ts';
import type { Cell } from '../define.ts';
import { defineAggregation } from '../define.ts';
import type { Argument } from '../emitter.ts';

/** Whether what is aggregated is signed: by the argument's type. */
export const isSigned = (argument: Argument | undefined): boolean =>
  argument !== undefined &&
  (argument.type.kind === 'int' || argument.type.kind === 'enum') &&
  argument.type.signed;

/** 64 bits of the aggregate's sign. */
export const wideType = (type: AggregateType): Type => (type.signed ? i64 : u64);

/** Sum of a slot over all CPUs, wrapped to 64 bits as the kernel's own additions are. */
export function total(cells: readonly Cell[], slot: string, type: AggregateType): bigint {
  const sum = cells.reduce((sum, cell) => sum + present(cell[slot], slot), 0n);
  return type.signed ? BigInt.asIntN(64, sum) : BigInt.asUintN(64, sum);
}

export const count = defineAggregation({
  name: 'count',
  doc: 'How often this was called.',
  example: 'kprobe:vfs_read { @[comm] = count(); }',
  params: [],
  type: () => ({ kind: 'aggregate', name: 'count', signed: false, parameters: [] }),
  cell: () => layOut([{ name: 'count', type: u64 }]),
  update: (_args, out, cell) => out.atomicAdd(cell, 0, out.int(1)),
  reduce: (cells, type) => total(cells, 'count', type),
});

export const sum = defineAggregation({
  name: 'sum',
  doc: 'Sum of the values.',
  example: 'kretprobe:vfs_read /(int64)retval > 0/ { @bytes[comm] = sum(retval); }',
  params: [{ name: 'value', takes: ['integer'] }],
  type: ([value]) => ({ kind: 'aggregate', name: 'sum', signed: isSigned(value), parameters: [] }),
  cell: (type) => layOut([{ name: 'sum', type: wideType(type) }]),
  update: ([value], out, cell) => out.atomicAdd(cell, 0, out.wide(present(value, 'value'))),
  reduce: (cells, type) => total(cells, 'sum', type),
});
