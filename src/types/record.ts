/** One schema for bytes: what BPF writes and user space reads, and what the kernel's own structs look like. */

import { assert } from '../base/assert.ts';
import type { Layout } from './layout.ts';
import { layOut, sizeOf } from './layout.ts';
import type { Type } from './type.ts';

export type Shape = Readonly<Record<string, Type>>;

/** What a field reads as in JavaScript. */
export type Decoded<T extends Type> = T extends { kind: 'int'; bytes: 8 }
  ? bigint
  : T extends { kind: 'int' }
    ? number
    : T extends { kind: 'bool' }
      ? boolean
      : T extends { kind: 'pointer' }
        ? bigint
        : Uint8Array;

export type DecodedShape<S extends Shape> = { readonly [K in keyof S]: Decoded<S[K]> };

export interface RecordLayout<S extends Shape = Shape> extends Layout {
  readonly shape: S;
}

/** Byte order of everything we read and write. */
const littleEndian = true;

/** Lay fields out in the order given, as C would. */
export function record<const S extends Shape>(shape: S): RecordLayout<S> {
  const fields = Object.entries(shape).map(([name, type]) => ({ name, type }));
  return { shape, ...layOut(fields) };
}

/** Offset of a field, in bytes. */
export function offsetOf<S extends Shape>(layout: RecordLayout<S>, name: keyof S & string): number {
  const slot = layout.slots.find((candidate) => candidate.name === name);
  assert(slot !== undefined, `no field '${name}'`);
  return slot.offset;
}

/** Bytes to values. The bytes must be exactly the layout's size. */
export function decodeRecord<S extends Shape>(layout: RecordLayout<S>, bytes: Uint8Array): DecodedShape<S> {
  assert(bytes.length === layout.size, `a record of ${layout.size} bytes can't be read from ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = layout.slots.map((slot) => [slot.name, readSlot(view, slot.offset, slot.type)]);
  return Object.fromEntries(fields) as DecodedShape<S>;
}

/** Values to bytes, padding zeroed. Fields left out are zero. */
export function encodeRecord<S extends Shape>(
  layout: RecordLayout<S>,
  values: Partial<DecodedShape<S>>,
): Uint8Array {
  const bytes = new Uint8Array(layout.size);
  const view = new DataView(bytes.buffer);
  for (const slot of layout.slots) {
    const value = values[slot.name as keyof S];
    if (value !== undefined) writeSlot(view, slot.offset, slot.type, value);
  }
  return bytes;
}

function readSlot(view: DataView, offset: number, type: Type): bigint | number | boolean | Uint8Array {
  switch (type.kind) {
    case 'int':
      return readInt(view, offset, type.bytes, type.signed);
    case 'pointer':
      return view.getBigUint64(offset, littleEndian);
    case 'bool':
      return view.getUint8(offset) !== 0;
    default:
      return new Uint8Array(view.buffer, view.byteOffset + offset, sizeOf(type)).slice();
  }
}

/** An integer of any width: a bigint for 8 bytes, a number below. */
export function readInt(
  view: DataView,
  offset: number,
  bytes: 1 | 2 | 4 | 8,
  signed: boolean,
): number | bigint {
  switch (bytes) {
    case 1:
      return signed ? view.getInt8(offset) : view.getUint8(offset);
    case 2:
      return signed ? view.getInt16(offset, littleEndian) : view.getUint16(offset, littleEndian);
    case 4:
      return signed ? view.getInt32(offset, littleEndian) : view.getUint32(offset, littleEndian);
    case 8:
      return signed ? view.getBigInt64(offset, littleEndian) : view.getBigUint64(offset, littleEndian);
  }
}

function writeSlot(
  view: DataView,
  offset: number,
  type: Type,
  value: bigint | number | boolean | Uint8Array,
): void {
  if (value instanceof Uint8Array) {
    assert(value.length <= sizeOf(type), `${value.length} bytes don't fit a field of ${sizeOf(type)}`);
    new Uint8Array(view.buffer, view.byteOffset + offset, value.length).set(value);
    return;
  }
  const number = BigInt(value);
  switch (sizeOf(type)) {
    case 1:
      return view.setUint8(offset, Number(BigInt.asUintN(8, number)));
    case 2:
      return view.setUint16(offset, Number(BigInt.asUintN(16, number)), littleEndian);
    case 4:
      return view.setUint32(offset, Number(BigInt.asUintN(32, number)), littleEndian);
    default:
      assert(sizeOf(type) === 8, 'a scalar has 1, 2, 4 or 8 bytes');
      return view.setBigUint64(offset, BigInt.asUintN(64, number), littleEndian);
  }
}
