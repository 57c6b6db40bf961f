/** The order of keys by their bytes, where that is the order of their values (types/compare-values.ts): a million of them need not be values at once. */

import { partsOf, sizeOf, slotOf } from '../types/layout.ts';
import type { BufferType, StringType, TupleType, Type } from '../types/type.ts';
import { u64 } from '../types/type.ts';
import { integerReader } from './decode.ts';
import type { Memory } from './memory.ts';

/** Compares what lies at two offsets: negative, 0, positive. */
export type Order = (a: number, b: number) => number;

/** Undefined for types whose order shows only in their words: symbols, stacks, times. */
export function compileOrder(type: Type, memory: Memory, offset: number): Order | undefined {
  switch (type.kind) {
    case 'int':
    case 'enum':
      return numberOrder(integerReader(type, memory, offset));
    case 'bool':
      return numberOrder((at) => (memory.u8[at + offset] === 0 ? 0 : 1));
    case 'pointer':
      return numberOrder(integerReader(u64, memory, offset));
    case 'string':
      return textOrder(type, memory, offset);
    case 'buffer':
      return bufferOrder(type, memory, offset);
    case 'array': {
      const stride = sizeOf(type.of);
      return orderOfParts(
        Array.from({ length: type.length }, (_, index) =>
          compileOrder(type.of, memory, offset + index * stride),
        ),
      );
    }
    case 'tuple':
      return tupleOrder(type, memory, offset);
    default:
      return undefined;
  }
}

/** The first part that differs decides. */
export function orderOfParts(parts: readonly (Order | undefined)[]): Order | undefined {
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length) return undefined;
  return (a, b) => {
    for (const part of known) {
      const order = part(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function numberOrder(read: (at: number) => number | bigint): Order {
  return (a, b) => {
    const [first, second] = [read(a), read(b)];
    return first < second ? -1 : first > second ? 1 : 0;
  };
}

function textOrder({ capacity }: StringType, { u8 }: Memory, offset: number): Order {
  return (a, b) => {
    for (let at = offset; at < offset + capacity; at++) {
      const [first = 0, second = 0] = [u8[a + at], u8[b + at]];
      if (first !== second) return first - second;
      if (first === 0) return 0;
    }
    return 0;
  };
}

function bufferOrder(type: BufferType, { u32, bytes }: Memory, offset: number): Order {
  const layout = partsOf(type);
  const [lengthAt, start] = [
    offset + slotOf(layout, 'length').offset,
    offset + slotOf(layout, 'bytes').offset,
  ];
  const content = (at: number): Buffer => {
    const length = Math.min(u32[(at + lengthAt) >>> 2] ?? 0, type.capacity);
    return bytes.subarray(at + start, at + start + length);
  };
  return (a, b) => Buffer.compare(content(a), content(b));
}

function tupleOrder(type: TupleType, memory: Memory, offset: number): Order | undefined {
  return orderOfParts(
    partsOf(type).slots.map((slot) => compileOrder(slot.type, memory, offset + slot.offset)),
  );
}
