/**
 * Loops that the kernel runs by calling a function of ours (bpf_loop, 5.17): the verifier looks at the function once, not at every round,
 * so that they may be long. What the function needs of its caller is handed to it in a record on the stack.
 */

import type { Machine } from '../../plan/machine.ts';
import { kernelFrom } from '../../plan/machine.ts';
import type { Span } from '../../base/span.ts';
import type { BpfEmitter } from '../bpf-emitter.ts';
import type { Tables } from '../tables.ts';
import { helperNamed, isRecent } from '../bpf/helpers.ts';
import { FunctionBuilder } from '../llvm/ir.ts';
import type { IrPointer, IrValue } from '../llvm/ir-value.ts';
import { i64 } from '../llvm/ir-value.ts';

const helper = 'loop';

/** Whether a kernel of the machine's version has such loops. */
export const hasLoops = (machine: Machine): boolean => isRecent(helper) && kernelFrom(machine, 5, 17);

/** Each slot has 8 bytes. */
const slotBytes = 8;

/** Where a loop is written: a program's function, or another loop's. */
export interface LoopSite {
  readonly builder: FunctionBuilder;
  readonly tables: Tables;
  readonly span: Span;
  /** Room on the stack for the record. */
  readonly room: (bytes: number, name: string) => IrPointer;
}

export const siteOf = (out: BpfEmitter): LoopSite => ({
  builder: out.builder,
  tables: out.tables,
  span: out.span,
  room: (bytes, name) => out.storage.reserveOnStack(bytes, name).pointer,
});

/** Within a loop's function, which has a stack of its own. */
export const siteWithin = ({ tables, span }: BpfEmitter, builder: FunctionBuilder): LoopSite => ({
  builder,
  tables,
  span,
  room: (bytes, name) => builder.allocaBytes(bytes, slotBytes, name),
});

/** A record of values and addresses that a loop's function gets and may change. */
export interface LoopRecord {
  readonly slot: (index: number) => IrPointer;
}

const recordAt = (builder: FunctionBuilder, record: IrValue): LoopRecord => ({
  slot: (index) => builder.gep(record, index * slotBytes, `slot.${index}`),
});

/**
 * Runs `body` for index 0 … rounds - 1, or until it returns 1. The function belongs to the module: all calls with one name share it.
 * Gives the record as the rounds have left it.
 */
export function emitLoop(
  { builder, tables, span, room }: LoopSite,
  name: string,
  rounds: IrValue,
  given: readonly IrValue[],
  body: (builder: FunctionBuilder, index: IrValue, record: LoopRecord) => void,
): LoopRecord {
  const record = room(given.length * slotBytes, name);
  const own = recordAt(builder, record);
  given.forEach((value, index) => builder.store(value, own.slot(index)));
  const callback = tables.function(name, () => loopFunction(name, body));
  tables.require(helper, span);
  builder.callHelper(helperNamed(helper), [rounds, callback.address, record, i64(0)], 'rounds');
  return own;
}

function loopFunction(name: string, body: Parameters<typeof emitLoop>[4]): FunctionBuilder {
  const builder = new FunctionBuilder(name, {
    parameters: [
      { name: 'index', type: 'i32' },
      { name: 'record', type: 'ptr' },
    ],
  });
  body(builder, builder.zext(builder.parameter(0), 'i64', 'round'), recordAt(builder, builder.parameter(1)));
  return builder;
}

/** An index that the verifier can see to be no more than `max`. */
export function boundedIn(builder: FunctionBuilder, value: IrValue, max: number): IrValue {
  const opaque = builder.opaque(value, 'bounded');
  return builder.select(builder.icmp('ugt', opaque, i64(max), 'is_too_large'), i64(max), opaque, 'bounded');
}
