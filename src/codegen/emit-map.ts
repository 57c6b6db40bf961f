/** Maps: keys, look-ups, stores, counters that several CPUs share, and the cells of aggregations. */

import { assert, present } from '../base/assert.ts';
import type { Scalar } from '../builtins/emitter.ts';
import type { AggregationDefinition } from '../builtins/define.ts';
import { kernelFrom } from '../plan/machine.ts';
import type { MapSymbol, TypedArgument, TypedExpr } from '../sema/typed-tree.ts';
import { isScalar, sizeOf, slotOf } from '../types/layout.ts';
import type { AggregateType, Type } from '../types/type.ts';
import { helperNamed } from './bpf/helpers.ts';
import type { Emission } from './emission.ts';
import { gapsOf, keyLayoutOf, valueLayoutOf } from './emission.ts';
import { storeConverted } from './emit-convert.ts';
import { emitInto, memoryOf } from './emit-expression.ts';
import { homeOf } from './variables.ts';
import { widthOf } from './words.ts';
import { FunctionBuilder } from './llvm/ir.ts';
import type { IrPointer, IrValue } from './llvm/ir-value.ts';
import { i64 as irInt, nullPointer, symbolPointer, withAlign } from './llvm/ir-value.ts';
import { Place, Register, registerOf } from './values.ts';

/** BPF_ANY and BPF_NOEXIST of include/uapi/linux/bpf.h. */
const any = 0;
const onlyNew = 1;

/** The key's bytes, as the map stores them; padding is zero. `bucket` comes behind the key's own parts. */
export function emitKey(
  emission: Emission,
  map: MapSymbol,
  key: TypedExpr | undefined,
  bucket?: () => Register,
): Place {
  const { out } = emission;
  const layout = keyLayoutOf(map);
  if (key && !bucket && !isScalar(key.type) && key.kind !== 'tuple')
    return wholeKey(emission, key, layout.size);
  const place = out.storage.reserve(layout.size, 'key');
  for (const { offset, bytes } of gapsOf(layout)) out.zero(out.part(place, offset, bytes));
  const part = (index: number, type: Type) =>
    out.part(place, slotOf(layout, String(index)).offset, sizeOf(type));
  if (!key || map.key.length === 0) out.store(place, 0, out.int(0));
  else if (map.key.length > 1 && key.kind === 'tuple')
    key.elements.forEach((element, index) => emitInto(emission, element, part(index, element.type)));
  else emitInto(emission, key, out.part(place, 0, sizeOf(key.type)));
  if (bucket) out.store(place, slotOf(layout, 'bucket').offset, bucket());
  return place;
}

/** A value in memory is the key as it is, unless it ends before the key does; a tuple's layout is that of its parts. */
function wholeKey(emission: Emission, key: TypedExpr, bytes: number): Place {
  const { out } = emission;
  const value = memoryOf(emission, key);
  if (value.bytes === bytes) return value;
  assert(value.bytes < bytes, `a key of ${bytes} bytes`);
  const place = out.storage.reserve(bytes, 'key');
  out.zero(place);
  out.copy(place, 0, value, 0, value.bytes);
  return place;
}

const isThere = ({ out }: Emission, found: IrPointer): Register =>
  new Register(out.builder.icmp('ne', found, nullPointer, 'is_there'));

/** The value under a key that fits a register; 0 if there is none. */
export function emitMapScalar(emission: Emission, map: MapSymbol, key: TypedExpr | undefined): Register {
  return emitMapScalarAt(emission, map, emitKey(emission, map, key));
}

export function emitMapScalarAt(emission: Emission, map: MapSymbol, key: Place): Register {
  const { out } = emission;
  const width = widthOf(map.value);
  const found = out.lookup(map.symbol, key);
  return out.choose(
    isThere(emission, found),
    () => out.load(new Place(found, sizeOf(map.value)), 0, width),
    () => {
      warnMissing(emission, map);
      return out.int(0, width);
    },
  );
}

