/**
 * BTF types as types of the language. Structs stay names with an id until their fields are asked for: the kernel's are cyclic.
 * Knows neither files nor modules' names beyond the objects handed to it.
 */

import type { Field } from '../../types/field.ts';
import type { AddressSpace, EnumType, IntType, StructType, Type } from '../../types/type.ts';
import { bool, intType, none, pointerTo, string, u8 } from '../../types/type.ts';
import type { Btf, BtfMember } from './parse.ts';
import {
  arrayOf,
  btfKind,
  flagOf,
  idsNamed,
  intOf,
  kindOf,
  membersOf,
  nameOf,
  ownerOf,
  parametersOf,
  referredBy,
  sizeInBytes,
  variantsOf,
} from './parse.ts';

export interface BtfSignature {
  readonly parameters: readonly {
    readonly name: string;
    readonly type: Type;
  }[];
  readonly returns: Type;
  readonly variadic: boolean;
}

/** Longer chains than these (pointers to pointers, typedefs of typedefs) don't occur; a broken BTF may hold circles. */
const chainMax = 64;

/** The type with an id; `none` for what has no value: void, functions, ids that don't exist. */
export function btfType(btf: Btf, id: number): Type {
  return convert(btf, id, chainMax);
}

function convert(btf: Btf, id: number, chain: number): Type {
  const target = withoutModifiers(btf, id);
  if (chain === 0) return none;
  switch (kindOf(btf, target)) {
    case btfKind.int:
      return convertInt(btf, target);
    case btfKind.float:
      return bytesOf(sizeInBytes(btf, target));
    case btfKind.pointer:
      return convertPointer(btf, target, chain);
    case btfKind.array:
      return convertArray(btf, target, chain);
    case btfKind.enum:
    case btfKind.enum64:
      return convertEnum(btf, target);
    case btfKind.struct:
    case btfKind.union:
      return structType(btf, target);
    case btfKind.forward:
      return convertForward(btf, target);
    default:
      return none;
  }
}

/** The type behind typedefs, qualifiers and tags. */
export function withoutModifiers(btf: Btf, id: number): number {
  let at = id;
  for (let steps = 0; steps < chainMax; steps++) {
    if (!isModifier(btf, at)) return at;
    at = referredBy(btf, at);
  }
  return 0;
}

function isModifier(btf: Btf, id: number): boolean {
  switch (kindOf(btf, id)) {
    case btfKind.typedef:
    case btfKind.const:
    case btfKind.volatile:
    case btfKind.restrict:
    case btfKind.typeTag:
      return true;
    default:
      return false;
  }
}

const bytesOf = (length: number): Type => ({ kind: 'array', of: u8, length });

/** Widths that a register holds; anything else (__int128, float) is shown as its bytes. */
const registerBytes = (size: number): IntType['bytes'] | undefined =>
  size === 1 || size === 2 || size === 4 || size === 8 ? size : undefined;

function convertInt(btf: Btf, id: number): Type {
  const size = sizeInBytes(btf, id);
  const encoding = intOf(btf, id);
  const bytes = registerBytes(size);
  if (bytes === undefined) return bytesOf(size);
  return encoding.bool && bytes === 1 ? bool : intType(bytes, encoding.signed);
}

function convertPointer(btf: Btf, id: number, chain: number): Type {
  const target = referredBy(btf, id);
  return pointerTo(convert(btf, target, chain - 1), spaceOf(btf, target));
}

/** Of include/linux/compiler_types.h. Others, as `__rcu`, say nothing of where a pointer leads. */
const taggedSpaces: Readonly<Record<string, AddressSpace>> = { user: 'user', percpu: 'percpu' };

/** `__user` survives in BTF as a type tag, when the kernel's compiler wrote such tags (clang; GCC from 16 on). */
function spaceOf(btf: Btf, pointee: number): AddressSpace {
  let at = pointee;
  for (let steps = 0; steps < chainMax && isModifier(btf, at); steps++) {
    const space = kindOf(btf, at) === btfKind.typeTag ? taggedSpaces[nameOf(btf, at)] : undefined;
    if (space) return space;
    at = referredBy(btf, at);
  }
  return 'kernel';
}

/** An array of `char` itself is text; one of `unsigned char` or `u8` is not. */
function convertArray(btf: Btf, id: number, chain: number): Type {
  const array = arrayOf(btf, id);
  if (array.length > 0 && isChar(btf, array.of)) return string(array.length);
  return {
    kind: 'array',
    of: convert(btf, array.of, chain - 1),
    length: array.length,
  };
}

