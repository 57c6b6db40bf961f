/**
 * Maps as BTF defines them: a variable in section .maps, of a struct whose members point to what they mean. `int (*max_entries)[10]` is a
 * number, `long *value` a type (libbpf's bpf_helpers.h, __uint and __type). Pure.
 */

import type { Btf } from './parse.ts';
import { arrayOf, btfKind, kindOf, membersOf, nameOf, referredBy } from './parse.ts';
import { withoutModifiers } from './to-type.ts';

export interface MapDefinition {
  /** The variable's name. */
  readonly name: string;
  readonly numbers: ReadonlyMap<string, number>;
  /** BTF ids. */
  readonly types: ReadonlyMap<string, number>;
  /** Members of other forms: `values` of maps in maps. */
  readonly others: readonly string[];
}

/** The definition by the variable's BTF id. */
export function mapDefinition(btf: Btf, variable: number): MapDefinition {
  const numbers = new Map<string, number>();
  const types = new Map<string, number>();
  const others: string[] = [];
  for (const { name, type } of membersOf(btf, withoutModifiers(btf, referredBy(btf, variable)))) {
    const pointer = withoutModifiers(btf, type);
    const pointee = referredBy(btf, pointer);
    if (kindOf(btf, pointer) !== btfKind.pointer) others.push(name);
    else if (name === 'key' || name === 'value') types.set(name, pointee);
    else if (kindOf(btf, pointee) === btfKind.array) numbers.set(name, arrayOf(btf, pointee).length);
    else others.push(name);
  }
  return { name: nameOf(btf, variable), numbers, types, others };
}