/** Told with -k. */
function warnMissing({ out }: Emission, map: MapSymbol): void {
  if (out.settings.reportFailures) out.warn(`${map.name} has no such key: 0 is used`);
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
    () => {
      warnMissing(emission, map);
      out.zero(copy);
    },
  );
  return copy;
}

/** What lies under a key, copied into a variable, which may have a wider type; false if there is nothing. */
export function emitCopyFound(
  emission: Emission,
  map: MapSymbol,
  key: TypedExpr,
  variable: TypedExpr,
): Register {
  const { out } = emission;
  assert(variable.kind === 'variable', 'a variable that is to be filled');
  const home = homeOf(emission, variable.variable);
  const found = out.lookup(map.symbol, emitKey(emission, map, key));
  return out.choose(
    isThere(emission, found),
    () => {
      storeConverted(out, new Place(found, sizeOf(map.value)), map.value, home, variable.type);
      return out.truth(true);
    },
    () => out.truth(false),
  );
}

/** &@m. It is in no slot: joined-acts.ts leaves it out. */
export const emitMapAddress = ({ out }: Emission, { symbol }: MapSymbol): Register =>
  new Register(out.builder.ptrToInt(symbolPointer(symbol), 'map'));

/** @m[k] = v. */
export function emitMapStore(
  emission: Emission,
  map: MapSymbol,
  key: TypedExpr | undefined,
  value: TypedExpr,
): void {
  const keyPlace = emitKey(emission, map, key);
  storeValue(emission, map, keyPlace, valuePlace(emission, value, valueLayoutOf(map).size));
}

/** The helper copies: what lies in memory already need not be copied before. */
function valuePlace(emission: Emission, value: TypedExpr, bytes: number): Place {
  if (!isScalar(value.type)) return memoryOf(emission, value);
  const place = emission.out.storage.reserve(bytes, 'value');
  emitInto(emission, value, place);
  return place;
}

export function storeValue({ out, failures }: Emission, map: MapSymbol, key: Place, value: Place): void {
  const result = out.helper('map_update_elem', [{ map }, key, value, any]);
  const failed = out.builder.icmp('ne', result.ir, irInt(0), 'has_failed');
  failures.countIf(failed, 'not_stored', out.tables.failureSlot(map.symbol, out.span));
}

/**
 * What lies under a key, made zero first if there is nothing; `act` gets it, and is left out (and counted) if the map is full.
 * Inserting and looking up again, instead of inserting what `act` would make, loses no update that comes in between.
 */
function withValue(emission: Emission, map: MapSymbol, key: Place, act: (value: Place) => void): void {
  const { out, failures } = emission;
  const { builder } = out;
  const { size } = valueLayoutOf(map);
  const end = builder.block('done');
  const [missing, ready] = [builder.block('missing'), builder.block('ready')];
  const slot = out.tables.failureSlot(map.symbol, out.span);
  // User space may exchange the map in the meantime: all steps are about the one that is there now.
  const now = out.mapNow(map.symbol, () => failures.block('map.missing', slot, end));
  const first = out.lookupIn(now, key);
  const known = builder.currentBlock;
  builder.condBr(builder.icmp('ne', first, nullPointer, 'is_there'), ready, missing);
  builder.enter(missing);
  const zero = out.storage.reserve(size, 'zero');
  out.zero(zero);
  out.helper('map_update_elem', [new Register(now), key, zero, onlyNew]);
  const second = out.lookupIn(now, key);
  const inserted = builder.currentBlock;
  const full = failures.block('full', slot, end);
  builder.condBr(builder.icmp('ne', second, nullPointer, 'is_there'), ready, full);
  builder.enter(ready);
  const ways = [[first, known] as const, [second, inserted] as const];
  act(new Place(withAlign(builder.phi(ways, 'value'), 8), size));
  builder.br(end);
  builder.enter(end);
}

