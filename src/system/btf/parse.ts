/**
 * Reads the kernel's type information (BTF) into plain typed arrays: where each type's record begins, and nothing else until asked.
 * Pure over bytes, and never fails on what they hold: a wrong reference reads as no type. The format is Documentation/bpf/btf.rst of the kernel.
 */

import type { Result } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import type { NameFinder } from '../name-finder.ts';
import { nameFinder } from '../name-finder.ts';
import { remembered } from '../once.ts';
import { idFinder, stringStarts } from './name-index.ts';

/** Kinds of a type record, with the kernel's own numbers (include/uapi/linux/btf.h). */
export const btfKind = {
  void: 0,
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  function: 12,
  prototype: 13,
  variable: 14,
  section: 15,
  float: 16,
  declTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

export type BtfKind = (typeof btfKind)[keyof typeof btfKind];

/** The types of one object: the kernel, or a module on top of the kernel. Ids and string offsets count on from the base's. */
export interface Btf {
  /** `vmlinux`, or a module's name. */
  readonly object: string;
  readonly base: Btf | undefined;
  /** The section of types, as 32-bit words. */
  readonly words: Uint32Array;
  /** Word at which a type's record begins, by id - firstId. */
  readonly starts: Uint32Array;
  readonly firstId: number;
  /** One past the last id. */
  readonly endId: number;
  readonly strings: Buffer;
  readonly firstString: number;
  /** Ids of this object's types whose name stands at an offset. */
  readonly idsAtName: (nameOffset: number) => readonly number[];
  /** Offsets within `strings` at which a name stands. */
  readonly findString: NameFinder;
}

export interface BtfMember {
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  /** Width in bits of a bitfield, 0 for a whole member. */
  readonly bits: number;
}

export interface BtfParameter {
  readonly name: string;
  readonly type: number;
}

export interface BtfVariant {
  readonly name: string;
  readonly value: bigint;
}

const magic = 0xeb9f;
const magicOfOtherByteOrder = 0x9feb;
const headerBytes = 24;
const recordWords = 3;

/** Read an object's BTF. A module's needs the kernel's as its base. Fails with what is wrong in words. */
export function parseBtf(bytes: Uint8Array, object: string, base?: Btf): Result<Btf, string> {
  if (bytes.length < headerBytes) return failed('it is too short to hold BTF');
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = header.getUint16(0, true);
  if (found === magicOfOtherByteOrder) return failed('its BTF is of the other byte order');
  if (found !== magic) return failed('it does not begin as BTF does');
  const headerLength = header.getUint32(4, true);
  const types = sectionAt(bytes, headerLength + header.getUint32(8, true), header.getUint32(12, true));
  const strings = sectionAt(bytes, headerLength + header.getUint32(16, true), header.getUint32(20, true));
  if (types === undefined || strings === undefined) return failed('its BTF is cut short');
  return indexTypes(
    wordsOf(types),
    Buffer.from(strings.buffer, strings.byteOffset, strings.length),
    object,
    base,
  );
}

function sectionAt(bytes: Uint8Array, start: number, length: number): Uint8Array | undefined {
  return start + length <= bytes.length ? bytes.subarray(start, start + length) : undefined;
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  // Not slice(): a Buffer's is a view of the same memory.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
}

function indexTypes(
  words: Uint32Array,
  strings: Buffer,
  object: string,
  base: Btf | undefined,
): Result<Btf, string> {
  const starts = new Uint32Array(Math.floor(words.length / recordWords) + 1);
  let count = 0;
  for (let at = 0; at < words.length;) {
    if (at + recordWords > words.length) return failed('the last type of its BTF is cut short');
    starts[count++] = at;
    const info = words[at + 1] ?? 0;
    const perKind = fixedWords[kindBits(info)] ?? 0;
    if (perKind === 0) return failed(`its BTF has a type of the unknown kind ${kindBits(info)}`);
    at += perKind + vlenBits(info) * (partWords[kindBits(info)] ?? 0);
    if (at > words.length) return failed('the last type of its BTF is cut short');
  }
  const firstId = base?.endId ?? 1;
  const firstString = base === undefined ? 0 : base.firstString + base.strings.length;
  const own = {
    words,
    starts: starts.subarray(0, count),
    firstId,
    endId: firstId + count,
  };
  // A script that names a struct makes several rooms ask for it.
  const idsAtName = remembered(idFinder(words, own.starts, firstId));
  const findString = remembered(nameFinder(strings, () => stringStarts(strings)));
  return ok({
    object,
    base,
    ...own,
    strings,
    firstString,
    idsAtName,
    findString,
  });
}

/** Words of a record without its parts, by kind; 0 for unknown kinds, behind which nothing can be found any more. */
const fixedWords = Uint8Array.of(0, 4, 3, 6, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 3, 3, 4, 3, 3);
/** Words of a member, variant, parameter or variable, by kind. */
const partWords = Uint8Array.of(0, 0, 0, 0, 3, 3, 2, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0, 0, 0, 3);

const kindBits = (info: number): number => (info >>> 24) & 0x1f;
const vlenBits = (info: number): number => info & 0xffff;

/** The object that a type belongs to: a module's ids below its first are the kernel's. */
export function ownerOf(btf: Btf, id: number): Btf {
  let owner = btf;
  while (owner.base !== undefined && id < owner.firstId) owner = owner.base;
  return owner;
}

/** A word of a type's record; 0 where there is none. */
export function wordOf(btf: Btf, id: number, index: number): number {
  const owner = ownerOf(btf, id);
  const start = owner.starts[id - owner.firstId];
  return start === undefined ? 0 : (owner.words[start + index] ?? 0);
}

/** The kind of a type; `void` for id 0 and for ids that don't exist. */
export function kindOf(btf: Btf, id: number): BtfKind {
  return kindBits(wordOf(btf, id, 1)) as BtfKind; // indexTypes has refused every other number
}

export function nameOf(btf: Btf, id: number): string {
  return stringAt(btf, wordOf(btf, id, 0));
}

/** Size in bytes, of the kinds that have one. */
export const sizeInBytes = (btf: Btf, id: number): number => wordOf(btf, id, 2);

/** The type that a pointer, typedef, modifier, function or variable refers to. */
export const referredBy = (btf: Btf, id: number): number => wordOf(btf, id, 2);

/** The flag of a record: members have bitfield widths (struct), values are signed (enum), a union is meant (forward). */
export const flagOf = (btf: Btf, id: number): boolean => wordOf(btf, id, 1) >>> 31 === 1;

/** Number of members, variants or parameters. */
export const partCount = (btf: Btf, id: number): number => vlenBits(wordOf(btf, id, 1));

export function stringAt(btf: Btf, offset: number): string {
  let owner = btf;
  while (owner.base !== undefined && offset < owner.firstString) owner = owner.base;
  const start = offset - owner.firstString;
  const end = owner.strings.indexOf(0, start);
  return start < 0 || end < 0 ? '' : owner.strings.toString('latin1', start, end);
}

/** Members of a struct or union, in their order. */
export function membersOf(btf: Btf, id: number): readonly BtfMember[] {
  const kind = kindOf(btf, id);
  if (kind !== btfKind.struct && kind !== btfKind.union) return [];
  const withWidths = flagOf(btf, id);
  return parts(btf, id, 3, (at) => {
    const offset = wordOf(btf, id, at + 2);
    return {
      name: stringAt(btf, wordOf(btf, id, at)),
      type: wordOf(btf, id, at + 1),
      bitOffset: withWidths ? offset & 0xffffff : offset,
      bits: withWidths ? offset >>> 24 : 0,
    };
  });
}

/** Parameters of a function prototype. One of type 0 without a name stands for `...`. */
export function parametersOf(btf: Btf, id: number): readonly BtfParameter[] {
  if (kindOf(btf, id) !== btfKind.prototype) return [];
  return parts(btf, id, 2, (at) => ({
    name: stringAt(btf, wordOf(btf, id, at)),
    type: wordOf(btf, id, at + 1),
  }));
}

/** Variants of an enum of either width. */
export function variantsOf(btf: Btf, id: number): readonly BtfVariant[] {
  const signed = flagOf(btf, id);
  if (kindOf(btf, id) === btfKind.enum) {
    return parts(btf, id, 2, (at) => {
      const value = wordOf(btf, id, at + 1);
      return {
        name: stringAt(btf, wordOf(btf, id, at)),
        value: BigInt(signed ? value | 0 : value),
      };
    });
  }
  if (kindOf(btf, id) !== btfKind.enum64) return [];
  return parts(btf, id, 3, (at) => {
    const value = (BigInt(wordOf(btf, id, at + 2)) << 32n) | BigInt(wordOf(btf, id, at + 1));
    return {
      name: stringAt(btf, wordOf(btf, id, at)),
      value: signed ? BigInt.asIntN(64, value) : value,
    };
  });
}

function parts<T>(btf: Btf, id: number, words: number, read: (at: number) => T): T[] {
  return Array.from({ length: partCount(btf, id) }, (_, index) => read(recordWords + index * words));
}

export interface BtfArray {
  readonly of: number;
  readonly length: number;
}

export const arrayOf = (btf: Btf, id: number): BtfArray => ({
  of: wordOf(btf, id, recordWords),
  length: wordOf(btf, id, recordWords + 2),
});

export interface BtfInt {
  readonly signed: boolean;
  readonly bool: boolean;
  /** Width in bits; less than the size in the bitfields of old compilers. */
  readonly bits: number;
  /** Bits from the start of the storage, again of old bitfields. */
  readonly bitOffset: number;
}

export function intOf(btf: Btf, id: number): BtfInt {
  const word = wordOf(btf, id, recordWords);
  const encoding = (word >>> 24) & 0xf;
  return {
    signed: (encoding & 1) !== 0,
    bool: (encoding & 4) !== 0,
    bits: word & 0xff,
    bitOffset: (word >>> 16) & 0xff,
  };
}

/** Ids of the types of one name and kind, the kernel's first. */
export function idsNamed(btf: Btf, name: string, kind: BtfKind): readonly number[] {
  const inBase = btf.base === undefined ? [] : idsNamed(btf.base, name, kind);
  const own = stringOffsets(btf, name).flatMap((offset) => btf.idsAtName(offset));
  return [...inBase, ...own.filter((id) => kindOf(btf, id) === kind)];
}

/** Offsets of a name: usually one, but nothing forbids two; a module's types may use a string of the kernel's. */
function stringOffsets(btf: Btf, name: string): readonly number[] {
  const inBase = btf.base === undefined ? [] : stringOffsets(btf.base, name);
  return [...inBase, ...btf.findString(name).map((at) => btf.firstString + at)];
}

/** Names of all types of a kind that this object itself defines, in the order of their ids; for wildcards and suggestions. */
export function namesOfKind(btf: Btf, kind: BtfKind): readonly string[] {
  const names: string[] = [];
  for (const start of btf.starts) {
    if (kindBits(btf.words[start + 1] ?? 0) !== kind) continue;
    const name = stringAt(btf, btf.words[start] ?? 0);
    if (name !== '') names.push(name);
  }
  return names;
}

/** Ids of all types of a kind that this object itself defines. */
export function idsOfKind(btf: Btf, kind: BtfKind): readonly number[] {
  const ids = Array.from(btf.starts, (_, index) => btf.firstId + index);
  return ids.filter((id) => kindOf(btf, id) === kind);
}

/** Ids of the variables that a section has. */
export const sectionVariables = (btf: Btf, id: number): readonly number[] =>
  kindOf(btf, id) === btfKind.section ? parts(btf, id, 3, (at) => wordOf(btf, id, at)) : [];

/** Where the names of an object's variants stand, enum by enum: words of its types. */
function* variantNameWords(
  btf: Btf,
): Generator<{ readonly enumId: number; readonly index: number; readonly name: number }> {
  for (const [index, start] of btf.starts.entries()) {
    const info = btf.words[start + 1] ?? 0;
    const kind = kindBits(info);
    if (kind !== btfKind.enum && kind !== btfKind.enum64) continue;
    const words = kind === btfKind.enum ? 2 : 3;
    for (let part = 0; part < vlenBits(info); part++)
      yield {
        enumId: btf.firstId + index,
        index: part,
        name: btf.words[start + recordWords + part * words] ?? 0,
      };
  }
}

/** Names of the variants of all enums that this object itself defines. */
export function* variantNames(btf: Btf): Generator<string> {
  for (const { name } of variantNameWords(btf)) yield stringAt(btf, name);
}

/** The first enum that has a variant of this name, and the variant's place in it. */
export function findVariant(
  btf: Btf,
  name: string,
): { readonly enumId: number; readonly index: number } | undefined {
  const offsets = stringOffsets(btf, name);
  if (offsets.length === 0) return undefined;
  for (const variant of variantNameWords(btf))
    if (offsets.includes(variant.name)) return { enumId: variant.enumId, index: variant.index };
  return undefined;
}
