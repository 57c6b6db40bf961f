/** Walks a map's entries as bytes: in batches where the kernel has them, else key by key. Knows nothing of what the bytes mean. */

import type { Result, SysError } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type { MapPlan, MapType } from '../plan/plan.ts';
import { roundUp } from '../types/layout.ts';
import type { Batch, BpfApi, Fd } from './bpf-api.ts';
import type { Memory } from './memory.ts';
import { memoryOver } from './memory.ts';

export interface OpenMap {
  readonly fd: Fd<'map'>;
  readonly plan: MapPlan;
}

export interface MapAccess {
  readonly api: Pick<BpfApi, 'lookup' | 'update' | 'delete' | 'nextKey' | 'lookupBatch'>;
  /** Per-CPU values have a part for each of these. */
  readonly possibleCpus: number;
}

/** Called for every entry with the offsets of its key and value in the buffers. They are read over again afterwards: copy what is to last. */
export type Visit = (keyAt: number, valueAt: number) => void;

/** Made for every pair of buffers that entries are read into. */
export type Visitor = (keys: Memory, values: Memory) => Visit;

export function isPerCpu(type: MapType): boolean {
  return type.includes('percpu');
}

/** Bytes of one entry's value as the kernel hands it out: for per-CPU maps rounded up to 8, once per CPU. */
export function valueStride(plan: Pick<MapPlan, 'type' | 'valueBytes'>, possibleCpus: number): number {
  return isPerCpu(plan.type) ? roundUp(plan.valueBytes, 8) * possibleCpus : plan.valueBytes;
}

/** Room for about so many bytes at once. */
const batchBytes = 1024 * 1024;
const batchEntriesMin = 64;

/** Every entry once. Entries that come or go while walking may be seen or not; the walk ends all the same. */
export function walkEntries(map: OpenMap, access: MapAccess, visitor: Visitor): Result<void, SysError> {
  const entryBytes = map.plan.keyBytes + valueStride(map.plan, access.possibleCpus);
  const entriesWanted = Math.max(batchEntriesMin, Math.floor(batchBytes / entryBytes));
  const walk = new BatchWalk(map, access, visitor, Math.min(Math.max(map.plan.entriesMax, 1), entriesWanted));
  for (;;) {
    const batch = walk.next();
    if (!batch.ok) return walk.begun || !hasNoBatches(batch.error) ? batch : walkByKeys(map, access, visitor);
    if (batch.value.done) return ok(undefined);
  }
}

/** All keys, as copies. */
export function walkKeys(map: OpenMap, access: MapAccess): Result<readonly Uint8Array[], SysError> {
  const found: Uint8Array[] = [];
  const { keyBytes } = map.plan;
  const walked = walkEntries(
    map,
    access,
    (keys) => (keyAt) => found.push(keys.u8.slice(keyAt, keyAt + keyBytes)),
  );
  return walked.ok ? ok(found) : walked;
}

/** bpf(2) answers with one of these if the kernel, or the map's type, has no batch operations. */
const hasNoBatches = (error: SysError): boolean =>
  ['EINVAL', 'ENOTSUPP', 'EOPNOTSUPP', 'ENOTSUP'].includes(error.name);

/** The buffers of a walk in batches, grown when one bucket of the hash doesn't fit. */
class BatchWalk {
  readonly #map: OpenMap;
  readonly #access: MapAccess;
  readonly #visitor: Visitor;
  readonly #position: Uint8Array;
  #entries: number;
  #keys: Memory;
  #values: Memory;
  #visit: Visit;
  begun = false;

  constructor(map: OpenMap, access: MapAccess, visitor: Visitor, entries: number) {
    this.#map = map;
    this.#access = access;
    this.#visitor = visitor;
    this.#position = new Uint8Array(Math.max(8, map.plan.keyBytes));
    this.#entries = entries;
    [this.#keys, this.#values] = this.#buffers();
    this.#visit = visitor(this.#keys, this.#values);
  }

  next(): Result<Batch, SysError> {
    for (;;) {
      const batch = this.#read();
      if (!batch.ok && batch.error.name === 'ENOSPC' && this.#grow()) continue;
      if (!batch.ok) return batch;
      this.begun = true;
      const { keyBytes } = this.#map.plan;
      const stride = valueStride(this.#map.plan, this.#access.possibleCpus);
      for (let index = 0; index < batch.value.count; index++) this.#visit(index * keyBytes, index * stride);
      return batch;
    }
  }

  #read(): Result<Batch, SysError> {
    return this.#access.api.lookupBatch(this.#map.fd, {
      position: this.#position,
      first: !this.begun,
      keys: this.#keys.u8,
      values: this.#values.u8,
      entriesMax: this.#entries,
    });
  }

  /** False once there is room for the whole map: more doesn't help. */
  #grow(): boolean {
    const { entriesMax } = this.#map.plan;
    if (this.#entries >= entriesMax) return false;
    this.#entries = Math.min(entriesMax, this.#entries * 4);
    [this.#keys, this.#values] = this.#buffers();
    this.#visit = this.#visitor(this.#keys, this.#values);
    return true;
  }

  #buffers(): [keys: Memory, values: Memory] {
    const { plan } = this.#map;
    const stride = valueStride(plan, this.#access.possibleCpus);
    return [
      memoryOver(new ArrayBuffer(this.#entries * plan.keyBytes)),
      memoryOver(new ArrayBuffer(this.#entries * stride)),
    ];
  }
}

/**
 * Key by key. If the key just seen is dropped, the kernel begins again at the first (kernel/bpf/hashtab.c, htab_map_get_next_key): so keys are
 * remembered, each is visited once, and after so many steps that every key could have been seen several times the walk ends.
 */
function walkByKeys(
  map: OpenMap,
  { api, possibleCpus }: MapAccess,
  visitor: Visitor,
): Result<void, SysError> {
  const { plan, fd } = map;
  const keys = memoryOver(new ArrayBuffer(plan.keyBytes));
  const values = memoryOver(new ArrayBuffer(valueStride(plan, possibleCpus)));
  const visit = visitor(keys, values);
  const seen = new Set<string>();
  const stepsMax = 4 * plan.entriesMax + 16;
  let last: Uint8Array | undefined;
  for (let step = 0; step < stepsMax; step++) {
    const next = api.nextKey(fd, last, keys.u8);
    if (!next.ok) return failed(next.error);
    if (!next.value) break;
    last = keys.u8.slice();
    const id = keys.bytes.toString('latin1');
    if (seen.has(id)) continue;
    seen.add(id);
    const found = api.lookup(fd, last, values.u8);
    if (!found.ok) return failed(found.error);
    if (found.value) visit(0, 0);
  }
  return ok(undefined);
}
