/** Reads maps of the script: all entries as values, CPUs merged, buckets gathered. Clears and zeroes them. */

import { assert, present } from '../base/assert.ts';
import type { Result, SysError } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { AggregationDefinition, Cell } from '../builtins/define.ts';
import type { MapEntries } from '../types/map-entries.ts';
import { listedEntries } from '../types/map-entries.ts';
import type { MapSnapshot } from '../output/output.ts';
import type { MapPlan, ScriptMap } from '../plan/plan.ts';
import type { Layout, Slot } from '../types/layout.ts';
import type { AggregateType } from '../types/type.ts';
import type { Value } from '../types/value.ts';
import { ByteStore, onlyPartIn, partsIn } from './compact-entries.ts';
import type { DecodeContext } from './decode.ts';
import { compileReader, compileSlots, integerReader } from './decode.ts';
import { seriesValue } from './series-value.ts';
import type { MapAccess, OpenMap, Visit } from './map-entries.ts';
import { isPerCpu, valueStride, walkEntries, walkKeys } from './map-entries.ts';
import type { Memory } from './memory.ts';
import { memoryOver } from './memory.ts';

export interface MapReading extends MapAccess {
  readonly decoding: DecodeContext;
  /** An aggregation by its name, from the registry. */
  readonly aggregation: (name: string) => AggregationDefinition;
}

/** A map of the script as it is now; entries that come or go meanwhile may or may not be in. A scalar map always has its one entry. */
export function readMap(map: OpenMap, reading: MapReading): Result<MapSnapshot, SysError> {
  const script = scriptOf(map.plan);
  const gathered = gathererOf(map.plan, script, reading);
  const walked = walkEntries(map, reading, gathered.visitor);
  if (!walked.ok) return walked;
  const keyed = script.key.length > 0;
  const entries = gathered.entries();
  return ok({
    name: script.name,
    keyed,
    entries: keyed || entries.count > 0 ? entries : listedEntries([{ key: [], value: gathered.zero() }]),
  });
}

/** Drops all keys. Where keys can't be dropped (arrays), values become zero. */
export function clearMap(map: OpenMap, access: MapAccess): Result<void, SysError> {
  if (map.plan.type === 'array' || map.plan.type === 'percpu-array') return zeroMap(map, access);
  return forEachKey(map, access, (key) => access.api.delete(map.fd, key));
}

/** Sets all values to zero, on every CPU, and keeps the keys. A key that is dropped meanwhile doesn't come back. */
export function zeroMap(map: OpenMap, access: MapAccess): Result<void, SysError> {
  const zero = new Uint8Array(valueStride(map.plan, access.possibleCpus));
  return forEachKey(map, access, (key) => {
    const updated = access.api.update(map.fd, key, zero, 'existing');
    return !updated.ok && updated.error.name === 'ENOENT' ? ok(undefined) : updated;
  });
}

/** Gives the keys of one map to another, with zeros under those that it has not. */
export function addZeros(from: OpenMap, to: OpenMap, access: MapAccess): Result<void, SysError> {
  const zero = new Uint8Array(valueStride(to.plan, access.possibleCpus));
  return forEachKey(from, access, (key) => {
    const added = access.api.update(to.fd, key, zero, 'new');
    return !added.ok && added.error.name === 'EEXIST' ? ok(undefined) : added;
  });
}

/** Keys are gathered first: changing a map while walking it makes the walk begin again. */
function forEachKey(
  map: OpenMap,
  access: MapAccess,
  change: (key: Uint8Array) => Result<unknown, SysError>,
): Result<void, SysError> {
  const keys = walkKeys(map, access);
  if (!keys.ok) return keys;
  for (const key of keys.value) {
    const changed = change(key);
    if (!changed.ok) return changed;
  }
  return ok(undefined);
}

const scriptOf = (plan: MapPlan): ScriptMap =>
  present(plan.script, `what the script knows of map ${plan.symbol}`);

