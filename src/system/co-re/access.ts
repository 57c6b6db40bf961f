/**
 * What a relocation names, step by step: an element of an array, a named member, a variant. In the types that the object was compiled with
 * (`ownAccess`) and in those of the kernel (`accessIn`), where members are found by their names. Rules are those of libbpf
 * (tools/lib/bpf/relo_core.c: bpf_core_parse_spec, bpf_core_spec_match). Pure.
 */

import { present } from '../../base/assert.ts';
import type { Btf, BtfMember } from '../btf/parse.ts';
import { arrayOf, btfKind, kindOf, membersOf, variantsOf } from '../btf/parse.ts';
import { sizeOfBtf } from '../btf/size.ts';
import { withoutModifiers } from '../btf/to-type.ts';
import { areFieldsAlike, essentialName, isEnum, isStruct } from './alike.ts';

export interface Step {
  /** The struct of a member, the element's type of an array. */
  readonly type: number;
  readonly index: number;
  /** The member's or variant's; absent for elements. */
  readonly name?: string;
}

export interface Access {
  readonly btf: Btf;
  /** As the relocation names it. */
  readonly root: number;
  readonly steps: readonly Step[];
  readonly bitOffset: number;
}

/** Undefined if it makes no sense in this type. */
export function ownFieldAccess(btf: Btf, root: number, text: string): Access | undefined {
  const [first = NaN, ...others] = text.split(':').map(Number);
  const place = elementOf(btf, { type: root, bitOffset: 0, steps: [] }, root, first);
  let at: Place | undefined = place;
  for (const index of others) at = at && ownStep(btf, at, index);
  return at && { btf, root, steps: at.steps, bitOffset: at.bitOffset };
}

export function ownVariantAccess(btf: Btf, root: number, text: string): Access | undefined {
  const index = Number(text);
  const type = withoutModifiers(btf, root);
  const variant = variantsOf(btf, type)[index];
  return variant && { btf, root, steps: [{ type, index, name: variant.name }], bitOffset: 0 };
}

/** On the way: the type that is reached. */
interface Place {
  readonly type: number;
  readonly bitOffset: number;
  readonly steps: readonly Step[];
}

function elementOf(btf: Btf, from: Place, element: number, index: number): Place | undefined {
  const type = withoutModifiers(btf, element);
  const bytes = sizeOfBtf(btf, type);
  if (bytes === undefined || !Number.isInteger(index)) return undefined;
  return {
    type,
    bitOffset: from.bitOffset + 8 * bytes * index,
    steps: [...from.steps, { type, index }],
  };
}

/** Members without a name are passed through: the kernel may have them elsewhere. */
function ownStep(btf: Btf, from: Place, index: number): Place | undefined {
  const type = withoutModifiers(btf, from.type);
  if (kindOf(btf, type) === btfKind.array) return arrayStep(btf, { ...from, type }, index);
  const member = membersOf(btf, type)[index];
  return member && memberStep({ ...from, type }, member, index);
}

function memberStep(from: Place, member: BtfMember, index: number): Place {
  const step: Step = { type: from.type, index, name: member.name };
  return {
    type: member.type,
    bitOffset: from.bitOffset + member.bitOffset,
    steps: member.name === '' ? from.steps : [...from.steps, step],
  };
}

function arrayStep(btf: Btf, from: Place, index: number): Place | undefined {
  const { of, length } = arrayOf(btf, from.type);
  if (index >= length && !isFlexible(btf, from.steps.at(-1), length)) return undefined;
  return elementOf(btf, from, of, index);
}

/** An array without a length at the end of a struct. */
function isFlexible(btf: Btf, holder: Step | undefined, length: number): boolean {
  if (length > 0 || holder?.name === undefined) return false;
  return holder.index === membersOf(btf, holder.type).length - 1;
}

/** The same field in a type of another BTF; undefined if it has none. */
export function fieldAccessIn(btf: Btf, root: number, own: Access): Access | undefined {
  const [first, ...others] = own.steps;
  let at = first && elementOf(btf, { type: root, bitOffset: 0, steps: [] }, root, first.index);
  for (const step of others) {
    if (!at) return undefined;
    const from: Place = { ...at, type: withoutModifiers(btf, at.type) };
    if (step.name !== undefined) at = memberNamed(btf, from, own.btf, step);
    else at = kindOf(btf, from.type) === btfKind.array ? arrayStep(btf, from, step.index) : undefined;
  }
  return at && { btf, root, steps: at.steps, bitOffset: at.bitOffset };
}

/** Searches members of anonymous members too. One of the name whose type is quite another is not it. */
function memberNamed(btf: Btf, from: Place, ownBtf: Btf, own: Step): Place | undefined {
  const type = withoutModifiers(btf, from.type);
  if (!isStruct(btf, type)) return undefined;
  const wanted = present(membersOf(ownBtf, own.type)[own.index], 'a member of a step');
  for (const [index, member] of membersOf(btf, type).entries()) {
    const there = memberStep({ ...from, type }, member, index);
    if (member.name === wanted.name)
      return areFieldsAlike(ownBtf, wanted.type, btf, member.type) ? there : undefined;
    const within = member.name === '' ? memberNamed(btf, there, ownBtf, own) : undefined;
    if (within) return within;
  }
  return undefined;
}

/** The variant of the name, flavours apart. */
export function variantAccessIn(btf: Btf, root: number, own: Access): Access | undefined {
  const type = withoutModifiers(btf, root);
  const name = essentialName(own.steps[0]?.name ?? '');
  if (!isEnum(btf, type)) return undefined;
  const variants = variantsOf(btf, type);
  const index = variants.findIndex((variant) => essentialName(variant.name) === name);
  const found = variants[index];
  return found && { btf, root, steps: [{ type, index, name: found.name }], bitOffset: 0 };
}
