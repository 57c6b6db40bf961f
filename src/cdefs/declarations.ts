/** What a parsed C text declares, by name. */

import type { CTypes } from '../sema/facts.ts';
import type { EnumType, StructType, Type } from '../types/type.ts';
import { byteText } from '../types/value.ts';
import type { Cursor } from './libclang/binding.ts';
import { cursorKinds } from './libclang/binding.ts';
import type { Unit } from './libclang/translation-unit.ts';
import { constantOf, takeString } from './libclang/translation-unit.ts';
import type { KernelTypes } from './to-type.ts';
import { TypeConverter } from './to-type.ts';

/** Variables that hold what a macro is: its name behind this. */
const constantPrefix = 'tstrace_constant_';

/** The same, and what says that there is such a macro. */
const macroPrefix = 'tstrace_macro_';

/**
 * C that makes constants of macros. Those that are none give an error on their line, which is no mistake of the script; so do those that
 * C computes in fewer bits than they need, as 5 << 40.
 */
export const constantProbes = (words: Iterable<string>): string =>
  [
    ...['integer-overflow', 'shift-count-overflow', 'shift-overflow'].map(
      (name) => `#pragma clang diagnostic error "-W${name}"`,
    ),
    ...[...words].flatMap((word) => [
      `#ifdef ${word}`,
      `static const int ${macroPrefix}${word};`,
      `static const __auto_type ${constantPrefix}${word} = ${word};`,
      '#endif',
    ]),
    '',
  ].join('\n');

/** The macro whose constant a line of that would make. */
export const macroOnLine = (line: string): string | undefined =>
  new RegExp(`${constantPrefix}(\\w+)`).exec(line)?.[1];

type Kind = keyof typeof cursorKinds;

/** `noConstants` are macros that gave an error. */
export function declaredIn(unit: Unit, kernel: KernelTypes, noConstants: ReadonlySet<string>): CTypes {
  const cursors = unit.declarations();
  const named = byName(unit, cursors);
  // Seldom asked for, and long to look for in large headers.
  let inner: readonly Cursor[] | undefined;
  const innerTypes = (): readonly Cursor[] => (inner ??= unit.innerTypes());
  let namedInner: ReadonlyMap<string, Cursor> | undefined;
  const innerNamed = (key: string): Cursor | undefined =>
    (namedInner ??= byName(unit, innerTypes())).get(key);
  const types = new TypeConverter(unit.clang, kernel);
  const typeOf = (kind: Kind, name: string): Type | undefined => {
    const key = `${kind} ${name}`;
    const cursor = named.get(key) ?? (kind === 'typedef' ? undefined : innerNamed(key));
    return cursor && types.declared(cursor);
  };
  const enumerators = new Enumerators(() =>
    [...cursors, ...innerTypes()]
      .filter(({ kind }) => kind === cursorKinds.enum)
      .map((cursor) => types.declared(cursor)),
  );
  return {
    struct: (keyword, name) => definedStruct(typeOf(keyword, name)),
    enum: (name) => {
      const type = typeOf('enum', name);
      return type?.kind === 'enum' && type.variants.length > 0 ? type : undefined;
    },
    typedef: (name) => typeOf('typedef', name),
    enumerator: (name) => enumerators.byName.get(name),
    constant: (name) => {
      const variable = noConstants.has(name) ? undefined : named.get(`variable ${constantPrefix}${name}`);
      const value = variable && constantOf(unit.clang, variable);
      return typeof value === 'string' ? byteText(value) : value;
    },
    isMacro: (name) => named.has(`variable ${macroPrefix}${name}`),
    typeNames: (keyword) => namesOf(named, keyword),
    enumeratorNames: () => enumerators.byName.keys(),
    fieldsOf: (struct) => types.fieldsOf(struct),
  };
}

/** One that is only announced is for others to know. */
const definedStruct = (type: Type | undefined): StructType | undefined =>
  type?.kind === 'struct' && type.bytes > 0 ? type : undefined;

/** By kind and name: `struct foo`. */
function byName(unit: Unit, cursors: readonly Cursor[]): ReadonlyMap<string, Cursor> {
  const words = new Map<number, Kind>(
    Object.entries(cursorKinds).map(([word, kind]) => [kind, word as Kind]),
  ); // its own keys
  return new Map(
    cursors.map((cursor) => [
      `${words.get(cursor.kind) ?? ''} ${takeString(unit.clang, unit.clang.cursorName(cursor))}`,
      cursor,
    ]),
  );
}

function* namesOf(named: ReadonlyMap<string, Cursor>, keyword: string): Generator<string> {
  for (const name of named.keys()) if (name.startsWith(`${keyword} `)) yield name.slice(keyword.length + 1);
}

type EnumeratorsByName = ReadonlyMap<string, { readonly value: bigint; readonly type: EnumType }>;

/** Enumerators of all enums, looked through when one is first asked for: headers have thousands. */
class Enumerators {
  readonly #enums: () => readonly Type[];
  #known: EnumeratorsByName | undefined;

  constructor(enums: () => readonly Type[]) {
    this.#enums = enums;
  }

  get byName(): EnumeratorsByName {
    return (this.#known ??= new Map(
      this.#enums().flatMap((type) =>
        type.kind === 'enum' ? type.variants.map(({ name, value }) => [name, { value, type }] as const) : [],
      ),
    ));
  }
}