/** Takes entries as they come, and gives them out when all are there. */
interface Gatherer {
  /** Made anew for every pair of buffers that the walk reads into. */
  readonly visitor: (keys: Memory, values: Memory) => Visit;
  readonly entries: () => MapEntries;
  /** The value of a scalar map that was never written. */
  readonly zero: () => Value;
}

function gathererOf(plan: MapPlan, script: ScriptMap, reading: MapReading): Gatherer {
  if (script.value.kind !== 'aggregate') return plainGatherer(plan, script, reading);
  const definition = reading.aggregation(script.value.name);
  if (definition.series) return seriesGatherer(script, script.value, definition.series, plan, reading);
  return definition.histogram === undefined
    ? aggregateGatherer(
        script,
        script.value,
        present(definition.reduce, `reduce of ${definition.name}`),
        plan,
        reading,
      )
    : histogramGatherer(script, script.value, definition.histogram, plan, reading);
}

function plainGatherer(plan: MapPlan, script: ScriptMap, reading: MapReading): Gatherer {
  assert(
    !isPerCpu(plan.type),
    `${script.name} holds plain values, one per CPU: which one should be printed?`,
  );
  const keys = new ByteStore(plan.keyBytes);
  const values = new ByteStore(plan.valueBytes);
  const slot = present(script.valueLayout.slots[0], `value slot of ${script.name}`);
  return {
    visitor: (keyMemory, valueMemory) => (keyAt, valueAt) => {
      keys.add(keyMemory, keyAt);
      values.add(valueMemory, valueAt);
    },
    entries: () => ({
      count: keys.count,
      haveRanks: slot.type.kind === 'int' || slot.type.kind === 'enum',
      value: onlyPartIn(values, slot, reading.decoding),
      ...keysIn(keys, script, reading.decoding),
    }),
    zero: () =>
      compileReader(
        slot.type,
        memoryOver(new ArrayBuffer(valueStride(plan, 1))),
        reading.decoding,
        slot.offset,
      )(0),
  };
}

function aggregateGatherer(
  script: ScriptMap,
  type: AggregateType,
  reduce: NonNullable<AggregationDefinition['reduce']>,
  plan: MapPlan,
  reading: MapReading,
): Gatherer {
  const keys = new ByteStore(plan.keyBytes);
  const values: Value[] = [];
  return {
    visitor(keyMemory, valueMemory) {
      const readCells = cellsReader(script.valueLayout, valueMemory, plan, reading);
      return (keyAt, valueAt) => {
        keys.add(keyMemory, keyAt);
        values.push(compact(reduce(readCells(valueAt), type)));
      };
    },
    entries: () => ({
      count: keys.count,
      haveRanks: true,
      value: (index) => values[index] ?? null,
      ...keysIn(keys, script, reading.decoding),
    }),
    zero: () => compact(reduce([], type)),
  };
}

