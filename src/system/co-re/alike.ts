/**
 * Whether types of two BTFs mean the same to a relocation: names count without their flavour (`task_struct___old`), sizes don't count.
 * Rules are those of libbpf (tools/lib/bpf/relo_core.c: bpf_core_fields_are_compat, __bpf_core_types_are_compat). Pure.
 */

import type { Btf } from '../btf/parse.ts';
import { arrayOf, btfKind, intOf, kindOf, nameOf, parametersOf, referredBy } from '../btf/parse.ts';
import { withoutModifiers } from '../btf/to-type.ts';

/** What stands before three underscores. */
export const essentialName = (name: string): string => /^(.*[^_])___[^_]/.exec(name)?.[1] ?? name;

export function isStruct(btf: Btf, id: number): boolean {
  const kind = kindOf(btf, id);
  return kind === btfKind.struct || kind === btfKind.union;
}

export function isEnum(btf: Btf, id: number): boolean {
  const kind = kindOf(btf, id);
  return kind === btfKind.enum || kind === btfKind.enum64;
}

const haveOneKind = (one: Btf, oneId: number, other: Btf, otherId: number): boolean =>
  kindOf(one, oneId) === kindOf(other, otherId) || (isEnum(one, oneId) && isEnum(other, otherId));

/** Old compilers gave bitfields types of their own. */
const isWhole = (btf: Btf, id: number): boolean => intOf(btf, id).bitOffset === 0;

/** Whether a field of the one type can be read as one of the other. */
export function areFieldsAlike(one: Btf, oneId: number, other: Btf, otherId: number): boolean {
  const [a, b] = [withoutModifiers(one, oneId), withoutModifiers(other, otherId)];
  if (isStruct(one, a) && isStruct(other, b)) return true;
  if (!haveOneKind(one, a, other, b)) return false;
  switch (kindOf(one, a)) {
    case btfKind.pointer:
    case btfKind.float:
      return true;
    case btfKind.forward:
    case btfKind.enum:
    case btfKind.enum64:
      return haveOneName(nameOf(one, a), nameOf(other, b));
    case btfKind.int:
      return isWhole(one, a) && isWhole(other, b);
    case btfKind.array:
      return areFieldsAlike(one, arrayOf(one, a).of, other, arrayOf(other, b).of);
    default:
      return false;
  }
}

const haveOneName = (one: string, other: string): boolean =>
  one === '' || other === '' || essentialName(one) === essentialName(other);

/** Pointers to pointers and functions of functions don't go deeper. */
const depthMax = 32;

/** Whether the one type is the other, as far as existence and size are asked for. */
export function areTypesAlike(
  one: Btf,
  oneId: number,
  other: Btf,
  otherId: number,
  depth = depthMax,
): boolean {
  const [a, b] = [withoutModifiers(one, oneId), withoutModifiers(other, otherId)];
  if (depth === 0 || !haveOneKind(one, a, other, b)) return false;
  const alike = (x: number, y: number): boolean => areTypesAlike(one, x, other, y, depth - 1);
  switch (kindOf(one, a)) {
    case btfKind.void:
    case btfKind.struct:
    case btfKind.union:
    case btfKind.enum:
    case btfKind.enum64:
    case btfKind.forward:
      return true;
    case btfKind.int:
      return isWhole(one, a) && isWhole(other, b);
    case btfKind.pointer:
      return alike(referredBy(one, a), referredBy(other, b));
    case btfKind.array:
      return alike(arrayOf(one, a).of, arrayOf(other, b).of);
    case btfKind.prototype:
      return haveOneSignature(one, a, other, b, alike);
    default:
      return false;
  }
}

function haveOneSignature(
  one: Btf,
  a: number,
  other: Btf,
  b: number,
  alike: (x: number, y: number) => boolean,
): boolean {
  const [ours, theirs] = [parametersOf(one, a), parametersOf(other, b)];
  if (ours.length !== theirs.length || !alike(referredBy(one, a), referredBy(other, b))) return false;
  return ours.every(({ type }, index) => alike(type, theirs[index]?.type ?? 0));
}
