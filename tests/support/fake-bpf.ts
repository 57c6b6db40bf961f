/**
 * The kernel in memory, for tests of runtime/ without root: records what is asked of it, keeps maps, feeds a ring.
 * Say with `refuse` what shall fail. Anything wrong with how it is used (a closed descriptor, bytes of the wrong length) throws.
 */

import { assert, present } from '../../src/base/assert.ts';
import type { Result, SysError } from '../../src/base/result.ts';
import { failed, ok } from '../../src/base/result.ts';
import { mapTypes } from '../../src/plan/plan.ts';
import type {
  Batch,
  BatchRequest,
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
  /** What a walk will give, object by object. */
  walks(objects: readonly Uint8Array[]): void;
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
  const kernel = new FakeKernel(possibleCpus);
  return {
    ...loadCalls(kernel),
    ...attachCalls(kernel),
    ...elementCalls(kernel),
    ...infoCalls(kernel),
    ...ringAndProcessCalls(kernel),
    ...testCalls(kernel),
    get open() {
      return kernel.open;
    },
  };
}

/** What is there, and what shall go wrong. */
class FakeKernel {
  readonly possibleCpus: number;
  readonly calls: Call[] = [];
  readonly objects = new Map<number, FakeObject>();
  readonly runs = new Map<string, () => void>();
  readonly watches: { readonly kind: FdKind; readonly onReadable: () => void }[] = [];
  misses: { readonly recursion?: bigint; readonly missed?: bigint } = {};
  ring: SyntheticRing | undefined;
  walked: readonly Uint8Array[] = [];
  readonly #refusals: { readonly call: string; readonly refusal: Refusal; times: number }[] = [];
  #nextFd = 100;

  constructor(possibleCpus: number) {
    this.possibleCpus = possibleCpus;
  }

  get open(): readonly string[] {
    return [...this.objects.values()].map(({ kind, name }) => `${kind} ${name}`);
  }

  get(fd: Fd): FakeObject {
    return present(this.objects.get(fd), `descriptor ${fd}, which is not open`);
  }

  map(fd: Fd<'map'>): FakeMap {
    return present(this.get(fd).map, 'a map');
  }

  /** Up to the end of what one object wrote. */
  readWalk(bytes: Uint8Array): Result<number, SysError> {
    const refusal = this.refusalOf('readWalk');
    if (refusal) return failed(errorOf('readWalk', refusal.errno));
    const [object = new Uint8Array(), ...others] = this.walked;
    const taken = object.subarray(0, bytes.length);
    bytes.set(taken);
    this.walked = taken.length < object.length ? [object.subarray(taken.length), ...others] : others;
    return ok(taken.length);
  }

  refuse(call: string, refusal: Refusal | string, times = Infinity): void {
    this.#refusals.push({ call, refusal: typeof refusal === 'string' ? { errno: refusal } : refusal, times });
  }

  refusalOf(call: string): Refusal | undefined {
    const found = this.#refusals.find((refusal) => call.startsWith(refusal.call) && refusal.times > 0);
    if (found) found.times--;
    return found?.refusal;
  }

