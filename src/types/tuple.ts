/** Tuples and records: which element of one belongs to which of another. */

import { present } from '../base/assert.ts';
import type { TupleType } from './type.ts';

/** For each element of `to`, its index in `from`: by place in tuples, by name in records. Undefined if they don't go together. */
export function elementsFor(from: TupleType, to: TupleType): readonly number[] | undefined {
  if (from.of.length !== to.of.length) return undefined;
  const { names } = from;
  if (!names || !to.names) return names === to.names ? to.of.map((_, index) => index) : undefined;
  const indices = to.names.map((name) => names.indexOf(name));
  return indices.includes(-1) ? undefined : indices;
}

/** The same for two that go together. */
export const matchedElements = (from: TupleType, to: TupleType): readonly number[] =>
  present(elementsFor(from, to), 'elements of tuples that go together');
