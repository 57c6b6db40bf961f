/** One program while it is written: what expressions, statements, maps and records share. */

import { present } from '../base/assert.ts';
import type { Layout } from '../types/layout.ts';
import { layOut } from '../types/layout.ts';
import type { MapSymbol } from '../sema/typed-tree.ts';
import { i64, u64 } from '../types/type.ts';
import type { BpfEmitter } from './bpf-emitter.ts';
import type { FunctionBuilder } from './llvm/ir.ts';
import type { IrBlock } from './llvm/block-writer.ts';
import type { IrPointer } from './llvm/ir-value.ts';
import type { LossCounters } from './emit-loss.ts';
import type { Place } from './values.ts';

export interface Emission {
  readonly out: BpfEmitter;
  /** Index of the program in the plan. */
  readonly program: number;
  readonly maps: ReadonlyMap<string, MapSymbol>;
  readonly losses: LossCounters;
  readonly ring: { readonly bytes: number; readonly headroomBytes: number };
  /** Where variables live, by their id: an alloca for what fits a register, bytes for the others. */
  readonly variables: Map<number, IrPointer | Place>;
  /** Every way out leads here; the value is stored before. */
  readonly exit: IrBlock;
  readonly result: IrPointer;
  /** Functions that the program calls back through, shared by the module. */
  readonly callbacks: Callbacks;
}

/** Local functions of the module, made when they are first needed. */
export interface Callbacks {
  readonly functions: FunctionBuilder[];
}

/** Bytes of a map's key: its parts, and a bucket's number behind them. A scalar map has one int64, 0. */
export function keyLayoutOf(map: Pick<MapSymbol, 'key' | 'aggregation'>): Layout {
  const parts = map.key.map((type, index) => ({ name: String(index), type }));
  const whole = parts.length === 0 ? [{ name: 'none', type: i64 }] : parts;
  return layOut(map.aggregation?.bucket ? [...whole, { name: 'bucket', type: u64 }] : whole);
}

/** Bytes of a map's value on one CPU. */
export function valueLayoutOf(map: Pick<MapSymbol, 'value' | 'aggregation' | 'name'>): Layout {
  if (map.value.kind === 'aggregate') return present(map.aggregation, `aggregation of ${map.name}`).cell(map.value);
  return layOut([{ name: 'value', type: map.value }]);
}

/** Stretches of a layout that no slot covers. */
export function gapsOf(layout: Layout, sizeOfSlot: (slot: Layout['slots'][number]) => number): readonly { readonly offset: number; readonly bytes: number }[] {
  const gaps: { offset: number; bytes: number }[] = [];
  let end = 0;
  for (const slot of layout.slots) {
    if (slot.offset > end) gaps.push({ offset: end, bytes: slot.offset - end });
    end = slot.offset + sizeOfSlot(slot);
  }
  if (layout.size > end) gaps.push({ offset: end, bytes: layout.size - end });
  return gaps;
}
