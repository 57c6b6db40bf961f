/** Long values on their way into a record: no more of them is written than there is. */

import { assert } from '../base/assert.ts';
import type { TypedExpr } from '../sema/typed-tree.ts';
import { sizeOf } from '../types/layout.ts';
import type { LongType } from '../types/packing.ts';
import { countedPart } from '../types/packing.ts';
import type { Emission } from './emission.ts';
import { emitInto, memoryOf, scalarOf } from './emit-expression.ts';
import { sourceOf } from './emit-load.ts';
import type { Place, Register } from './values.ts';
import { registerOf } from './values.ts';

/** Stores the beginning of a value that says it all, and gives its length in bytes. */
export function emitTail(emission: Emission, expr: TypedExpr, place: Place, type: LongType): Register {
  if (type.kind === 'string') return withNul(emission, emitText(emission, expr, place));
  emitInto(emission, expr, place);
  return emitUsedBytes(emission, place, type);
}

/** The same of a value that lies in memory. */
export function emitTailOf(emission: Emission, from: Place, place: Place, type: LongType): Register {
  const { out } = emission;
  if (type.kind === 'string') return withNul(emission, copyText(emission, from, place));
  const length = emitUsedBytes(emission, from, type);
  out.helper('probe_read_kernel', [place, { length }, from]);
  return out.bounded(length, sizeOf(type));
}

/** Text without the zeros behind it. Gives its length with the NUL; 0 or less if it could not be read, which leaves a NUL. */
function emitText(emission: Emission, expr: TypedExpr, place: Place): Register {
  const { out } = emission;
  if (expr.kind === 'call') {
    const { emitText: emitOwn } = expr.definition;
    if (emitOwn) return out.at(expr.span, () => registerOf(emitOwn(expr.args, out, place)));
  }
  if (expr.kind === 'load' && !expr.bits) {
    const { address, space } = sourceOf(emission, expr);
    return out.readText(place, place.bytes, address, space);
  }
  if (expr.kind === 'conditional')
    return out.choose(
      scalarOf(emission, expr.condition),
      () => emitText(emission, expr.then, place),
      () => emitText(emission, expr.else, place),
    );
  return copyText(emission, memoryOf(emission, expr), place);
}

const copyText = ({ out }: Emission, from: Place, place: Place): Register =>
  out.readText(place, Math.min(place.bytes, from.bytes), out.addressOf(from), 'kernel');

/** Text that can't be read is an empty one: the helper has left a NUL. */
function withNul({ out }: Emission, length: Register): Register {
  return out.select(out.compare('>', length, 0, true), length, out.int(1));
}

/** How many bytes of a value that counts its elements are in use. */
export function emitUsedBytes({ out }: Emission, place: Place, type: LongType): Register {
  assert(type.kind !== 'string', 'text has no count');
  const { countOffset, start, elementBytes } = countedPart(type);
  const count = out.resize(out.load(place, countOffset, 32), 64);
  // Read back from memory, its bound is no longer known to the verifier.
  return out.bounded(out.add(out.multiply(count, elementBytes), start), sizeOf(type));
}