/** A number where that is exact: it takes a third of the memory. */
function compact(value: Value): Value {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The key's parts; none for a scalar map, whatever its key's bytes are. */
function keysIn(
  store: ByteStore,
  { key, keyLayout }: ScriptMap,
  decoding: DecodeContext,
): Pick<MapEntries, 'key' | 'compareKeys'> {
  const parts = partsIn(store, keyLayout.slots.slice(0, key.length), decoding);
  return { key: parts.read, compareKeys: parts.compare };
}

function histogramGatherer(
  script: ScriptMap,
  type: AggregateType,
  histogram: NonNullable<AggregationDefinition['histogram']>,
  plan: MapPlan,
  reading: MapReading,
): Gatherer {
  const groups = new Map<string, { readonly key: readonly Value[]; readonly buckets: Map<bigint, bigint> }>();
  const bucketSlot = bucketSlotOf(script);
  const countSlot = present(script.valueLayout.slots[0], `count slot of ${script.name}`);
  return {
    visitor(keys, values) {
      const readKey = keyReader(script, keys, reading.decoding);
      const readCells = cellsReader(script.valueLayout, values, plan, reading);
      return (keyAt, valueAt) => {
        // The bytes before the bucket tell which key this is: decoded keys may read alike.
        const id = keys.bytes.toString('latin1', keyAt, keyAt + bucketSlot.offset);
        const group = groups.get(id) ?? { key: readKey(keyAt), buckets: new Map<bigint, bigint>() };
        groups.set(id, group);
        const bucket = present(keys.u64[(keyAt + bucketSlot.offset) >>> 3], 'bucket number');
        const count = readCells(valueAt).reduce((sum, cell) => sum + (cell[countSlot.name] ?? 0n), 0n);
        group.buckets.set(bucket, (group.buckets.get(bucket) ?? 0n) + count);
      };
    },
    entries: () =>
      listedEntries(
        Array.from(groups.values(), ({ key, buckets }) => ({ key, value: histogram(buckets, type) })),
      ),
    zero: () => histogram(new Map(), type),
  };
}

/** All cells of each key, whatever their buckets. */
function seriesGatherer(
  script: ScriptMap,
  type: AggregateType,
  series: NonNullable<AggregationDefinition['series']>,
  plan: MapPlan,
  reading: MapReading,
): Gatherer {
  const groups = new Map<string, { readonly key: readonly Value[]; readonly cells: Cell[] }>();
  const { offset } = bucketSlotOf(script);
  return {
    visitor(keys, values) {
      const readKey = keyReader(script, keys, reading.decoding);
      const readCells = cellsReader(script.valueLayout, values, plan, reading);
      return (keyAt, valueAt) => {
        const id = keys.bytes.toString('latin1', keyAt, keyAt + offset);
        const group = groups.get(id) ?? { key: readKey(keyAt), cells: [] };
        groups.set(id, group);
        group.cells.push(...readCells(valueAt));
      };
    },
    entries: () => {
      const found = [...groups.values()];
      const shown = series(
        found.map(({ cells }) => cells),
        type,
      );
      return listedEntries(
        shown.map((one, index) => ({
          key: present(found[index], 'key').key,
          value: seriesValue(one, reading.decoding),
        })),
      );
    },
    zero: () => seriesValue({ interval: 1n, points: [] }, reading.decoding),
  };
}

/** Behind the key's own parts, for aggregations with buckets. */
const bucketSlotName = 'bucket';

const bucketSlotOf = ({ name, keyLayout }: ScriptMap): Slot =>
  present(
    keyLayout.slots.find((slot) => slot.name === bucketSlotName),
    `bucket in the key of ${name}`,
  );

/** The key's parts; none for a scalar map, whatever its key's bytes are. */
function keyReader(
  script: ScriptMap,
  memory: Memory,
  decoding: DecodeContext,
): (at: number) => readonly Value[] {
  const readers = compileSlots(script.keyLayout.slots.slice(0, script.key.length), memory, decoding);
  return (at) => readers.map((read) => read(at));
}

/** Every CPU's cell that isn't all zero: zero bytes mean that this CPU has added nothing yet. */
function cellsReader(
  layout: Layout,
  memory: Memory,
  plan: MapPlan,
  reading: MapReading,
): (at: number) => readonly Cell[] {
  const readers = layout.slots.map((slot) => {
    assert(
      slot.type.kind === 'int' || slot.type.kind === 'bool',
      `slot ${slot.name} of an aggregation is no number`,
    );
    const type = slot.type.kind === 'int' ? slot.type : { bytes: 1 as const, signed: false };
    return { name: slot.name, read: integerReader(type, memory, slot.offset) };
  });
  const cpus = isPerCpu(plan.type) ? reading.possibleCpus : 1;
  const stride = valueStride(plan, 1);
  return (at) => {
    const cells: Cell[] = [];
    for (let cpu = 0, cellAt = at; cpu < cpus; cpu++, cellAt += stride) {
      if (isZero(memory, cellAt, layout.size)) continue;
      cells.push(Object.fromEntries(readers.map(({ name, read }) => [name, BigInt(read(cellAt))])));
    }
    return cells;
  };
}

function isZero(memory: Memory, at: number, bytes: number): boolean {
  for (let index = at; index < at + bytes; index++) if (memory.u8[index] !== 0) return false;
  return true;
}
