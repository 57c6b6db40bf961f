/** How many bytes a value of a BTF type takes. Pure. */

import type { Btf } from './parse.ts';
import { arrayOf, btfKind, kindOf, sizeInBytes } from './parse.ts';
import { withoutModifiers } from './to-type.ts';

const pointerBytes = 8;

/** Undefined of what has no size: void, functions, types that are only declared. */
export function sizeOfBtf(btf: Btf, id: number): number | undefined {
  const target = withoutModifiers(btf, id);
  switch (kindOf(btf, target)) {
    case btfKind.int:
    case btfKind.struct:
    case btfKind.union:
    case btfKind.enum:
    case btfKind.enum64:
    case btfKind.float:
    case btfKind.section:
      return sizeInBytes(btf, target);
    case btfKind.pointer:
      return pointerBytes;
    case btfKind.array:
      return arrayBytes(btf, target);
    default:
      return undefined;
  }
}

/** Arrays may have arrays as elements; a broken BTF may hold circles. */
function arrayBytes(btf: Btf, id: number): number | undefined {
  let length = 1;
  let at = id;
  for (let depth = 0; depth < arrayDepthMax && kindOf(btf, at) === btfKind.array; depth++) {
    length *= arrayOf(btf, at).length;
    at = withoutModifiers(btf, arrayOf(btf, at).of);
  }
  if (kindOf(btf, at) === btfKind.array) return undefined;
  const element = sizeOfBtf(btf, at);
  return element === undefined ? undefined : element * length;
}

const arrayDepthMax = 32;