function isChar(btf: Btf, id: number): boolean {
  const target = withoutModifiers(btf, id);
  return kindOf(btf, target) === btfKind.int && nameOf(btf, target) === 'char';
}

function convertEnum(btf: Btf, id: number): Type {
  const bytes = registerBytes(sizeInBytes(btf, id));
  if (bytes === undefined) return bytesOf(sizeInBytes(btf, id));
  const type: EnumType = {
    kind: 'enum',
    name: nameOf(btf, id),
    bytes,
    signed: flagOf(btf, id),
    variants: variantsOf(btf, id),
  };
  return type;
}

function structType(btf: Btf, id: number): StructType {
  const keyword = kindOf(btf, id) === btfKind.union ? 'union' : 'struct';
  return {
    kind: 'struct',
    keyword,
    name: nameOf(btf, id),
    bytes: sizeInBytes(btf, id),
    id: structId(btf, id),
  };
}

/** The id of a struct type: the same for the kernel's struct whichever module refers to it. */
const structId = (btf: Btf, id: number): string => `btf:${ownerOf(btf, id).object}:${id}`;

/** The object and the type's number in it, from the id of a struct type; undefined if it is not one of BTF's. */
export function parseStructId(id: string): { readonly object: string; readonly type: number } | undefined {
  const match = /^btf:([^:]+):(\d+)$/.exec(id);
  return match?.[1] === undefined ? undefined : { object: match[1], type: Number(match[2]) };
}

/** A struct that is only announced here is the one of that name if the object has it; else it has no fields and no size. */
function convertForward(btf: Btf, id: number): StructType {
  const keyword = flagOf(btf, id) ? 'union' : 'struct';
  const full = idsNamed(btf, nameOf(btf, id), btfKind[keyword]).at(0);
  if (full !== undefined) return structType(btf, full);
  return {
    kind: 'struct',
    keyword,
    name: nameOf(btf, id),
    bytes: 0,
    id: structId(btf, id),
  };
}

/** Members in their order, of a struct or union; none for other types. */
export function btfFields(btf: Btf, id: number): readonly Field[] {
  return membersOf(btf, id).map((member) => fieldOf(btf, member));
}

function fieldOf(btf: Btf, member: BtfMember): Field {
  const field = {
    name: member.name,
    type: btfType(btf, member.type),
    offset: member.bitOffset >>> 3,
  };
  const bits = bitfieldBits(btf, member);
  return bits === undefined ? field : { ...field, offset: bits.start >>> 3, bits };
}

/** Where a bitfield lies; undefined for a whole member. Before the struct's kind_flag (kernel 4.20) an integer of few bits said so itself. */
function bitfieldBits(btf: Btf, member: BtfMember): Field['bits'] {
  if (member.bits > 0) return { start: member.bitOffset, width: member.bits };
  const old = oldBitfield(btf, member);
  if (old !== undefined) return { start: member.bitOffset + old.bitOffset, width: old.bits };
  const target = withoutModifiers(btf, member.type);
  return member.bitOffset % 8 === 0
    ? undefined
    : { start: member.bitOffset, width: 8 * sizeInBytes(btf, target) };
}

function oldBitfield(btf: Btf, member: BtfMember): { bits: number; bitOffset: number } | undefined {
  const target = withoutModifiers(btf, member.type);
  if (kindOf(btf, target) !== btfKind.int) return undefined;
  const { bits, bitOffset } = intOf(btf, target);
  return bits < 8 * sizeInBytes(btf, target) ? { bits, bitOffset } : undefined;
}

/** The signature of a function or of a prototype; undefined for other types. */
export function btfSignature(btf: Btf, id: number): BtfSignature | undefined {
  const prototype = kindOf(btf, id) === btfKind.function ? referredBy(btf, id) : id;
  if (kindOf(btf, prototype) !== btfKind.prototype) return undefined;
  const all = parametersOf(btf, prototype);
  const last = all.at(-1);
  const variadic = last !== undefined && last.type === 0 && last.name === '';
  const parameters = (variadic ? all.slice(0, -1) : all).map(({ name, type }) => ({
    name,
    type: btfType(btf, type),
  }));
  return {
    parameters,
    returns: btfType(btf, referredBy(btf, prototype)),
    variadic,
  };
}
