/**
 * The kernel in memory, for tests of runtime/ without root: records what is asked of it, keeps maps, feeds a ring.
 * Say with `refuse` what shall fail. Anything wrong with how it is used (a closed descriptor, bytes of the wrong length) throws.
 */

import { assert, present } from '../../src/base/assert.ts';
import type { Result, SysError } from '../../src/base/result.ts';
import { failed, ok } from '../../src/base/result.ts';
import { mapTypes } from '../../src/plan/plan.ts';
import type {
  BpfApi,
  Fd,
  FdKind,
  KernelLog,
  LogRequest,
  MapSpec,
  PerfEventSpec,
  ProgramSpec,
  RingMemory,
} from '../../src/runtime/bpf-api.ts';
import { asFd } from '../../src/runtime/bpf-api.ts';
import { syntheticRing } from './synthetic-ring.ts';
import type { SyntheticRing } from './synthetic-ring.ts';

/** A call that was made, as a test wants to see it: `createMap AT_x`. */
export type Call = string;

interface FakeMap {
  readonly spec: MapSpec;
  readonly valueBytes: number;
  readonly entries: Map<string, Uint8Array>;
}

export interface FakeObject {
  readonly kind: FdKind;
  readonly name: string;
  readonly map?: FakeMap;
  readonly program?: ProgramSpec;
  readonly event?: PerfEventSpec;
}

/** How a call is to fail: `bytes` is what the kernel would write into the log. */
export interface Refusal {
  readonly errno: string;
  readonly log?: string;
  /** Kernels before 6.4 don't say how long a log is. */
  readonly withoutTrueBytes?: true;
}

