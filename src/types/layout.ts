/** Where the bytes of a value lie. The only place, with record.ts, that computes an offset; everything is little-endian. */

import { assert, Bug } from '../base/assert.ts';
import type { StackType, Type } from './type.ts';
import { arrayOf, i32, i64, tuple, u32, u64, u8 } from './type.ts';

/** A named part of a value's bytes. */
export interface Slot {
  readonly name: string;
  readonly type: Type;
  /** Bytes from the start of the whole. */
  readonly offset: number;
}

export interface Layout {
  readonly slots: readonly Slot[];
  /** Size in bytes, padding at the end included. */
  readonly size: number;
  readonly align: number;
}

/** Lays fields out as C does: each at its own alignment, the whole rounded up to the largest. */
export function layOut(fields: readonly { readonly name: string; readonly type: Type }[]): Layout {
  let offset = 0;
  let align = 1;
  const slots = fields.map(({ name, type }) => {
    const field = extentOf(type);
    offset = roundUp(offset, field.align);
    align = Math.max(align, field.align);
    const slot = { name, type, offset };
    offset += field.size;
    return slot;
  });
  return { slots, size: roundUp(offset, align), align };
}

/** Parts of the values that are made of parts: tuples, buffers, stacks, symbols, addresses, timestamps. Empty for the others. */
export function partsOf(type: Type): Layout {
  switch (type.kind) {
    case 'tuple':
      return layOut(type.of.map((element, index) => ({ name: String(index), type: element })));
    case 'buffer':
      return layOut([
        { name: 'length', type: u32 },
        { name: 'bytes', type: { kind: 'array', of: u8, length: type.capacity } },
      ]);
    case 'stack':
      return layOut([
        { name: 'process', type: u32 },
        { name: 'count', type: u32 },
        { name: 'frames', type: arrayOf(frameType(type), type.depth) },
      ]);
    case 'symbol':
      return layOut([
        { name: 'address', type: u64 },
        { name: 'process', type: u32 },
        { name: 'zero', type: u32 },
      ]);
    case 'inet':
      return layOut([
        { name: 'family', type: u32 },
        { name: 'bytes', type: { kind: 'array', of: u8, length: 16 } },
      ]);
    case 'timestamp':
      return layOut([
        { name: 'nsecs', type: i64 },
        { name: 'format', type: u32 },
        { name: 'clock', type: u32 },
      ]);
    case 'username':
      return layOut([{ name: 'uid', type: u32 }]);
    case 'macaddr':
      return layOut([{ name: 'bytes', type: { kind: 'array', of: u8, length: 6 } }]);
    case 'cgroup-path':
      return layOut([
        { name: 'id', type: u64 },
        { name: 'filter', type: u32 },
        { name: 'zero', type: u32 },
      ]);
    default:
      return { slots: [], size: 0, align: 1 };
  }
}

/** struct bpf_stack_build_id of include/uapi/linux/bpf.h. `place` is an offset in the file, or the address, as the status says. */
export const buildIdFrame = layOut([
  { name: 'status', type: i32 },
  { name: 'buildId', type: arrayOf(u8, 20) },
  { name: 'place', type: u64 },
]);

/** A frame as bpf_get_stack writes it: an address, or a build id and more. */
export const frameType = ({ space, mode }: StackType): Type =>
  space === 'user' && mode === 'build_id' ? tuple(buildIdFrame.slots.map(({ type }) => type)) : u64;

/** A part by its name, which must exist. */
export function slotOf(layout: Layout, name: string): Slot {
  const slot = layout.slots.find((candidate) => candidate.name === name);
  assert(slot !== undefined, `no slot '${name}'`);
  return slot;
}

/** Both at once: of parts within parts, one after the other would go through each part twice, and through those in it four times. */
function extentOf(type: Type): Pick<Layout, 'size' | 'align'> {
  const { slots, size, align } = partsOf(type);
  return slots.length > 0 ? { size, align } : { size: sizeOf(type), align: alignOf(type) };
}

/** Size of a value in bytes. An aggregate's cell is laid out by its definition, not here. */
export function sizeOf(type: Type): number {
  switch (type.kind) {
    case 'int':
    case 'enum':
      return type.bytes;
    case 'bool':
      return 1;
    case 'pointer':
      return 8;
    case 'string':
      return type.capacity;
    case 'array':
      return type.length * sizeOf(type.of);
    case 'struct':
      return type.bytes;
    case 'tuple':
    case 'buffer':
    case 'stack':
    case 'symbol':
    case 'inet':
    case 'timestamp':
    case 'username':
    case 'macaddr':
    case 'cgroup-path':
      return partsOf(type).size;
    case 'none':
      return 0;
    case 'aggregate':
    case 'error':
      throw new Bug(`a value of kind ${type.kind} has no size`);
  }
}

/** Alignment in bytes. What a struct's own is its fields would tell: here it has the largest that its size allows, which is no less. */
export function alignOf(type: Type): number {
  switch (type.kind) {
    case 'int':
    case 'enum':
      return type.bytes;
    case 'pointer':
      return 8;
    case 'struct':
      return alignDividing(type.bytes);
    case 'array':
      return alignOf(type.of);
    case 'tuple':
    case 'buffer':
    case 'stack':
    case 'symbol':
    case 'inet':
    case 'timestamp':
    case 'username':
    case 'macaddr':
    case 'cgroup-path':
      return partsOf(type).align;
    case 'bool':
    case 'string':
    case 'none':
      return 1;
    case 'aggregate':
    case 'error':
      throw new Bug(`a value of kind ${type.kind} has no alignment`);
  }
}

/** The largest alignment at which things of so many bytes can lie side by side. */
export const alignDividing = (bytes: number): number =>
  ([8, 4, 2] as const).find((align) => bytes % align === 0) ?? 1;

/** True if the value travels in a register: at most 8 bytes, no parts. All others are bytes in memory. */
export function isScalar(type: Type): type is Extract<Type, { kind: 'int' | 'enum' | 'bool' | 'pointer' }> {
  return type.kind === 'int' || type.kind === 'enum' || type.kind === 'bool' || type.kind === 'pointer';
}

export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
