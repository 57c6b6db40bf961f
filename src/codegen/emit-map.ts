/** Maps: keys, look-ups, stores, counters that several CPUs share, and the cells of aggregations. */

import { assert, present } from '../base/assert.ts';
import type { MapSymbol, TypedArgument, TypedExpr } from '../sema/typed-tree.ts';
import type { AggregationDefinition } from '../builtins/define.ts';
import { isScalar, partsOf, sizeOf, slotOf } from '../types/layout.ts';
import type { AggregateType } from '../types/type.ts';
import { tuple } from '../types/type.ts';
import type { Emission } from './emission.ts';
import { gapsOf, keyLayoutOf, valueLayoutOf } from './emission.ts';
import { emitInto, memoryOf } from './emit-expression.ts';
import { widthOf } from './emit-record.ts';
import type { IrPointer } from './llvm/ir-value.ts';
import { nullPointer } from './llvm/ir-value.ts';
import { FunctionBuilder } from './llvm/ir.ts';
import { helperNamed } from './bpf/helpers.ts';
import { i64 as irInt, symbolPointer } from './llvm/ir-value.ts';
import { Place, Register } from './values.ts';

/** BPF_ANY and BPF_NOEXIST of include/uapi/linux/bpf.h. */
const any = 0;
const onlyNew = 1;

/** The key's bytes, as the map stores them; padding is zero. */
export function emitKey(emission: Emission, map: MapSymbol, key: TypedExpr | undefined, bucket?: Register): Place {
  const { out } = emission;
  const layout = keyLayoutOf(map);
  if (key && map.key.length > 0 && !bucket && !isScalar(key.type)) return wholeKey(emission, key, layout.size);
  const place = out.storage.reserve(layout.size, 'key');
  for (const { offset, bytes } of gapsOf(layout, (slot) => sizeOf(slot.type))) out.builder.memset(out.at(place, offset), 0, bytes);
  if (!key) out.store(place, 0, out.int(0));
  else fillKey(emission, map, key, place);
  if (bucket) out.store(place, slotOf(layout, 'bucket').offset, bucket);
  return place;
}

/** A tuple's layout is its parts': its bytes are the key's, but for what follows them. */
function wholeKey(emission: Emission, key: TypedExpr, bytes: number): Place {
  const value = memoryOf(emission, key);
  if (value.bytes === bytes) return value;
  const place = emission.out.storage.reserve(bytes, 'key');
  emission.out.zero(place);
  emission.out.copy(place, 0, value, 0, value.bytes);
  return place;
}

function fillKey(emission: Emission, map: MapSymbol, key: TypedExpr, place: Place): void {
  const { out } = emission;
  if (map.key.length === 1) return emitInto(emission, key, out.part(place, 0, sizeOf(key.type)));
  assert(sizeOf(tuple(map.key)) <= place.bytes, 'the parts of a key fit it');
  emitInto(emission, key, out.part(place, 0, partsOf(tuple(map.key)).size));
}

const isThere = ({ out }: Emission, found: IrPointer): Register => new Register(out.builder.icmp('ne', found, nullPointer, 'is'));

/** The value under a key that fits a register; 0 if there is none. */
export function emitMapScalar(emission: Emission, map: MapSymbol, key: TypedExpr | undefined): Register {
  const { out } = emission;
  const width = widthOf(map.value);
  const found = out.lookup(map.symbol, emitKey(emission, map, key));
  return out.choose(
    isThere(emission, found),
    () => out.load(new Place(found, sizeOf(map.value)), 0, width),
    () => out.int(0, width),
  );
}

/** The value under a key, copied: the map's own may change or go any time. All zero if there is none. */
export function emitMapMemory(emission: Emission, map: MapSymbol, key: TypedExpr | undefined): Place {
  const { out } = emission;
  const bytes = sizeOf(map.value);
  const copy = out.reserve(bytes, 'value');
  const found = out.withoutLanding(() => out.lookup(map.symbol, emitKey(emission, map, key)));
  out.when(
    isThere(emission, found),
    () => out.copy(copy, 0, new Place(found, bytes), 0, bytes),
    () => out.zero(copy),
  );
  return copy;
}

/** @m[k] = v. */
export function emitMapStore(emission: Emission, map: MapSymbol, key: TypedExpr | undefined, value: TypedExpr): void {
  const { out } = emission;
  const keyPlace = emitKey(emission, map, key);
  const size = valueLayoutOf(map).size;
  const place = out.storage.reserve(size, 'value');
  emitInto(emission, value, place);
  storeValue(emission, map, keyPlace, place);
}

export function storeValue(emission: Emission, map: MapSymbol, key: Place, value: Place): void {
  const { out } = emission;
  const result = out.helper('map_update_elem', [mapPointer(map), key, value, any]);
  emission.losses.addIfNegative(failureSlotOf(emission, map), result);
}

const mapPointer = (map: MapSymbol): Register => new Register(symbolPointer(map.symbol));