/** Adds to an integer in a map, so that no other CPU's addition is lost where the width allows it. */
export function emitMapAdd(
  emission: Emission,
  map: MapSymbol,
  key: TypedExpr | undefined,
  addend: Register,
): void {
  const { out } = emission;
  const width = widthOf(map.value);
  const keyPlace = emitKey(emission, map, key);
  const value = out.resize(addend, width);
  withValue(emission, map, keyPlace, (place) => {
    if (width >= 32) return out.atomicAdd(place, 0, value);
    out.store(place, 0, out.add(out.load(place, 0, width), value));
  });
}

/** The same, where the script wants the value: from before or after. If the map is full it is as if it had been 0. */
export function emitMapStep(
  emission: Emission,
  map: MapSymbol,
  key: TypedExpr | undefined,
  delta: number,
  prefix: boolean,
): Register {
  const { out } = emission;
  const width = widthOf(map.value);
  const keyPlace = emitKey(emission, map, key);
  const before = out.storage.reserveRegister(`i${width}`, 'before');
  out.builder.store(out.int(0, width).ir, before);
  withValue(emission, map, keyPlace, (place) =>
    out.builder.store(stepValue(emission, place, width, delta).ir, before),
  );
  const value = new Register(out.builder.load(`i${width}`, before, 'before'));
  return prefix ? out.add(value, delta) : value;
}

/** Gives the value from before. The kernel's add that gives it came with 5.12, and there is one for 4 and 8 bytes only. */
function stepValue({ out }: Emission, place: Place, width: 8 | 16 | 32 | 64, delta: number): Register {
  if (kernelFrom(out.machine, 5, 12) && width >= 32)
    return new Register(out.builder.atomic('add', place.pointer, out.int(delta, width).ir, 'old'));
  const before = out.load(place, 0, width);
  if (width >= 32) out.atomicAdd(place, 0, out.int(delta, width));
  else out.store(place, 0, out.add(before, delta));
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
  const { bucket } = definition;
  const moment = definition.moment && momentOf(emission, () => definition.moment?.(out));
  const keyPlace = emitKey(emission, map, key, bucket && (() => registerOf(bucket(args, out, type, moment))));
  withValue(emission, map, keyPlace, (cell) => definition.update(args, out, cell, type, moment));
}

/** By the clock, or, in tests that want to know what comes out, by a map of the script. */
function momentOf(emission: Emission, byClock: () => Scalar | undefined): Scalar | undefined {
  const { out, maps } = emission;
  const { clockMap } = out.settings;
  if (clockMap === '') return byClock();
  const map = present(
    [...maps.values()].find(({ name }) => name === clockMap),
    clockMap,
  );
  return out.resize(emitMapScalar(emission, map, undefined), 64);
}

/** The number of entries, counted by a function that the kernel calls for each. */
export function emitCountEntries({ out }: Emission, symbol: string): Register {
  const name = 'for_each_map_elem';
  const callback = out.tables.function('for_each_entry', entryFunction);
  out.tables.require(name, out.span);
  // The helper returns how many entries it has seen (kernel/bpf/hashtab.c, bpf_for_each_hash_elem).
  const count = (map: IrValue): IrValue =>
    out.builder.callHelper(helperNamed(name), [map, callback.address, nullPointer, irInt(0)], 'entries');
  return new Register(out.onMap(symbol, count, irInt(0)));
}

function entryFunction(): FunctionBuilder {
  const names = ['map', 'key', 'value', 'context'];
  const builder = new FunctionBuilder('for_each_entry', {
    parameters: names.map((name) => ({ name, type: 'ptr' as const })),
  });
  builder.ret(irInt(0));
  return builder;
}

/** A map by its symbol, which exists. */
export const mapOf = (emission: Emission, symbol: string): MapSymbol =>
  present(emission.maps.get(symbol), `map ${symbol}`);
