/** count and sum. */

import { present } from '../../base/assert.ts';
import { layOut } from '../../types/layout.ts';
import type { AggregateType, Type } from '../../types/type.ts';
import { i64, u64 } from '../../types/type.ts';
import type { AggregationDefinition, Cell } from '../define.ts';
import { defineAggregation } from '../define.ts';
import type { Argument, Emitter, Memory } from '../emitter.ts';

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

/** Reads a total: one slot of every CPU's cell. */
const readTotal: NonNullable<AggregationDefinition['read']> = {
  merge: (out, merged, cell) => addSlot(out, merged, cell, 0),
  value: (out, merged) => out.load(merged, 0, 64),
};

/** Adds a slot of 64 bits to the same one of another cell. */
export function addSlot(out: Emitter, to: Memory, from: Memory, offset: number): void {
  out.store(to, offset, out.add(out.load(to, offset, 64), out.load(from, offset, 64)));
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
  read: readTotal,
});

export const sum = defineAggregation({
  name: 'sum',
  doc: 'Sum of the values, in 64 bits: one that needs more wraps.',
  example: 'kretprobe:vfs_read /(int64)retval > 0/ { @bytes[comm] = sum(retval); }',
  params: [{ name: 'value', takes: ['integer'] }],
  type: ([value]) => ({ kind: 'aggregate', name: 'sum', signed: isSigned(value), parameters: [] }),
  cell: (type) => layOut([{ name: 'sum', type: wideType(type) }]),
  update: ([value], out, cell) => out.atomicAdd(cell, 0, out.wide(present(value, 'value'))),
  reduce: (cells, type) => total(cells, 'sum', type),
  read: readTotal,
});