export interface FakeBpf extends BpfApi {
  readonly calls: readonly Call[];
  /** What is open now. */
  readonly open: readonly string[];
  /** From now on, calls whose text begins so fail, the first that fits; `times` of them only, if given. */
  refuse(call: string, refusal: Refusal | string, times?: number): void;
  /** What runProgram of this program does, beside returning 0. */
  onRun(program: string, run: () => void): void;
  /** Misses that programInfo and linkInfo tell. */
  misses(counts: { readonly recursion?: bigint; readonly missed?: bigint }): void;
  /** The ring of a map that was mapped: send records into it, then `wake`. */
  ring(): SyntheticRing;
  /** Call those who watch descriptors of this kind. */
  wake(kind: 'map' | 'process'): void;
  /** The object behind a descriptor. */
  object(fd: Fd): FakeObject;
  /** Entries of a map by its symbol: hexadecimal key to value. */
  entries(symbol: string): Map<string, Uint8Array>;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export function fakeBpf({ possibleCpus = 2 }: { readonly possibleCpus?: number } = {}): FakeBpf {
  const calls: Call[] = [];
  const objects = new Map<number, FakeObject>();
  const refusals: { readonly call: string; readonly refusal: Refusal; times: number }[] = [];
  const runs = new Map<string, () => void>();
  const watches: { readonly kind: FdKind; readonly onReadable: () => void }[] = [];
  let counts: { readonly recursion?: bigint; readonly missed?: bigint } = {};
  let nextFd = 100;
  let ring: SyntheticRing | undefined;

  const get = (fd: Fd): FakeObject => present(objects.get(fd), `descriptor ${fd}, which is not open`);
  const refusalOf = (call: string): Refusal | undefined => {
    const found = refusals.find((refusal) => call.startsWith(refusal.call) && refusal.times > 0);
    if (found) found.times--;
    return found?.refusal;
  };
  const make = <K extends FdKind>(kind: K, call: string, object: Omit<FakeObject, 'kind'>): Result<Fd<K>, SysError> => {
    calls.push(call);
    const refusal = refusalOf(call);
    if (refusal) return failed(errorOf(call, refusal.errno));
    objects.set(nextFd, { kind, ...object });
    return ok(asFd<K>(nextFd++));
  };
  const done = (call: string): Result<void, SysError> => {
    calls.push(call);
    const refusal = refusalOf(call);
    return refusal ? failed(errorOf(call, refusal.errno)) : ok(undefined);
  };
  const mapOf = (fd: Fd<'map'>): FakeMap => present(get(fd).map, 'a map');
  const load = <K extends 'btf' | 'program'>(kind: K, call: string, object: Omit<FakeObject, 'kind'>, log?: LogRequest) => {
    // The call's text without its log is what refusals name.
    const refusal = refusalOf(call);
    calls.push(log ? `${call} log=${log.bytes}` : call);
    if (refusal === undefined) {
      objects.set(nextFd, { kind, ...object });
      return { result: ok(asFd<K>(nextFd++)), log: { text: '' } };
    }
    return refusedLoad<K>(call, refusal, log);
  };
  const entry = (fd: Fd<'map'>, key: Uint8Array): { readonly map: FakeMap; readonly key: string } => {
    const map = mapOf(fd);
    assert(key.length === map.spec.keyBytes, `a key of ${map.spec.name} has ${map.spec.keyBytes} bytes, not ${key.length}`);
    return { map, key: hex(key) };
  };

  return {
    calls,
    get open() {
      return [...objects.values()].map(({ kind, name }) => `${kind} ${name}`);
    },
    refuse: (call, refusal, times = Infinity) => void refusals.push({ call, refusal: typeof refusal === 'string' ? { errno: refusal } : refusal, times }),
    onRun: (program, run) => void runs.set(program, run),
    misses: (given) => void (counts = given),
    ring: () => present(ring, 'the ring, which was not mapped'),
    wake: (kind) => {
      for (const watch of watches.filter((candidate) => candidate.kind === kind)) watch.onReadable();
    },
    object: get,
    entries: (symbol) => present([...objects.values()].find(({ map }) => map?.spec.name === symbol)?.map, `map ${symbol}`).entries,

    raiseLockedMemoryLimit: () => done('raiseLockedMemoryLimit'),
    createMap: (spec) => {
      const perCpu = spec.type.includes('percpu');
      const map: FakeMap = { spec, valueBytes: perCpu ? Math.ceil(spec.valueBytes / 8) * 8 * possibleCpus : spec.valueBytes, entries: new Map() };
      if (spec.type === 'array' || spec.type === 'percpu-array') fillArray(map);
      return make('map', `createMap ${spec.name}`, { name: spec.name, map });
    },
    loadBtf: (_bytes, log) => load('btf', 'loadBtf', { name: 'btf' }, log),
    loadProgram: (spec, log) => load('program', `loadProgram ${spec.name}`, { name: spec.name, program: spec }, log),
    openPerfEvent: (event) => make('perf-event', `openPerfEvent ${event.type} ${event.target ?? event.config}`, { name: event.target ?? String(event.config), event }),
    linkPerfEvent: (program, event) => make('link', `linkPerfEvent ${get(program).name}`, { name: get(event).name }),
    setPerfEventProgram: (program, event) => done(`setPerfEventProgram ${get(program).name} ${get(event).name}`),
    enablePerfEvent: (event) => done(`enablePerfEvent ${get(event).name}`),
    openRawTracepoint: (program, name) => make('link', `openRawTracepoint ${name ?? get(program).name}`, { name: name ?? get(program).name }),
    runProgram: (program) => {
      const call = `runProgram ${get(program).name}`;
      const result = done(call);
      if (!result.ok) return result;
      runs.get(get(program).name)?.();
      return ok(0);
    },

    lookup: (fd, key, value) => {
      const { map, key: at } = entry(fd, key);
      assert(value.length === map.valueBytes, `a value of ${map.spec.name} has ${map.valueBytes} bytes, not ${value.length}`);
      const found = map.entries.get(at);
      if (found) value.set(found);
      return ok(found !== undefined);
    },
    update: (fd, key, value) => {
      const { map, key: at } = entry(fd, key);
      assert(value.length === map.valueBytes, `a value of ${map.spec.name} has ${map.valueBytes} bytes, not ${value.length}`);
      if (!map.entries.has(at) && map.entries.size >= map.spec.entriesMax) return failed(errorOf('update', 'E2BIG'));
      map.entries.set(at, value.slice());
      return ok(undefined);
    },
    delete: (fd, key) => {
      const { map, key: at } = entry(fd, key);
      return ok(map.entries.delete(at));
    },
    nextKey: (fd, key, next) => {
      const keys = [...mapOf(fd).entries.keys()];
      const following = keys[key === undefined ? 0 : keys.indexOf(hex(key)) + 1];
      if (following !== undefined) next.set(Buffer.from(following, 'hex'));
      return ok(following !== undefined);
    },
    lookupBatch: (fd, request) => {
      const refusal = refusalOf('lookupBatch');
      if (refusal) return failed(errorOf('lookupBatch', refusal.errno));
      const map = mapOf(fd);
      const position = new DataView(request.position.buffer, request.position.byteOffset);
      const all = [...map.entries];
      // With removal, what was read is gone: the next stretch begins at the start again.
      const from = request.first || request.remove ? 0 : position.getUint32(0, true);
      const part = all.slice(from, from + request.entriesMax);
      for (const [index, [key, value]] of part.entries()) {
        request.keys.set(Buffer.from(key, 'hex'), index * map.spec.keyBytes);
        request.values.set(value, index * map.valueBytes);
        if (request.remove) map.entries.delete(key);
      }
      position.setUint32(0, from + part.length, true);
      return ok({ count: part.length, done: from + part.length >= all.length });
    },

    programInfo: (program) => {
      const { name, program: spec } = get(program);
      const instructions = present(spec, 'a program').instructions.length / 8;
      const recursion = counts.recursion === undefined ? {} : { recursionMisses: counts.recursion };
      return ok({ id: program, name, instructions, runTimeNs: 0n, runCount: 0n, ...recursion });
    },
    linkInfo: (link) => {
      get(link);
      return ok({ id: link, ...(counts.missed !== undefined && { missed: counts.missed }) });
    },
    mapInfo: (fd) => {
      const { spec } = mapOf(fd);
      return ok({ id: fd, name: spec.name, type: mapTypes[spec.type], keyBytes: spec.keyBytes, valueBytes: spec.valueBytes, entriesMax: spec.entriesMax });
    },
    nextId: (kind, id) => ok([...objects].filter(([, object]) => object.kind === kind).map(([fd]) => fd).find((fd) => fd > id)),
    openById: (kind, id) => make(kind, `openById ${kind} ${id}`, present(objects.get(id), `object ${id}`)),
    openModuleBtf: (module) => {
      const result = make('btf', `openModuleBtf ${module}`, { name: module });
      return !result.ok && result.error.name === 'ENOENT' ? ok(undefined) : result;
    },

    mapRing: (fd, bytes): Result<RingMemory, SysError> => {
      assert(mapOf(fd).spec.type === 'ringbuf' && mapOf(fd).spec.entriesMax === bytes, 'a ring is mapped as large as it is');
      ring = syntheticRing(bytes);
      return ok(ring);
    },
    watchReadable: (fd, onReadable) => {
      const watch = { kind: get(fd).kind, onReadable };
      watches.push(watch);
      return { close: () => void watches.splice(watches.indexOf(watch), 1) };
    },
    openProcess: (pid) => make('process', `openProcess ${pid}`, { name: String(pid) }),
    waitForPrograms: () => void calls.push('waitForPrograms'),
    close: (fd) => {
      const { kind, name } = get(fd);
      calls.push(`close ${kind} ${name}`);
      objects.delete(fd);
    },
    closeTogether: (fds) => {
      calls.push(`closeTogether ${fds.map((fd) => get(fd).name).join(' ')}`);
      for (const fd of fds) objects.delete(fd);
    },
  };
}

/** An array's entries exist from the start, zero. */
function fillArray(map: FakeMap): void {
  for (let index = 0; index < map.spec.entriesMax; index++) {
    map.entries.set(hex(new Uint8Array(Uint32Array.of(index).buffer)), new Uint8Array(map.valueBytes));
  }
}

/** Like the kernel: a log that doesn't fit makes the load fail with ENOSPC. */
function refusedLoad<K extends FdKind>(call: string, refusal: Refusal, request?: LogRequest): { result: Result<Fd<K>, SysError>; log: KernelLog } {
  const text = refusal.log ?? '';
  if (request === undefined) return { result: failed(errorOf(call, refusal.errno)), log: { text: '' } };
  const fits = text.length + 1 <= request.bytes;
  const log: KernelLog = {
    text: text.slice(0, request.bytes - 1),
    ...(!refusal.withoutTrueBytes && { trueBytes: text.length + 1 }),
  };
  return { result: failed(errorOf(call, fits ? refusal.errno : 'ENOSPC')), log };
}

export function errorOf(call: string, name: string): SysError {
  const numbers: Readonly<Record<string, number>> = { EPERM: 1, ENOENT: 2, E2BIG: 7, EAGAIN: 11, ENOMEM: 12, EACCES: 13, EEXIST: 17, EINVAL: 22, EMFILE: 24, ENOSPC: 28 };
  return { kind: 'sys-error', call, errno: numbers[name] ?? 5, name };
}