/** Behind the slots of the programs come those of the maps, in their order. */
export const failureSlotOf = (emission: Emission, map: MapSymbol): number => emission.losses.firstMapSlot + map.index;

/**
 * What lies under a key, made zero first if there is nothing; `act` gets it, and is left out (and counted) if the map is full.
 * Inserting and looking up again, instead of inserting what `act` would make, loses no update that comes in between.
 */
function withValue(emission: Emission, map: MapSymbol, key: Place, act: (value: Place) => void): void {
  const { out } = emission;
  const { builder } = out;
  const size = valueLayoutOf(map).size;
  const first = out.lookup(map.symbol, key);
  const known = builder.currentBlock;
  const [missing, ready, full, end] = [builder.block('missing'), builder.block('ready'), builder.block('full'), builder.block('end')];
  builder.condBr(builder.icmp('ne', first, nullPointer, 'is'), ready, missing);
  builder.enter(missing);
  const zero = out.storage.reserve(size, 'zero');
  out.zero(zero);
  out.helper('map_update_elem', [mapPointer(map), key, zero, onlyNew]);
  const second = out.lookup(map.symbol, key);
  const inserted = builder.currentBlock;
  builder.condBr(builder.icmp('ne', second, nullPointer, 'is'), ready, full);
  builder.enter(full);
  emission.losses.addOne(failureSlotOf(emission, map));
  builder.br(end);
  builder.enter(ready);
  const pointer = builder.phi([[first, known], [second, inserted]], 'value');
  act(new Place({ type: 'ptr', text: pointer.text, align: 8 }, size));
  builder.br(end);
  builder.enter(end);
}

/** Adds to an integer in a map, so that no other CPU's addition is lost where the width allows it. */
export function emitMapAdd(emission: Emission, map: MapSymbol, key: TypedExpr | undefined, addend: Register): void {
  const { out } = emission;
  const width = widthOf(map.value);
  const keyPlace = emitKey(emission, map, key);
  const value = out.resize(addend, width);
  withValue(emission, map, keyPlace, (place) => {
    if (width >= 32) return out.atomicAdd(place, 0, value);
    out.store(place, 0, out.add(out.load(place, 0, width), value));
  });
}

/** The same, where the script wants the value: before and after. Not atomic: the kernel's fetching add came with 5.12. */
export function emitMapStep(emission: Emission, map: MapSymbol, key: TypedExpr | undefined, delta: number, prefix: boolean): Register {
  const { out } = emission;
  const width = widthOf(map.value);
  const keyPlace = emitKey(emission, map, key);
  const result = out.storage.reserve(8, 'stepped');
  out.store(result, 0, out.int(0, width));
  withValue(emission, map, keyPlace, (place) => {
    const before = stepValue(emission, place, width, delta);
    out.store(result, 0, prefix ? out.add(before, delta) : before);
  });
  return out.load(result, 0, width);
}

function stepValue({ out }: Emission, place: Place, width: 8 | 16 | 32 | 64, delta: number): Register {
  const [major, minor] = out.machine.kernel;
  const hasFetch = major > 5 || (major === 5 && minor >= 12);
  if (hasFetch && width >= 32) return new Register(out.builder.atomic('add', place.pointer, out.int(delta, width).ir, 'before'));
  const before = out.load(place, 0, width);
  out.store(place, 0, out.add(before, delta));
  return before;
}

/** @m[k] = count() and its like. */
export function emitAggregate(
  emission: Emission,
  map: MapSymbol,
  key: TypedExpr | undefined,
  definition: AggregationDefinition,
  type: AggregateType,
  args: readonly TypedArgument[],
): void {
  const { out } = emission;
  const bucket = definition.bucket?.(args, out, type);
  const keyPlace = emitKey(emission, map, key, bucket && registerFrom(bucket));
  withValue(emission, map, keyPlace, (cell) => definition.update(args, out, cell, type));
}

function registerFrom(value: unknown): Register {
  assert(value instanceof Register, 'a bucket is a number');
  return value;
}

/** The number of entries, counted by a function that the kernel calls for each. */
export function emitCountEntries(emission: Emission, symbol: string): Register {
  const { out, callbacks } = emission;
  const name = 'for_each_entry';
  let callback = callbacks.functions.find((known) => known.name === name);
  if (!callback) {
    callback = new FunctionBuilder(name, {
      parameters: [
        { name: 'map', type: 'ptr' },
        { name: 'key', type: 'ptr' },
        { name: 'value', type: 'ptr' },
        { name: 'context', type: 'ptr' },
      ],
    });
    callback.ret(irInt(0));
    callbacks.functions.push(callback);
  }
  // The helper returns how many entries it has seen (kernel/bpf/hashtab.c).
  const args = [symbolPointer(symbol), callback.address, nullPointer, irInt(0)];
  return new Register(out.builder.callHelper(helperNamed('for_each_map_elem'), args, 'entries'));
}

/** A map by its symbol, which exists. */
export const mapOf = (emission: Emission, symbol: string): MapSymbol => present(emission.maps.get(symbol), `map ${symbol}`);

