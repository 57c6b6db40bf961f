/**
 * Types of a program's source as types of the language. Structs stay names with an id until their fields are asked for: they are cyclic.
 * What C and C++ have is known; what has no counterpart here (functions, variants of Rust's enums) is `none`, which has no value.
 */

import type { Field } from '../../types/field.ts';
import type { EnumType, IntType, StructType, Type } from '../../types/type.ts';
import { bool, intType, none, pointerTo, string, u8 } from '../../types/type.ts';
import { unlessDamaged } from './debug-info.ts';
import type { Node } from './entries.ts';
import { childNodes, has, nodeBehind, numberOf, plainName } from './entries.ts';
import { readDisplacement } from './expressions.ts';
import { attribute, tag } from './unit.ts';

/** Gives a struct's definition an id. */
export type StructIds = (node: Node) => string;

/** Longer chains (pointers to pointers, typedefs of typedefs) don't occur; a broken file may hold circles. */
const chainMax = 64;

const modifiers: ReadonlySet<number> = new Set([
  tag.typedef,
  tag.constType,
  tag.volatileType,
  tag.restrictType,
  tag.atomicType,
]);

/** The type that an entry says it has, behind typedefs and qualifiers; undefined for void. */
export function typeNode(node: Node): Node | undefined {
  let found = nodeBehind(node, attribute.type);
  for (let steps = 0; steps < chainMax; steps++) {
    if (found === undefined || !modifiers.has(found.entry.tag)) return found;
    found = nodeBehind(found, attribute.type);
  }
  return undefined;
}

/** The type that an entry says it has. */
export const typeOf = (node: Node, ids: StructIds): Type => convert(typeNode(node), ids, chainMax);

function convert(node: Node | undefined, ids: StructIds, chain: number): Type {
  if (node === undefined || chain === 0) return none;
  switch (node.entry.tag) {
    case tag.baseType:
      return convertBase(node);
    case tag.pointerType:
    case tag.referenceType:
    case tag.rvalueReferenceType:
      return pointerTo(unlessDamaged(() => convert(typeNode(node), ids, chain - 1)) ?? none, 'user');
    case tag.arrayType:
      return convertArray(node, ids, chain);
    case tag.enumerationType:
      return convertEnum(node);
    case tag.structureType:
    case tag.classType:
    case tag.unionType:
      return structOf(node, ids);
    case tag.pointerToMember:
      return bytesOf(numberOf(node, attribute.byteSize) ?? 8);
    default:
      return none;
  }
}

const bytesOf = (length: number): Type => ({ kind: 'array', of: u8, length });

/** Widths that a register holds; anything else (__int128) is shown as its bytes. */
const registerBytes = (size: number): IntType['bytes'] | undefined =>
  size === 1 || size === 2 || size === 4 || size === 8 ? size : undefined;

/** DW_ATE_* */
const encoding = {
  boolean: 2,
  signed: 5,
  signedCharacter: 6,
  unsigned: 7,
  unsignedCharacter: 8,
  utf: 0x10,
} as const;

function convertBase(node: Node): Type {
  const size = numberOf(node, attribute.byteSize) ?? 0;
  const bytes = registerBytes(size);
  if (bytes === undefined) return bytesOf(size);
  switch (numberOf(node, attribute.encoding)) {
    case encoding.boolean:
      return bytes === 1 ? bool : intType(bytes, false);
    case encoding.signed:
    case encoding.signedCharacter:
      return intType(bytes, true);
    case encoding.unsigned:
    case encoding.unsignedCharacter:
    case encoding.utf:
      return intType(bytes, false);
    default:
      return bytesOf(size);
  }
}

/** Not a number that a register for integers holds. */
export const isFloating = (node: Node): boolean =>
  node.entry.tag === tag.baseType &&
  !Object.values<number>(encoding).includes(numberOf(node, attribute.encoding) ?? 0);

