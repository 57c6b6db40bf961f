/** Counts what could not be done: each program gathers in registers, and adds to event_loss_counter on its way out, if there is anything. */

import { lossSymbol } from '../plan/plan.ts';
import type { BpfEmitter } from './bpf-emitter.ts';
import type { IrPointer, IrValue } from './llvm/ir-value.ts';
import { i64 } from './llvm/ir-value.ts';
import { Register } from './values.ts';

export class LossCounters {
  readonly #out: BpfEmitter;
  readonly #counters = new Map<number, IrPointer>();
  readonly #known: ReadonlySet<number>;
  /** Number of the first slot that belongs to a map: as many as there are programs. */
  readonly firstMapSlot: number;

  /** `slots` are those that the program uses: they start at zero, whichever way it takes. */
  constructor(out: BpfEmitter, firstMapSlot: number, slots: ReadonlySet<number>) {
    this.#out = out;
    this.firstMapSlot = firstMapSlot;
    this.#known = slots;
    for (const slot of slots) this.#counter(slot);
  }

  get slots(): ReadonlySet<number> {
    return new Set([...this.#known, ...this.#counters.keys()]);
  }

  /** Adds 1 to a slot if a result is negative. */
  addIfNegative(slot: number, result: Register): void {
    this.#add(slot, this.#out.shiftRight(result, 63).ir);
  }

  addOne(slot: number): void {
    this.#add(slot, i64(1));
  }

  /** To be written once, where all ways out meet. */
  flush(): void {
    for (const [slot, counter] of this.#counters) this.#flushOne(slot, counter);
  }

  #flushOne(slot: number, counter: IrPointer): void {
    const out = this.#out;
    const count = new Register(out.builder.load('i64', counter, 'failures'));
    out.when(out.compare('!=', count, 0), () => countInto(out, slot, count));
  }

  #add(slot: number, value: IrValue): void {
    const { builder } = this.#out;
    const counter = this.#counter(slot);
    builder.store(builder.add(builder.load('i64', counter, 'failures'), value, 'failures'), counter);
  }

  #counter(slot: number): IrPointer {
    const known = this.#counters.get(slot);
    if (known) return known;
    const { builder } = this.#out;
    const counter = builder.alloca('i64', 'failures');
    builder.store(i64(0), counter);
    this.#counters.set(slot, counter);
    return counter;
  }
}

/** Adds to a slot of this CPU's counters. */
export function countInto(out: BpfEmitter, slot: number, count: Register): void {
  out.storage.scope(() => {
    const key = out.storage.reserve(4, 'slot');
    out.store(key, 0, out.int(slot, 32));
    const found = out.lookup(lossSymbol, key);
    const isThere = new Register(out.builder.icmp('ne', found, { type: 'ptr', text: 'null' }, 'is'));
    out.when(isThere, () => void out.builder.atomic('add', found, count.ir, 'before'));
  });
}
