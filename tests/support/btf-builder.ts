/** Makes BTF by hand: types are described by name, and refer to each other by the names of their descriptions. */

import { Buffer } from 'node:buffer';
import { present } from '../../src/base/assert.ts';

interface Member {
  readonly name: string;
  readonly type: string;
  /** Bits from the start of the struct. */
  readonly at: number;
  /** Width of a bitfield. */
  readonly bits?: number;
}

export type TypeDescription =
  | {
      readonly kind: 'int';
      readonly name: string;
      readonly bytes: number;
      readonly signed?: boolean;
      readonly bool?: boolean;
      /** Width and first bit, of the bitfields of old compilers. */
      readonly bits?: number;
      readonly bitOffset?: number;
    }
  | { readonly kind: 'float'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'pointer' | 'const' | 'volatile' | 'restrict'; readonly to: string }
  | { readonly kind: 'typedef' | 'typeTag' | 'function'; readonly name: string; readonly to: string }
  | { readonly kind: 'declTag'; readonly name: string; readonly to: string; readonly component?: number }
  | { readonly kind: 'variable'; readonly name: string; readonly to: string }
  | { readonly kind: 'section'; readonly name: string; readonly variables: readonly string[] }
  | { readonly kind: 'array'; readonly of: string; readonly length: number }
  | {
      readonly kind: 'struct' | 'union';
      readonly name: string;
      readonly bytes: number;
      readonly members: readonly Member[];
      /** The old form: members' offsets hold no widths. */
      readonly plain?: boolean;
    }
  | {
      readonly kind: 'enum' | 'enum64';
      readonly name: string;
      readonly bytes: number;
      readonly signed?: boolean;
      readonly variants: Readonly<Record<string, bigint>>;
    }
  | { readonly kind: 'forward'; readonly name: string; readonly union?: boolean }
  | {
      readonly kind: 'prototype';
      readonly returns: string;
      readonly parameters: readonly { readonly name: string; readonly type: string }[];
    };

export type BtfDescription = Readonly<Record<string, TypeDescription>>;

export interface BuiltBtf {
  readonly bytes: Buffer;
  /** Ids by the names of the descriptions, the base's among them. */
  readonly ids: ReadonlyMap<string, number>;
  readonly stringBytes: number;
}

const kindNumbers = {
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
} as const satisfies Record<TypeDescription['kind'], number>;

/** Build BTF; with a base, that of a module on top of it. `void` is known in every description. */
export function buildBtf(description: BtfDescription, base?: BuiltBtf): BuiltBtf {
  const first = base === undefined ? 1 : Math.max(0, ...base.ids.values()) + 1;
  const own = Object.keys(description).map((label, index) => [label, first + index] as const);
  const ids = new Map([['void', 0], ...(base?.ids ?? []), ...own]);
  const strings = new Strings(base === undefined ? 0 : base.stringBytes);
  if (base === undefined) strings.add('');
  const idOf = (label: string): number => present(ids.get(label), `a description named ${label}`);
  const words = Object.values(description).flatMap((type) =>
    recordOf(type, idOf, (text) => strings.add(text)),
  );
  const types = Buffer.from(Uint32Array.from(words, (word) => word >>> 0).buffer);
  const bytes = Buffer.concat([header(types.length, strings.bytes.length), types, strings.bytes]);
  return { bytes, ids, stringBytes: (base?.stringBytes ?? 0) + strings.bytes.length };
}

class Strings {
  readonly #first: number;
  readonly #known = new Map<string, number>();
  #text = '';

  constructor(first: number) {
    this.#first = first;
  }

  add(text: string): number {
    const known = text === '' && this.#first > 0 ? 0 : this.#known.get(text);
    if (known !== undefined) return known;
    const offset = this.#first + this.#text.length;
    this.#known.set(text, offset);
    this.#text += `${text}\0`;
    return offset;
  }

  get bytes(): Buffer {
    return Buffer.from(this.#text, 'latin1');
  }
}

function header(typeBytes: number, stringBytes: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt16LE(0xeb9f, 0);
  bytes.writeUInt8(1, 2);
  [24, 0, typeBytes, typeBytes, stringBytes].forEach((word, index) =>
    bytes.writeUInt32LE(word, 4 + 4 * index),
  );
  return bytes;
}

/** A type's record: name, kind with number of parts and flag, size or type, then what the kind adds (Documentation/bpf/btf.rst). */
function recordOf(
  type: TypeDescription,
  idOf: (label: string) => number,
  textAt: (text: string) => number,
): readonly number[] {
  const head = (parts: number, flag: boolean, sizeOrType: number): readonly number[] => [
    'name' in type ? textAt(type.name) : 0,
    (kindNumbers[type.kind] << 24) | parts | (flag ? 0x8000_0000 : 0),
    sizeOrType,
  ];
  switch (type.kind) {
    case 'int': {
      const encoding = (type.signed === true ? 1 : 0) | (type.bool === true ? 4 : 0);
      const layout = (encoding << 24) | ((type.bitOffset ?? 0) << 16) | (type.bits ?? 8 * type.bytes);
      return [...head(0, false, type.bytes), layout];
    }
    case 'float':
      return head(0, false, type.bytes);
    case 'forward':
      return head(0, type.union === true, 0);
    case 'array':
      return [...head(0, false, 0), idOf(type.of), 0, type.length];
    case 'struct':
    case 'union': {
      const members = type.members.flatMap(({ name, type: of, at, bits }) => [
        textAt(name),
        idOf(of),
        type.plain === true ? at : ((bits ?? 0) << 24) | at,
      ]);
      return [...head(type.members.length, type.plain !== true, type.bytes), ...members];
    }
    case 'enum':
    case 'enum64':
      return [
        ...head(Object.keys(type.variants).length, type.signed === true, type.bytes),
        ...variants(type, textAt),
      ];
    case 'prototype': {
      const parameters = type.parameters.flatMap(({ name, type: of }) => [textAt(name), idOf(of)]);
      return [...head(type.parameters.length, false, idOf(type.returns)), ...parameters];
    }
    case 'variable':
      return [...head(0, false, idOf(type.to)), 1];
    case 'declTag':
      return [...head(0, false, idOf(type.to)), type.component ?? -1];
    case 'section':
      return [
        ...head(type.variables.length, false, 0),
        ...type.variables.flatMap((label) => [idOf(label), 0, 8]),
      ];
    default:
      return head(0, false, idOf(type.to));
  }
}

function variants(
  type: Extract<TypeDescription, { kind: 'enum' | 'enum64' }>,
  textAt: (text: string) => number,
): readonly number[] {
  return Object.entries(type.variants).flatMap(([name, value]) => {
    const low = Number(BigInt.asUintN(32, value));
    const high = Number(BigInt.asUintN(32, value >> 32n));
    return type.kind === 'enum' ? [textAt(name), low] : [textAt(name), low, high];
  });
}
