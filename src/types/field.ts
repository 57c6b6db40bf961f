/** What structs and unions are made of. Where their members lie was read from BTF, a format file or C; nothing here computes it. */

import type { StructType, Type } from './type.ts';

/** A member of a struct or union, or of a pseudo struct such as a tracepoint's arguments. */
export interface Field {
  /** Empty for anonymous structs and unions: their members count as the outer one's. */
  readonly name: string;
  readonly type: Type;
  /** Bytes from the start; for a bitfield those of its first whole byte. */
  readonly offset: number;
  /** Bitfields only: first bit from the start of the struct, and width in bits. */
  readonly bits?: { readonly start: number; readonly width: number };
  /** Tracepoints' __data_loc: at `offset` lies a u32 whose low half is the data's offset in the context, its high half their length. */
  readonly dynamic?: true;
  /** Of a context: at `offset` lies an address in the process's memory, and the field so many bytes behind that. */
  readonly behind?: number;
  /** It has no place that programs can read: why. */
  readonly unreadable?: string;
}

/** Whoever knows the fields of a struct. */
export type FieldsOf = (struct: StructType) => readonly Field[];

/** Nesting of anonymous members that C code has; deeper ones would be a fault of the type information. */
const anonymousDepthMax = 16;

/** All members with names, those of anonymous ones put in their place; offsets count from the outermost struct. */
export function namedFields(struct: StructType, fieldsOf: FieldsOf, depth = 0): readonly Field[] {
  if (depth >= anonymousDepthMax) return [];
  return fieldsOf(struct).flatMap((field) => {
    if (field.name !== '') return [field];
    if (field.type.kind !== 'struct') return [];
    return namedFields(field.type, fieldsOf, depth + 1).map((inner) => moved(inner, field.offset));
  });
}

/** A field as one of the struct that holds its own at an offset. */
const moved = (field: Field, offset: number): Field => ({
  ...field,
  offset: offset + field.offset,
  ...(field.bits && { bits: movedBits(field.bits, offset) }),
});

/** Bits that count from a struct's start, as bits from `offset` bytes before it. */
export const movedBits = (
  { start, width }: NonNullable<Field['bits']>,
  offset: number,
): NonNullable<Field['bits']> => ({ start: offset * 8 + start, width });

/** Fields by the id of their struct: plain data, for whoever can't ask. */
export type StructTable = Readonly<Record<string, readonly Field[]>>;

/** The fields of all structs that values of these types are made of. Behind pointers nothing is looked at: there the structs are cyclic. */
export function structTable(types: Iterable<Type>, fieldsOf: FieldsOf): StructTable {
  const table: Record<string, readonly Field[]> = {};
  const note = (type: Type): void => {
    if (type.kind === 'array') return note(type.of);
    if (type.kind === 'tuple') return type.of.forEach(note);
    if (type.kind !== 'struct' || Object.hasOwn(table, type.id)) return;
    const fields = namedFields(type, fieldsOf);
    table[type.id] = fields;
    for (const field of fields) note(field.type);
  };
  for (const type of types) note(type);
  return table;
}