  add<K extends FdKind>(kind: K, object: Omit<FakeObject, 'kind'>): Result<Fd<K>, never> {
    this.objects.set(this.#nextFd, { kind, ...object });
    return ok(asFd<K>(this.#nextFd++));
  }

  make<K extends FdKind>(kind: K, call: string, object: Omit<FakeObject, 'kind'>): Result<Fd<K>, SysError> {
    const done = this.done(call);
    return done.ok ? this.add(kind, object) : done;
  }

  done(call: string): Result<void, SysError> {
    this.calls.push(call);
    const refusal = this.refusalOf(call);
    return refusal ? failed(errorOf(call, refusal.errno)) : ok(undefined);
  }
}

type TestCalls = Omit<FakeBpf, keyof BpfApi | 'open'>;

function testCalls(kernel: FakeKernel): TestCalls {
  return {
    calls: kernel.calls,
    refuse: (call, refusal, times) => kernel.refuse(call, refusal, times),
    onRun: (program, run) => void kernel.runs.set(program, run),
    misses: (counts) => void (kernel.misses = counts),
    walks: (objects) => void (kernel.walked = objects),
    ring: () => present(kernel.ring, 'the ring, which was not mapped'),
    wake: (kind) => {
      for (const watch of kernel.watches.filter((candidate) => candidate.kind === kind)) watch.onReadable();
    },
    object: (fd) => kernel.get(fd),
    entries: (symbol) => {
      const named = [...kernel.objects.values()].find(({ map }) => map?.spec.name === symbol);
      return present(named?.map, `map ${symbol}`).entries;
    },
  };
}

type LoadCalls = Pick<
  BpfApi,
  | 'raiseLockedMemoryLimit'
  | 'createMap'
  | 'loadBtf'
  | 'loadProgram'
  | 'openModuleBtf'
  | 'runProgram'
  | 'runOnPacket'
>;

function loadCalls(kernel: FakeKernel): LoadCalls {
  const load = <K extends 'btf' | 'program'>(
    kind: K,
    call: string,
    object: Omit<FakeObject, 'kind'>,
    log?: LogRequest,
  ) => {
    const refusal = kernel.refusalOf(call);
    kernel.calls.push(log ? `${call} log=${log.bytes}` : call);
    return refusal
      ? refusedLoad<K>(call, refusal, log)
      : { result: kernel.add(kind, object), log: { text: '' } };
  };
  return {
    raiseLockedMemoryLimit: () => kernel.done('raiseLockedMemoryLimit'),
    createMap: (spec) =>
      kernel.make('map', `createMap ${spec.name}`, {
        name: spec.name,
        map: emptyMap(spec, kernel.possibleCpus),
      }),
    loadBtf: (_bytes, log) => load('btf', 'loadBtf', { name: 'btf' }, log),
    loadProgram: (spec, log) =>
      load('program', `loadProgram ${spec.name}`, { name: spec.name, program: spec }, log),
    openModuleBtf: (module) => {
      const result = kernel.make('btf', `openModuleBtf ${module}`, { name: module });
      return !result.ok && result.error.name === 'ENOENT' ? ok(undefined) : result;
    },
    runProgram: (program) => {
      const { name } = kernel.get(program);
      const result = kernel.done(`runProgram ${name}`);
      if (!result.ok) return result;
      kernel.runs.get(name)?.();
      return ok(0);
    },
    runOnPacket: (program, repeats) => {
      const { name } = kernel.get(program);
      const result = kernel.done(`runOnPacket ${name} ${repeats}`);
      if (!result.ok) return result;
      kernel.runs.get(name)?.();
      return ok({ returned: 0, averageNs: 5 });
    },
  };
}

type AttachCalls = Pick<
  BpfApi,
  | 'openPerfEvent'
  | 'linkPerfEvent'
  | 'setPerfEventProgram'
  | 'enablePerfEvent'
  | 'openPacketEvents'
  | 'disablePerfEvent'
  | 'readPerfEvent'
  | 'enableStats'
  | 'linkUprobes'
  | 'linkKprobes'
  | 'linkIterator'
  | 'openWalk'
  | 'pin'
  | 'readWalk'
  | 'openRawTracepoint'
>;

function attachCalls(kernel: FakeKernel): AttachCalls {
  const nameOf = (fd: Fd): string => kernel.get(fd).name;
  return {
    openPerfEvent: (event) => {
      const address = event.targetOffset && `0x${event.targetOffset.toString(16)}`;
      const name = event.target ?? (address || String(event.config));
      return kernel.make('perf-event', `openPerfEvent ${event.type} ${name}`, { name, event });
    },
    linkPerfEvent: (program, event) =>
      kernel.make('link', `linkPerfEvent ${nameOf(program)}`, { name: nameOf(event) }),
    setPerfEventProgram: (program, event) =>
      kernel.done(`setPerfEventProgram ${nameOf(program)} ${nameOf(event)}`),
    enablePerfEvent: (event) => kernel.done(`enablePerfEvent ${nameOf(event)}`),
    openPacketEvents: (cpu) => {
      const made = kernel.make('perf-event', `openPacketEvents ${cpu}`, { name: `packets ${cpu}` });
      if (!made.ok) return made;
      const watch = (): { close(): void } => ({ close: () => undefined });
      return ok({
        fd: made.value,
        take: () => undefined,
        watch,
        close: () => void kernel.objects.delete(made.value),
      });
    },
    disablePerfEvent: (event) => kernel.done(`disablePerfEvent ${nameOf(event)}`),
    readPerfEvent: (event) => {
      const result = kernel.done(`readPerfEvent ${nameOf(event)}`);
      return result.ok ? ok({ count: 0n, enabledNs: 0n }) : result;
    },
    enableStats: () => kernel.make('stats', 'enableStats', { name: 'stats' }),
    linkUprobes: (program, { path, places }) => {
      const name = `${path} ${places.map(({ offset }) => offset).join(' ')}`;
      return kernel.make('link', `linkUprobes ${nameOf(program)} ${name}`, { name });
    },
    linkKprobes: (program, { functions, at }) => {
      const places =
        'names' in functions
          ? functions.names
          : functions.addresses.map((address) => `0x${address.toString(16)}`);
      const name = `${at} ${places.join(' ')}`;
      return kernel.make('link', `linkKprobes ${nameOf(program)} ${name}`, { name });
    },
    linkIterator: (program) =>
      kernel.make('link', `linkIterator ${nameOf(program)}`, { name: nameOf(program) }),
    pin: (link, path) => kernel.done(`pin ${nameOf(link)} ${path}`),
    openWalk: (link) => kernel.make('walk', `openWalk ${nameOf(link)}`, { name: nameOf(link) }),
    readWalk: (_walk, bytes) => kernel.readWalk(bytes),
    openRawTracepoint: (program, name = nameOf(program)) =>
      kernel.make('link', `openRawTracepoint ${name}`, { name }),
  };
}

type ElementCalls = Pick<BpfApi, 'freeze' | 'lookup' | 'update' | 'delete' | 'nextKey' | 'lookupBatch'>;

function elementCalls(kernel: FakeKernel): ElementCalls {
  const entry = (fd: Fd<'map'>, key: Uint8Array): { readonly map: FakeMap; readonly key: string } => {
    const map = kernel.map(fd);
    assert(
      key.length === map.spec.keyBytes,
      `a key of ${map.spec.name} has ${map.spec.keyBytes} bytes, not ${key.length}`,
    );
    return { map, key: hex(key) };
  };
  const checkValue = ({ spec, valueBytes }: FakeMap, value: Uint8Array): void =>
    assert(
      value.length === valueBytes,
      `a value of ${spec.name} has ${valueBytes} bytes, not ${value.length}`,
    );
  return {
    lookup: (fd, key, value) => {
      const { map, key: at } = entry(fd, key);
      checkValue(map, value);
      const found = map.entries.get(at);
      if (found) value.set(found);
      return ok(found !== undefined);
    },
    freeze: (fd) => kernel.done(`freeze ${kernel.map(fd).spec.name}`),
    update: (fd, key, value) => {
      const { map, key: at } = entry(fd, key);
      checkValue(map, value);
      const isFull = !map.entries.has(at) && map.entries.size >= map.spec.entriesMax;
      if (isFull) return failed(errorOf('update', 'E2BIG'));
      map.entries.set(at, value.slice());
      return ok(undefined);
    },
    delete: (fd, key) => {
      const { map, key: at } = entry(fd, key);
      return ok(map.entries.delete(at));
    },
    nextKey: (fd, key, next) => {
      const keys = [...kernel.map(fd).entries.keys()];
      const following = keys[key === undefined ? 0 : keys.indexOf(hex(key)) + 1];
      if (following !== undefined) next.set(Buffer.from(following, 'hex'));
      return ok(following !== undefined);
    },
    lookupBatch: (fd, request) => {
      const refusal = kernel.refusalOf('lookupBatch');
      return refusal ? failed(errorOf('lookupBatch', refusal.errno)) : ok(readBatch(kernel.map(fd), request));
    },
  };
}

function readBatch(map: FakeMap, request: BatchRequest): Batch {
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
  return { count: part.length, done: from + part.length >= all.length };
}

type InfoCalls = Pick<
  BpfApi,
  'programInfo' | 'programFunctions' | 'linkInfo' | 'mapInfo' | 'nextId' | 'openById'
>;

/** Ids are the descriptors themselves here. */
function infoCalls(kernel: FakeKernel): InfoCalls {
  return {
    programInfo: (program) => {
      const { name, program: spec } = kernel.get(program);
      const instructions = present(spec, 'a program').instructions.length / 8;
      const { recursion } = kernel.misses;
      const counted = recursion === undefined ? {} : { recursionMisses: recursion };
      return ok({ id: program, name, instructions, runTimeNs: 0n, runCount: 0n, ...counted });
    },
    // Each program is one function, whose id is the program's.
    programFunctions: (program) => ok([{ name: kernel.get(program).name, btfId: program }]),
    linkInfo: (link) => {
      kernel.get(link);
      const { missed } = kernel.misses;
      return ok({ id: link, ...(missed !== undefined && { missed }) });
    },
    mapInfo: (fd) => {
      const { name, type, keyBytes, valueBytes, entriesMax } = kernel.map(fd).spec;
      return ok({ id: fd, name, type: mapTypes[type], keyBytes, valueBytes, entriesMax });
    },
    nextId: (kind, id) => {
      const ids = [...kernel.objects].filter(([, object]) => object.kind === kind).map(([fd]) => fd);
      return ok(ids.find((fd) => fd > id));
    },
    openById: (kind, id) =>
      kernel.make(kind, `openById ${kind} ${id}`, present(kernel.objects.get(id), `object ${id}`)),
  };
}

type RingAndProcessCalls = Pick<
  BpfApi,
  'mapRing' | 'watchReadable' | 'openProcess' | 'waitForPrograms' | 'close' | 'closeTogether'
>;

function ringAndProcessCalls(kernel: FakeKernel): RingAndProcessCalls {
  return {
    mapRing: (fd, bytes): Result<RingMemory, SysError> => {
      const { spec } = kernel.map(fd);
      assert(spec.type === 'ringbuf' && spec.entriesMax === bytes, 'a ring is mapped as large as it is');
      kernel.ring = syntheticRing(bytes);
      return ok(kernel.ring);
    },
    watchReadable: (fd, onReadable) => {
      const watch = { kind: kernel.get(fd).kind, onReadable };
      kernel.watches.push(watch);
      return { close: () => void kernel.watches.splice(kernel.watches.indexOf(watch), 1) };
    },
    openProcess: (pid) => kernel.make('process', `openProcess ${pid}`, { name: String(pid) }),
    waitForPrograms: () => void kernel.calls.push('waitForPrograms'),
    close: (fd) => {
      const { kind, name } = kernel.get(fd);
      kernel.calls.push(`close ${kind} ${name}`);
      kernel.objects.delete(fd);
    },
    closeTogether: (fds) => {
      kernel.calls.push(`closeTogether ${fds.map((fd) => kernel.get(fd).name).join(' ')}`);
      for (const fd of fds) kernel.objects.delete(fd);
    },
  };
}

function emptyMap(spec: MapSpec, possibleCpus: number): FakeMap {
  const isPerCpu = spec.type.includes('percpu');
  const valueBytes = isPerCpu ? Math.ceil(spec.valueBytes / 8) * 8 * possibleCpus : spec.valueBytes;
  const map: FakeMap = { spec, valueBytes, entries: new Map() };
  if (spec.type === 'array' || spec.type === 'percpu-array') fillArray(map);
  return map;
}

/** An array's entries exist from the start, zero. */
function fillArray(map: FakeMap): void {
  for (let index = 0; index < map.spec.entriesMax; index++) {
    map.entries.set(hex(new Uint8Array(Uint32Array.of(index).buffer)), new Uint8Array(map.valueBytes));
  }
}

/** Like the kernel: a log that doesn't fit makes the load fail with ENOSPC. */
function refusedLoad<K extends FdKind>(
  call: string,
  refusal: Refusal,
  request?: LogRequest,
): { result: Result<Fd<K>, SysError>; log: KernelLog } {
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
  const numbers: Readonly<Record<string, number>> = {
    EPERM: 1,
    ENOENT: 2,
    E2BIG: 7,
    EAGAIN: 11,
    ENOMEM: 12,
    EACCES: 13,
    EEXIST: 17,
    EINVAL: 22,
    EMFILE: 24,
    ENOSPC: 28,
  };
  return { kind: 'sys-error', call, errno: numbers[name] ?? 5, name };
}
