/**
 * Relocations of C for BPF whose values depend on the kernel: where a field lies, how large a type is, what an enumerator is worth
 * (Documentation/bpf/llvm_reloc.rst, "CO-RE Relocations"). Pure.
 */

import type { ExtTable } from '../btf/ext.ts';
import type { Btf } from '../btf/parse.ts';
import { stringAt } from '../btf/parse.ts';

/** enum bpf_core_relo_kind (include/uapi/linux/bpf.h). */
export const relocationKinds = {
  fieldOffset: 0,
  fieldBytes: 1,
  fieldExists: 2,
  fieldSigned: 3,
  fieldShiftLeft: 4,
  fieldShiftRight: 5,
  ownTypeId: 6,
  typeId: 7,
  typeExists: 8,
  typeBytes: 9,
  variantExists: 10,
  variantValue: 11,
  typeMatches: 12,
} as const;

export type RelocationKind = keyof typeof relocationKinds;
export type FieldKind = Extract<RelocationKind, `field${string}`>;

export interface CoreRelocation {
  /** Of the instruction, in bytes from its section's start. */
  readonly offset: number;
  readonly kind: RelocationKind;
  /** In the object's own BTF. */
  readonly type: number;
  /** What of the type: indices of elements, members and variants, with colons between. */
  readonly access: string;
}

/** Those of a section. */
export function coreRelocations(table: ExtTable, section: string, own: Btf): readonly CoreRelocation[] {
  const words = table.sections.get(section) ?? new Uint32Array(0);
  const count = table.recordWords === 0 ? 0 : words.length / table.recordWords;
  return Array.from({ length: count }, (_, index) => {
    const [offset = 0, type = 0, access = 0, kind = 0] = words.subarray(index * table.recordWords);
    return { offset, type, access: stringAt(own, access), kind: kindNumbered(kind) };
  });
}

function kindNumbered(number: number): RelocationKind {
  const kinds = Object.keys(relocationKinds) as RelocationKind[]; // Object.keys can't say that they are
  // A kind that came later is one that we can't resolve, as is this one.
  return kinds.find((kind) => relocationKinds[kind] === number) ?? 'typeMatches';
}

/** What depends on a field, on a type, on a variant of an enum. */
export const isOfField = (kind: RelocationKind): kind is FieldKind => kind.startsWith('field');
export const isOfVariant = (kind: RelocationKind): boolean => kind.startsWith('variant');
