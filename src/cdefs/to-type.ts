/** C's types as types of the language. Structs stay names with an id until their fields are asked for. */

import { assert } from '../base/assert.ts';
import type { Field } from '../types/field.ts';
import type { EnumType, StructType, Type } from '../types/type.ts';
import { arrayOf, bool, intType, none, pointerTo, string, u32, u8 } from '../types/type.ts';
import type { ClangBinding, ClangType, Cursor } from './libclang/binding.ts';
import { cursorKinds, typeKinds } from './libclang/binding.ts';
import { childrenOf, fieldsOfType, takeString } from './libclang/translation-unit.ts';

/** The kernel's types. */
export interface KernelTypes {
  /** As C names them (`struct list_head`, `u32`): those that C is only told the size of. */
  readonly standIns: ReadonlySet<string>;
  struct(keyword: 'struct' | 'union', name: string): StructType | undefined;
  typedef(name: string): Type | undefined;
}

/** Longer chains of pointers, arrays and typedefs don't occur. */
const chainMax = 64;

export class TypeConverter {
  readonly #clang: ClangBinding;
  readonly #kernel: KernelTypes;
  /** Of the structs that were met, by their id. */
  readonly #types = new Map<string, ClangType>();

  constructor(clang: ClangBinding, kernel: KernelTypes) {
    this.#clang = clang;
    this.#kernel = kernel;
  }

  /** The type that a struct, union, enum or typedef declares. */
  declared(cursor: Cursor): Type {
    return this.convert(this.#clang.cursorType(cursor));
  }

  convert(type: ClangType, chain = chainMax): Type {
    const clang = this.#clang;
    if (chain === 0) return none;
    switch (type.kind) {
      case typeKinds.elaborated:
        return this.convert(clang.namedType(type), chain - 1);
      case typeKinds.typedef:
        return this.#typedef(type, chain);
      case typeKinds.pointer:
        return pointerTo(this.convert(clang.pointee(type), chain - 1), 'none');
      case typeKinds.constantArray:
      case typeKinds.incompleteArray:
        return this.#array(type, chain);
      case typeKinds.record:
        return this.#struct(type);
      case typeKinds.enum:
        return this.#enum(type);
      default:
        return this.#plain(type, chain);
    }
  }

  #typedef(type: ClangType, chain: number): Type {
    const declaration = this.#clang.typeDeclaration(type);
    const name = this.#nameOf(declaration);
    const known = this.#kernel.standIns.has(name) ? this.#kernel.typedef(name) : undefined;
    return known ?? this.convert(this.#clang.typedefTarget(declaration), chain - 1);
  }

  /** An array of `char` itself is text. */
  #array(type: ClangType, chain: number): Type {
    const clang = this.#clang;
    const element = clang.canonicalType(clang.elementType(type));
    const length = type.kind === typeKinds.constantArray ? clang.arraySize(type) : 0;
    if (includes(typeKinds.chars, element.kind) && length > 0) return string(length);
    return arrayOf(this.convert(clang.elementType(type), chain - 1), length);
  }

  /** What is neither named nor made of others: numbers, void, functions. */
  #plain(type: ClangType, chain: number): Type {
    const canonical = this.#clang.canonicalType(type);
    if (canonical.kind !== type.kind) return this.convert(canonical, chain - 1);
    if (type.kind === typeKinds.bool) return bool;
    const size = this.#clang.typeSize(type);
    const signed = includes(typeKinds.signedIntegers, type.kind);
    const bytes = ([1, 2, 4, 8] as const).find((width) => width === size);
    if (bytes && (signed || includes(typeKinds.unsignedIntegers, type.kind))) return intType(bytes, signed);
    // __int128, floating-point numbers and vectors are shown as their bytes; void and functions have none.
    return type.kind === typeKinds.void || size <= 1 ? none : arrayOf(u8, size);
  }

  #struct(type: ClangType): Type {
    const clang = this.#clang;
    const declaration = clang.typeDeclaration(type);
    const name = this.#nameOf(declaration);
    const definition = clang.definition(declaration);
    const keyword = declaration.kind === cursorKinds.union ? 'union' : 'struct';
    if (clang.isNull(definition) || this.#kernel.standIns.has(`${keyword} ${name}`))
      return this.#kernel.struct(keyword, name) ?? { kind: 'struct', keyword, name, bytes: 0, id: 'c:' };
    const id = `c:${takeString(clang, clang.cursorUsr(definition))}`;
    this.#types.set(id, type);
    return { kind: 'struct', keyword, name, bytes: Math.max(0, clang.typeSize(type)), id };
  }

  /** Fields of a struct that this has given; undefined for those of others. */
  fieldsOf({ id }: StructType): readonly Field[] | undefined {
    const type = this.#types.get(id);
    if (!type) return id.startsWith('c:') ? [] : undefined;
    return fieldsOfType(this.#clang, type).map((field) => this.#field(field));
  }

  #field(cursor: Cursor): Field {
    const clang = this.#clang;
    const start = clang.fieldOffset(cursor);
    assert(start >= 0, 'the layout of a struct that is defined is known');
    const field = { name: this.#nameOf(cursor), type: this.declared(cursor), offset: start >>> 3 };
    if (!clang.isBitfield(cursor)) return field;
    return { ...field, bits: { start, width: clang.bitfieldWidth(cursor) } };
  }

  #enum(type: ClangType): EnumType {
    const clang = this.#clang;
    const declaration = clang.typeDeclaration(type);
    const integer = this.convert(clang.enumType(declaration));
    // One that is only announced has no integer yet.
    const { bytes, signed } = integer.kind === 'int' ? integer : u32;
    const variants = childrenOf(clang, declaration)
      .filter(({ kind }) => kind === cursorKinds.enumConstant)
      .map((cursor) => ({ name: this.#nameOf(cursor), value: this.#enumValue(cursor, bytes, signed) }));
    return { kind: 'enum', name: this.#nameOf(declaration), bytes, signed, variants };
  }

  #enumValue(cursor: Cursor, bytes: number, signed: boolean): bigint {
    const value = BigInt(this.#clang.enumValue(cursor));
    return signed ? BigInt.asIntN(bytes * 8, value) : BigInt.asUintN(bytes * 8, value);
  }

  /** Empty for what has no name: newer versions of libclang tell then where it stands. */
  #nameOf(cursor: Cursor): string {
    const name = takeString(this.#clang, this.#clang.cursorName(cursor));
    return /^[A-Za-z_]\w*$/.test(name) ? name : '';
  }
}

const includes = (kinds: readonly number[], kind: number): boolean => kinds.includes(kind);
