/** Reads aggregations: the cells that all CPUs have under one key become one number. */

import { assert, present } from '../base/assert.ts';
import type { MapSymbol, TypedExpr } from '../sema/typed-tree.ts';
import type { Emission } from './emission.ts';
import { valueLayoutOf } from './emission.ts';
import { emitKey } from './emit-map.ts';
import { nullPointer } from './llvm/ir-value.ts';
import { Place, Register, registerOf } from './values.ts';

export function emitAggregateGet(
  emission: Emission,
  { map, key }: Extract<TypedExpr, { kind: 'aggregate-get' }>,
): Register {
  return emitAggregateAt(emission, map, emitKey(emission, map, key));
}

/** 64 bits wide; as if nothing had been gathered if the key is not there. */
export function emitAggregateAt(emission: Emission, map: MapSymbol, key: Place): Register {
  const { out } = emission;
  const { value: type, aggregation, name } = map;
  assert(type.kind === 'aggregate', `${name} holds an aggregation`);
  const read = present(aggregation?.read, `a number in ${name}`);
  const { size } = valueLayoutOf(map);
  const merged = out.storage.reserve(size, 'merged');
  out.zero(merged);
  out.repeat(out.machine.possibleCpus, (cpu) => {
    const cell = out.lookupOn(cpu, map.symbol, key);
    const isThere = new Register(out.builder.icmp('ne', cell, nullPointer, 'is_there'));
    out.when(isThere, () => read.merge(out, merged, new Place(cell, size), type));
  });
  return registerOf(read.value(out, merged, type));
}
