/** One program while it is written: what expressions, statements, maps and records share. */

import { present } from '../base/assert.ts';
import type { Layout } from '../types/layout.ts';
import { layOut, sizeOf } from '../types/layout.ts';
import type { MapSymbol } from '../sema/typed-tree.ts';
import { i64, u64 } from '../types/type.ts';
import type { BpfEmitter } from './bpf-emitter.ts';
import type { Failures } from './bpf/failures.ts';
import type { Exits } from './exits.ts';
import type { RingRoom } from './ring-room.ts';
import type { Place } from './values.ts';

export interface Emission {
  readonly out: BpfEmitter;
  /** Index of the program in the plan, and its slot of the loss counters. */
  readonly program: number;
  readonly maps: ReadonlyMap<string, MapSymbol>;
  /** Slot of the loss counters that belongs to the first map. */
  readonly firstMapSlot: number;
  readonly failures: Failures;
  readonly exits: Exits;
  readonly ring: RingRoom;
  /** Where variables live, by their id. */
  readonly variables: Map<number, Place>;
}

/** Bytes of a map's key: its parts, and a bucket's number behind them. A scalar map has one int64, 0. */
export function keyLayoutOf(map: Pick<MapSymbol, 'key' | 'aggregation'>): Layout {
  const parts = map.key.map((type, index) => ({ name: String(index), type }));
  const whole = parts.length === 0 ? [{ name: 'none', type: i64 }] : parts;
  return layOut(map.aggregation?.bucket ? [...whole, { name: 'bucket', type: u64 }] : whole);
}

/** Bytes of a map's value on one CPU. */
export function valueLayoutOf(map: Pick<MapSymbol, 'value' | 'aggregation' | 'name'>): Layout {
  if (map.value.kind === 'aggregate')
    return present(map.aggregation, `aggregation of ${map.name}`).cell(map.value);
  return layOut([{ name: 'value', type: map.value }]);
}

/** Stretches of a layout that no slot covers. */
export function gapsOf(layout: Layout): readonly { readonly offset: number; readonly bytes: number }[] {
  const gaps: { offset: number; bytes: number }[] = [];
  let end = 0;
  for (const slot of layout.slots) {
    if (slot.offset > end) gaps.push({ offset: end, bytes: slot.offset - end });
    end = slot.offset + sizeOf(slot.type);
  }
  if (layout.size > end) gaps.push({ offset: end, bytes: layout.size - end });
  return gaps;
}
