/** Keys and values of a map as the bytes that the kernel gave: a million of them take what they take in the kernel, and become values one by one. */

import { present } from '../base/assert.ts';
import { compareLists } from '../types/compare-values.ts';
import { roundUp } from '../types/layout.ts';
import type { Slot } from '../types/layout.ts';
import type { Value } from '../types/value.ts';
import { compileOrder, orderOfParts } from './compare-keys.ts';
import type { DecodeContext } from './decode.ts';
import { compileSlots } from './decode.ts';
import type { Memory } from './memory.ts';
import { memoryOver } from './memory.ts';

const itemsAtFirst = 256;
const alignment = 8;

/** Items of one size, one behind the other. */
export class ByteStore {
  readonly #itemBytes: number;
  readonly #stride: number;
  #bytes: Uint8Array<ArrayBuffer>;
  count = 0;

  constructor(itemBytes: number) {
    this.#itemBytes = itemBytes;
    this.#stride = roundUp(Math.max(itemBytes, 1), alignment);
    this.#bytes = new Uint8Array(itemsAtFirst * this.#stride);
  }

  add({ u8 }: Memory, at: number): void {
    const start = this.count * this.#stride;
    if (start === this.#bytes.length) {
      const larger = new Uint8Array(2 * start);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(u8.subarray(at, at + this.#itemBytes), start);
    this.count++;
  }

  /** As it is now: nothing may be added afterwards. */
  get memory(): Memory {
    return memoryOver(this.#bytes.buffer);
  }

  /** Where an item lies. */
  offsetOf(index: number): number {
    return index * this.#stride;
  }
}

/** What `slots` of the items in a store read as, and their order. */
export interface Parts {
  readonly read: (index: number) => readonly Value[];
  readonly compare: (a: number, b: number) => number;
}

export function partsIn(store: ByteStore, slots: readonly Slot[], decoding: DecodeContext): Parts {
  const { memory } = store;
  const readers = compileSlots(slots, memory, decoding);
  const order = orderOfParts(slots.map(({ type, offset }) => compileOrder(type, memory, offset)));
  return {
    read: (index) => readers.map((read) => read(store.offsetOf(index))),
    compare: order
      ? (a, b) => order(store.offsetOf(a), store.offsetOf(b))
      : compareRead(store, slots, memory, decoding),
  };
}

/** By values, which are made once. Nobody sees them: so texts that were cut don't count. */
function compareRead(
  store: ByteStore,
  slots: readonly Slot[],
  memory: Memory,
  decoding: DecodeContext,
): Parts['compare'] {
  const readers = compileSlots(slots, memory, { ...decoding, onCut: () => undefined });
  const known: (readonly Value[] | undefined)[] = [];
  const valuesOf = (index: number): readonly Value[] =>
    (known[index] ??= readers.map((read) => read(store.offsetOf(index))));
  return (a, b) => compareLists(valuesOf(a), valuesOf(b));
}

/** The only part of each item. */
export function onlyPartIn(store: ByteStore, slot: Slot, decoding: DecodeContext): (index: number) => Value {
  const [read] = compileSlots([slot], store.memory, decoding);
  return (index) => present(read, 'reader')(store.offsetOf(index));
}
