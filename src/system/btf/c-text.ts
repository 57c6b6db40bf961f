/** Types of BTF as C writes them: definitions of structs, unions and enums for people to read. */

import type { Btf, BtfMember } from './parse.ts';
import {
  arrayOf,
  btfKind,
  flagOf,
  intOf,
  kindOf,
  membersOf,
  nameOf,
  parametersOf,
  referredBy,
  sizeInBytes,
  variantsOf,
} from './parse.ts';

/** Nesting that C code has; a broken BTF may hold circles. */
const nestingMax = 64;

/** `struct NAME { … }`, with a line for each member. */
export const definitionText = (btf: Btf, id: number): string => `${bodyText(btf, id, 0)};`;

const keywords: Partial<Readonly<Record<number, string>>> = {
  [btfKind.struct]: 'struct',
  [btfKind.union]: 'union',
  [btfKind.enum]: 'enum',
  [btfKind.enum64]: 'enum',
};

/** `struct NAME`, without a blank at its end if it has no name. */
const headText = (btf: Btf, id: number): string =>
  [keywords[kindOf(btf, id)] ?? '', nameOf(btf, id)].filter((word) => word !== '').join(' ');

function bodyText(btf: Btf, id: number, depth: number): string {
  const indent = '\t'.repeat(depth + 1);
  const lines = isEnum(btf, id)
    ? variantsOf(btf, id).map(({ name, value }) => `${name} = ${value},`)
    : membersOf(btf, id).map((member) => memberText(btf, member, depth + 1));
  return [`${headText(btf, id)} {`, ...lines.map((line) => indent + line), `${'\t'.repeat(depth)}}`].join(
    '\n',
  );
}

const isEnum = (btf: Btf, id: number): boolean =>
  kindOf(btf, id) === btfKind.enum || kindOf(btf, id) === btfKind.enum64;

function memberText(btf: Btf, member: BtfMember, depth: number): string {
  const width = member.bits > 0 ? member.bits : oldWidth(btf, member.type);
  return `${declaration(btf, member.type, member.name, depth)}${width === undefined ? '' : `: ${width}`};`;
}

/** Before the struct's kind_flag (kernel 4.20), an integer of few bits was a bitfield. */
function oldWidth(btf: Btf, type: number): number | undefined {
  if (kindOf(btf, type) !== btfKind.int) return undefined;
  const { bits } = intOf(btf, type);
  return bits < 8 * sizeInBytes(btf, type) ? bits : undefined;
}

/** C declares as it is used: what a name's uses look like is wrapped around it from the inside outward. */
function declaration(btf: Btf, id: number, inner: string, depth: number, chain = 0): string {
  if (chain > nestingMax || depth > nestingMax) return inner;
  const of = (target: number, wrapped: string): string => declaration(btf, target, wrapped, depth, chain + 1);
  switch (kindOf(btf, id)) {
    case btfKind.pointer: {
      const target = referredBy(btf, id);
      return of(target, bindsTighter(btf, target) ? `(*${inner})` : `*${inner}`);
    }
    case btfKind.array: {
      const array = arrayOf(btf, id);
      return of(array.of, `${inner}[${array.length}]`);
    }
    case btfKind.prototype:
      return of(referredBy(btf, id), `${inner}(${parameterTexts(btf, id, depth, chain).join(', ')})`);
    case btfKind.const:
      return qualified(btf, id, 'const', inner, of);
    case btfKind.volatile:
      return qualified(btf, id, 'volatile', inner, of);
    case btfKind.restrict:
      return qualified(btf, id, 'restrict', inner, of);
    case btfKind.typeTag:
      return of(referredBy(btf, id), inner);
    default:
      return joined(baseText(btf, id, depth), inner);
  }
}

const joined = (base: string, inner: string): string => (inner === '' ? base : `${base} ${inner}`);

/** Brackets and parentheses belong to a name before a star does. */
function bindsTighter(btf: Btf, id: number): boolean {
  const kind = kindOf(btf, id);
  return kind === btfKind.array || kind === btfKind.prototype;
}

/** Of a pointer a qualifier stands behind the star, of anything else in front. */
function qualified(
  btf: Btf,
  id: number,
  word: string,
  inner: string,
  of: (target: number, wrapped: string) => string,
): string {
  const target = referredBy(btf, id);
  return kindOf(btf, target) === btfKind.pointer
    ? of(target, joined(word, inner))
    : `${word} ${of(target, inner)}`;
}

/** One without a name and type stands for `...`. */
function parameterTexts(btf: Btf, id: number, depth: number, chain: number): readonly string[] {
  const parameters = parametersOf(btf, id);
  if (parameters.length === 0) return ['void'];
  return parameters.map(({ name, type }) =>
    type === 0 && name === '' ? '...' : declaration(btf, type, name, depth, chain + 1),
  );
}

function baseText(btf: Btf, id: number, depth: number): string {
  const kind = kindOf(btf, id);
  if (kind === btfKind.void) return 'void';
  if (kind === btfKind.forward) return `${flagOf(btf, id) ? 'union' : 'struct'} ${nameOf(btf, id)}`;
  if (keywords[kind] === undefined) return nameOf(btf, id);
  return nameOf(btf, id) === '' ? bodyText(btf, id, depth) : headText(btf, id);
}
