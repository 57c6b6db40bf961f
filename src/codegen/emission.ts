/** What expressions, statements, maps and records share while a program is written, one of its functions at a time. */

import { present } from '../base/assert.ts';
import type { Sources } from '../base/source-file.ts';
import type { Machine } from '../plan/machine.ts';
import type { ContextSlot } from '../probes/define.ts';
import type { Settings } from '../plan/settings.ts';
import type { Layout } from '../types/layout.ts';
import { layOut, sizeOf } from '../types/layout.ts';
import type { MapSymbol, TypedProbe } from '../sema/typed-tree.ts';
import { i64, u64 } from '../types/type.ts';
import type { BpfEmitter } from './bpf-emitter.ts';
import type { Failures } from './bpf/failures.ts';
import type { ScratchRoom } from './bpf/storage.ts';
import type { StackShare } from './bpf/stack-shares.ts';
import type { FunctionBuilder } from './llvm/ir.ts';
import type { IrValue } from './llvm/ir-value.ts';
import type { RingRoom } from './ring-room.ts';
import type { Tables } from './tables.ts';
import type { Home } from './variables.ts';
import type { Register } from './values.ts';

/** What all programs of a module share. */
export interface ModuleContext {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly sources: Sources;
  readonly maps: ReadonlyMap<string, MapSymbol>;
  /** How many programs there are. */
  readonly programs: number;
  readonly ring: RingRoom;
  readonly tables: Tables;
  /** Where a field of a struct of the kernel lies. */
  readonly kernelField: (struct: string, field: string) => ContextSlot;
  /** The address of a kernel symbol that is there. */
  readonly kernelSymbol: (name: string) => bigint;
  /** The BTF id of a function of the kernel that is there. */
  readonly kernelFunction: (name: string) => number;
}

/** What all functions of one program share. */
export interface ProgramContext extends ModuleContext {
  /** Index of the program in the plan, and its slot of the loss counters. */
  readonly program: number;
  readonly probe: TypedProbe;
  readonly share: StackShare;
  /** Variables that bodies of `for` loops use too, by their id. */
  readonly shared: ReadonlySet<string>;
  /** Variables that belong in registers. */
  readonly counting: ReadonlySet<string>;
  /** Functions of the script that are written, by their name. */
  readonly functions: Map<string, EmittedFunction>;
}

/** A function of the script, as it is called. */
export interface EmittedFunction {
  readonly builder: FunctionBuilder;
  readonly scratchBytes: number;
  /** What it wants to find in its frame. */
  readonly usesScratch: boolean;
  readonly usesContext: boolean;
}

/** The ways out of a loop's round. */
export interface LoopExits {
  readonly break: () => void;
  readonly continue: () => void;
}

/** One function of a program: its own, the body of a loop, a function of the script. */
export interface Emission extends ProgramContext {
  readonly out: BpfEmitter;
  readonly failures: Failures;
  /** Where variables live, by their id. */
  readonly variables: Map<string, Home>;
  /** The probe's context, as this function finds it. */
  readonly context: () => IrValue;
  /** Around the statement that is being written, the innermost last. */
  readonly loops: LoopExits[];
  /** Where a `return` within a loop leaves word for the functions around the loop; undefined outside of such a loop. */
  readonly departure: ScratchRoom | undefined;
  /** `return`. */
  readonly leave: (value: Register | undefined) => void;
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
