/** Whole structs and unions from their bytes: C puts members where it likes, so nothing here relies on alignment. */

import { present } from '../base/assert.ts';
import type { Field } from '../types/field.ts';
import { alignOf, roundUp, sizeOf } from '../types/layout.ts';
import { typeName } from '../types/type-name.ts';
import type { StructType, Type } from '../types/type.ts';
import type { DecodeContext, Reader } from './decode.ts';
import type { Memory } from './memory.ts';
import { memoryOver } from './memory.ts';

/** compileReader of decode.ts, which this file is called by. */
type Compile = (type: Type, memory: Memory, context: DecodeContext, offset: number) => Reader;

/** Members are read from a copy that begins at a multiple of 8, whatever the struct itself lies behind. */
export function structReader(
  type: StructType,
  memory: Memory,
  context: DecodeContext,
  offset: number,
  compile: Compile,
): Reader {
  const copy = memoryOver(new ArrayBuffer(roundUp(type.bytes, 8)));
  const members = present(context.structs[type.id], `fields of ${typeName(type)}`).map((field) => ({
    name: field.name,
    read: fieldReader(field, copy, context, compile),
  }));
  return (at) => {
    copy.u8.set(memory.u8.subarray(at + offset, at + offset + type.bytes));
    return { kind: 'record', fields: members.map(({ name, read }) => ({ name, value: read(0) })) };
  };
}

function fieldReader(field: Field, struct: Memory, context: DecodeContext, compile: Compile): Reader {
  const { type, offset } = field;
  if (field.bits) return bitfieldReader(field, field.bits, struct, context, compile);
  if (offset % alignOf(type) === 0) return compile(type, struct, context, offset);
  const bytes = sizeOf(type);
  const own = memoryOver(new ArrayBuffer(roundUp(bytes, 8)));
  const read = compile(type, own, context, 0);
  return () => {
    own.u8.set(struct.u8.subarray(offset, offset + bytes));
    return read(0);
  };
}

/** The bits become a number of the field's type, which is then read as any other: as an enumerator, a truth value. */
function bitfieldReader(
  { type }: Field,
  { start, width }: NonNullable<Field['bits']>,
  struct: Memory,
  context: DecodeContext,
  compile: Compile,
): Reader {
  const own = memoryOver(new ArrayBuffer(8));
  const read = compile(type, own, context, 0);
  const signed = (type.kind === 'int' || type.kind === 'enum') && type.signed;
  return () => {
    const bits = bitsAt(struct.u8, start, width);
    own.u64[0] = BigInt.asUintN(64, signed ? BigInt.asIntN(width, bits) : bits);
    return read(0);
  };
}

function bitsAt(bytes: Uint8Array, start: number, width: number): bigint {
  const [first, end] = [start >>> 3, Math.ceil((start + width) / 8)];
  let whole = 0n;
  for (let index = end - 1; index >= first; index--) whole = (whole << 8n) | BigInt(bytes[index] ?? 0);
  return BigInt.asUintN(width, whole >> BigInt(start % 8));
}