/** An array of `char` itself is text. One of several dimensions is an array of arrays; one of unknown length has none. */
function convertArray(node: Node, ids: StructIds, chain: number): Type {
  const lengths = Array.from(childNodes(node))
    .filter(({ entry }) => entry.tag === tag.subrangeType)
    .map(lengthOf);
  const element = typeNode(node);
  const [last = 0] = lengths.slice(-1);
  const isText = element?.entry.tag === tag.baseType && plainName(element) === 'char' && last > 0;
  const innermost = isText ? string(last) : convert(element, ids, chain - 1);
  return lengths
    .slice(0, isText ? -1 : undefined)
    .reduceRight<Type>((of, length) => ({ kind: 'array', of, length }), innermost);
}

function lengthOf(subrange: Node): number {
  const upper = numberOf(subrange, attribute.upperBound);
  const length = numberOf(subrange, attribute.count) ?? (upper === undefined ? 0 : upper + 1);
  return Number.isSafeInteger(length) && length < 2 ** 31 ? length : 0;
}

function convertEnum(node: Node): Type {
  const size = numberOf(node, attribute.byteSize) ?? 4;
  const bytes = registerBytes(size);
  if (bytes === undefined) return bytesOf(size);
  const variants = Array.from(childNodes(node)).flatMap((child) => {
    const value = child.entry.tag === tag.enumerator ? numberOf(child, attribute.constValue) : undefined;
    // Beyond this numbers are not exact.
    return value === undefined || !Number.isSafeInteger(value)
      ? []
      : [{ name: plainName(child), value: BigInt(value) }];
  });
  const type: EnumType = {
    kind: 'enum',
    name: plainName(node),
    bytes,
    signed: variants.some(({ value }) => value < 0n),
    variants,
  };
  return type;
}

function structOf(node: Node, ids: StructIds): StructType {
  return {
    kind: 'struct',
    keyword: node.entry.tag === tag.unionType ? 'union' : 'struct',
    name: plainName(node),
    bytes: numberOf(node, attribute.byteSize) ?? 0,
    id: ids(node),
  };
}

/** Members in their order; those of base classes count as the struct's own. */
export function fieldsOfStruct(node: Node, ids: StructIds): readonly Field[] {
  return Array.from(childNodes(node)).flatMap((member) => unlessDamaged(() => fieldOf(member, ids)) ?? []);
}

/** Undefined for what is no part of each object: static members, functions, types; and for virtual bases, which are found at run time. */
function fieldOf(member: Node, ids: StructIds): Field | undefined {
  const { tag: kind } = member.entry;
  if ((kind !== tag.member && kind !== tag.inheritance) || has(member, attribute.declaration))
    return undefined;
  const name = kind === tag.inheritance ? '' : plainName(member);
  const type = typeOf(member, ids);
  const width = numberOf(member, attribute.bitSize);
  if (width !== undefined) {
    const start = firstBit(member);
    return { name, type, offset: start >>> 3, bits: { start, width } };
  }
  const offset = memberOffset(member);
  return offset === undefined ? undefined : { name, type, offset };
}

/** Members of unions have no place of their own: they lie at the start. */
function memberOffset(member: Node): number | undefined {
  const place = member.entry.values.get(attribute.dataMemberLocation);
  if (place === undefined) return 0;
  return place.end === undefined
    ? place.value
    : readDisplacement(member.info.sections.info(), place.value, place.end);
}

/** From the struct's start. Up to DWARF 3, bits were counted from the upper end of the integer that they lie in. */
function firstBit(member: Node): number {
  const start = numberOf(member, attribute.dataBitOffset);
  if (start !== undefined) return start;
  const fromTop = numberOf(member, attribute.bitOffset);
  const offset = (memberOffset(member) ?? 0) * 8;
  if (fromTop === undefined) return offset;
  const type = typeNode(member);
  const bytes = numberOf(member, attribute.byteSize) ?? (type && numberOf(type, attribute.byteSize)) ?? 4;
  return offset + bytes * 8 - fromTop - (numberOf(member, attribute.bitSize) ?? 0);
}
