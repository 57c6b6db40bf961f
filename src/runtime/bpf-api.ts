/**
 * Port: all that the runtime asks of the kernel. runtime/kernel/real-bpf.ts does it for real, tests/support/fake-bpf.ts in memory.
 * Above this line there are branded descriptors, bytes and numbers; never a pointer, never a bare errno.
 */

import type { Result, SysError } from '../base/result.ts';
import type { MapType, ProgramType } from '../plan/plan.ts';

export type FdKind = 'map' | 'program' | 'btf' | 'link' | 'perf-event' | 'process' | 'walk' | 'stats';

declare const fdKind: unique symbol;

/** A file descriptor that knows what it is of: mixing two kinds doesn't compile. */
export type Fd<K extends FdKind = FdKind> = number & { readonly [fdKind]: K };

/** Brand a descriptor that a system call has just returned. Only implementations of BpfApi call this. */
export function asFd<K extends FdKind>(fd: number): Fd<K> {
  return fd as Fd<K>;
}

/** Kinds of kernel objects that have ids and can be listed. */
export type ObjectKind = 'program' | 'map' | 'link' | 'btf';

export interface MapSpec {
  readonly type: MapType;
  /** The kernel keeps 15 characters of it; what it doesn't accept in a name becomes `_`. */
  readonly name: string;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly entriesMax: number;
  /** BPF_F_…; none if absent. */
  readonly flags?: number;
  /** Of an array of maps: one like those that it is to hold. */
  readonly like?: Fd<'map'>;
  /** Types of key and value in the object's BTF, for those who look at the map from outside. */
  readonly btf?: { readonly fd: Fd<'btf'>; readonly keyType: number; readonly valueType: number };
}

/** Records of .BTF.ext as the kernel takes them: offsets counted in instructions. */
export interface BtfRecords {
  readonly recordBytes: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

export type ExpectedAttachType = 'fentry' | 'fexit' | 'iter';

/** How the kernel takes many places at once. */
export type MultiAttachType = 'uprobe-multi' | 'kprobe-multi' | 'kprobe-session';

/** What an iterator walks (union bpf_iter_link_info); everything of its kind by default. */
export interface WalkSpec {
  /** Only this process's; since 6.1. */
  readonly process?: number;
  /** Of cgroups: enum bpf_cgroup_iter_order. */
  readonly order?: number;
}

/** Places of one file, for one program. */
export interface UprobeLinkSpec {
  readonly path: string;
  /** Offsets in the file; `semaphore` is that of a counter which the kernel keeps above zero while the place is probed. */
  readonly places: readonly { readonly offset: number; readonly semaphore?: number }[];
  readonly return: boolean;
  /** Only this process. */
  readonly pid?: number;
}

/** Functions of the kernel, for one program. */
export interface KprobeLinkSpec {
  /** By name, of which the kernel takes the first function that it can trace; or by address. At least one. */
  readonly functions: { readonly names: readonly string[] } | { readonly addresses: readonly bigint[] };
  /** Both: the program must have been loaded as a session. */
  readonly at: 'entry' | 'return' | 'both';
}

export interface ProgramSpec {
  readonly name: string;
  readonly type: ProgramType;
  readonly license: string;
  /** Map references already resolved to descriptors. */
  readonly instructions: Uint8Array;
  readonly btf?: { readonly fd: Fd<'btf'>; readonly functions?: BtfRecords; readonly lines?: BtfRecords };
  /** For programs that one link attaches to many places. */
  readonly multi?: MultiAttachType;
  /** For tracing programs. `btfObject` is absent for the kernel's own types, else the module's BTF. */
  readonly tracing?: {
    readonly attachType: ExpectedAttachType;
    readonly btfId: number;
    readonly btfObject?: Fd<'btf'>;
    /** Of a function of a BPF program: that, instead. */
    readonly program?: Fd<'program'>;
  };
}

/** The kernel's log of a load. Asking for one costs; not asking costs nothing. */
export interface LogRequest {
  /** 1: why it was refused. 2: every instruction's state, also of accepted programs. 4 added: statistics. */
  readonly level: number;
  /** Size of the buffer that the kernel writes into. */
  readonly bytes: number;
}

export interface KernelLog {
  /** What the kernel wrote, without the final NUL; empty if no log was asked for. */
  readonly text: string;
  /** Bytes that the whole log needs, NUL included, where the kernel says it (6.4 and later). */
  readonly trueBytes?: number;
}

export interface LoadOutcome<K extends FdKind> {
  readonly result: Result<Fd<K>, SysError>;
  readonly log: KernelLog;
}

/** perf_event_attr, the parts that we use (man 2 perf_event_open). */
export interface PerfEventSpec {
  readonly type: number;
  readonly config: bigint;
  /** Symbol of a kprobe, path of a uprobe. */
  readonly target?: string;
  /** Offset behind the symbol, or in the file; a kernel address if there is no symbol. */
  readonly targetOffset?: bigint;
  /** perf_event_attr.bp_addr, .bp_len and .bp_type. */
  readonly breakpoint?: { readonly address: bigint; readonly bytes: number; readonly access: number };
  readonly sample?: { readonly every: bigint } | { readonly hertz: bigint };
  /** A thread; all of them if absent. */
  readonly pid?: number;
  /** Threads that the thread will start count too. */
  readonly inherit?: boolean;
  /** All CPUs if absent, which needs a thread. */
  readonly cpu?: number;
}

export interface PerfCount {
  /** In the event's own unit: nanoseconds for clocks. */
  readonly count: bigint;
  /** For how long it could count. */
  readonly enabledNs: bigint;
}

export interface ProgramInfo {
  readonly id: number;
  readonly name: string;
  /** Instructions after the verifier has rewritten them. */
  readonly instructions: number;
  /** Zero unless kernel.bpf_stats_enabled is set. */
  readonly runTimeNs: bigint;
  readonly runCount: bigint;
  /** Runs left out because the program was already running on that CPU; absent where the kernel doesn't count (before 5.12). */
  readonly recursionMisses?: bigint;
}

export interface LinkInfo {
  readonly id: number;
  /** Times that the kernel couldn't run the probe; absent where the kernel doesn't say (before 6.7, and for other kinds than those of kprobes). */
  readonly missed?: bigint;
}

export interface MapInfo {
  readonly id: number;
  readonly name: string;
  readonly type: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly entriesMax: number;
}

/** A stretch of a map's entries, read in one call. */
export interface Batch {
  /** Entries now in the buffers. */
  readonly count: number;
  /** True if these were the last. */
  readonly done: boolean;
}

export interface BatchRequest {
  /** Where to go on, written by the kernel: at least 4 bytes and at least the key's size; given back for the next call. */
  readonly position: Uint8Array;
  /** True for the first call: the position is then only written. */
  readonly first: boolean;
  readonly keys: Uint8Array;
  /** For per-CPU maps each value is `valueBytes` rounded up to 8, times the possible CPUs. */
  readonly values: Uint8Array;
  readonly entriesMax: number;
  /** Remove what is read (hash maps only). */
  readonly remove?: boolean;
}

/**
 * The ring's memory, mapped in place (kernel/bpf/ringbuf.c). Positions are u64 counters that only grow; read and write them with Atomics.
 * Nothing may touch these buffers after `unmap`: the memory is gone, not copied.
 */
export interface RingMemory {
  /** Our position: the first 8 bytes, writable. */
  readonly consumer: ArrayBuffer;
  /** The kernel's position: the first 8 bytes, read-only memory. */
  readonly producer: ArrayBuffer;
  /** The ring and its beginning once more, so that a record that wraps lies in one piece; read-only memory. */
  readonly data: ArrayBuffer;
  /** Size of the ring; what is behind it in `data` is its beginning. */
  readonly bytes: number;
  unmap(): void;
}

export interface ReadableWatch {
  close(): void;
}

/** Records that the kernel writes on one CPU, in memory that it shares with us. */
export interface PerfRecords {
  readonly fd: Fd<'perf-event'>;
  /** Everything that is there now, the oldest first; the bytes are the caller's to keep. */
  take(visit: (record: Uint8Array) => void): void;
  /** Calls back when there is something to take. */
  watch(onReadable: () => void): ReadableWatch;
  close(): void;
}

export interface PacketRun {
  /** What the program returned, the last time. */
  readonly returned: number;
  /** As the kernel measured it. */
  readonly averageNs: number;
}

export type UpdateFlag = 'any' | 'new' | 'existing';

export interface BpfApi {
  /** Only before 5.11, where maps count as locked memory: lift the limit for this process. */
  raiseLockedMemoryLimit(): Result<void, SysError>;

  createMap(spec: MapSpec): Result<Fd<'map'>, SysError>;
  loadBtf(bytes: Uint8Array, log?: LogRequest): LoadOutcome<'btf'>;
  /** EINVAL, EACCES: see the log. EPERM: capabilities. ENOSPC: the log buffer was too small (the program may be fine). */
  loadProgram(spec: ProgramSpec, log?: LogRequest): LoadOutcome<'program'>;

  openPerfEvent(spec: PerfEventSpec): Result<Fd<'perf-event'>, SysError>;
  /** A link that detaches when closed. Since 5.15; EINVAL before. */
  linkPerfEvent(program: Fd<'program'>, event: Fd<'perf-event'>): Result<Fd<'link'>, SysError>;
  /** The older way: the program stays with the event until that is closed. */
  setPerfEventProgram(program: Fd<'program'>, event: Fd<'perf-event'>): Result<void, SysError>;
  enablePerfEvent(event: Fd<'perf-event'>): Result<void, SysError>;
  /** What programs on one CPU write to the perf event that they find in a map. The caller closes it. */
  openPacketEvents(cpu: number): Result<PerfRecords, SysError>;
  /** It counts no more, and runs nothing; its links stay. */
  disablePerfEvent(event: Fd<'perf-event'>): Result<void, SysError>;
  readPerfEvent(event: Fd<'perf-event'>): Result<PerfCount, SysError>;
  /** Runs of all programs of the machine are counted and timed until the descriptor is closed. Since 5.8. */
  enableStats(): Result<Fd<'stats'>, SysError>;
  /** Many uprobes by one link, all of them or none; the program must have been loaded for it. Since 6.6. */
  linkUprobes(program: Fd<'program'>, spec: UprobeLinkSpec): Result<Fd<'link'>, SysError>;
  /**
   * Many functions of the kernel by one link, all of them or none. ESRCH: one of the names can't be traced; EINVAL: one of the addresses, or
   * the kernel has no such links (before 5.18; sessions before 6.10); EOPNOTSUPP: it was built without; E2BIG: a name is longer than any.
   */
  linkKprobes(program: Fd<'program'>, spec: KprobeLinkSpec): Result<Fd<'link'>, SysError>;
  /** Raw tracepoints by name; fentry and fexit programs without one (they know their target from load). */
  openRawTracepoint(program: Fd<'program'>, name?: string): Result<Fd<'link'>, SysError>;
  /** An iterator's program, ready to be walked as often as one likes. */
  linkIterator(program: Fd<'program'>, spec: WalkSpec): Result<Fd<'link'>, SysError>;
  /**
   * Leaves a link at a path of the BPF file system, where it stays when its descriptor is closed. EEXIST: there is something. ENOENT: there
   * is no such folder. EPERM: that is no BPF file system.
   */
  pin(link: Fd<'link'>, path: string): Result<void, SysError>;
  /** A walk from the first object on. */
  openWalk(link: Fd<'link'>): Result<Fd<'walk'>, SysError>;
  /**
   * Goes on with a walk until the program has written something; gives the bytes read, 0 at the end. A call for one byte stops behind the
   * object that wrote; what else it wrote is read by the next call. E2BIG: it wrote more than the kernel holds (32 KiB). EAGAIN: nothing
   * was written for very many objects, call again.
   */
  readWalk(walk: Fd<'walk'>, bytes: Uint8Array): Result<number, SysError>;
  /** Run a raw_tracepoint program once, here and now, with these context words; yields what it returned. Since 5.10. */
  runProgram(program: Fd<'program'>, context?: BigUint64Array): Result<number, SysError>;
  /** Run an xdp program so many times on a packet of zeros, the shortest that there can be. EINTR: a signal came meanwhile. Since 4.12. */
  runOnPacket(program: Fd<'program'>, repeats: number): Result<PacketRun, SysError>;

  /** From now on nobody may change it from outside, and the verifier knows what it holds. Since 5.2. */
  freeze(map: Fd<'map'>): Result<void, SysError>;
  /** False if there is no such key. `value` must have room for all CPUs of a per-CPU map. */
  lookup(map: Fd<'map'>, key: Uint8Array, value: Uint8Array): Result<boolean, SysError>;
  update(map: Fd<'map'>, key: Uint8Array, value: Uint8Array, flag?: UpdateFlag): Result<void, SysError>;
  /** False if there was no such key. */
  delete(map: Fd<'map'>, key: Uint8Array): Result<boolean, SysError>;
  /** The key behind `key`, the first if undefined (or if `key` is gone); false after the last. */
  nextKey(map: Fd<'map'>, key: Uint8Array | undefined, next: Uint8Array): Result<boolean, SysError>;
  /**
   * Many entries at once. ENOSPC: a bucket of the hash is larger than the buffers, ask again with larger ones.
   * EINVAL or ENOTSUPP: this kernel or this map type has no batches, walk by nextKey.
   */
  lookupBatch(map: Fd<'map'>, request: BatchRequest): Result<Batch, SysError>;

  programInfo(program: Fd<'program'>): Result<ProgramInfo, SysError>;
  /** A program's functions that fentry and fexit can be attached to, by their ids in its BTF; none if it has no BTF or is no machine code. */
  programFunctions(
    program: Fd<'program'>,
  ): Result<readonly { readonly name: string; readonly btfId: number }[], SysError>;
  linkInfo(link: Fd<'link'>): Result<LinkInfo, SysError>;
  mapInfo(map: Fd<'map'>): Result<MapInfo, SysError>;
  /** The next id behind `id`; undefined after the last. Needs CAP_SYS_ADMIN. */
  nextId(kind: ObjectKind, id: number): Result<number | undefined, SysError>;
  openById<K extends ObjectKind>(kind: K, id: number): Result<Fd<K>, SysError>;

  /** BTF of a kernel module that is loaded; undefined if it has none. Since 5.11. */
  openModuleBtf(module: string): Result<Fd<'btf'> | undefined, SysError>;

  /** `bytes` is the ring's size as created; no record is longer than `recordBytesMax`. */
  mapRing(map: Fd<'map'>, bytes: number, recordBytesMax: number): Result<RingMemory, SysError>;
  /**
   * Call back in the event loop whenever the ring has data, or the process has ended; again and again while that lasts (level-triggered).
   * Sleeps in epoll with the rest of the loop: no thread, no time-out, timers and signals come through. Keeps the process alive until closed.
   */
  watchReadable(fd: Fd<'map' | 'process'>, onReadable: () => void): ReadableWatch;

  /** A descriptor that becomes readable when the process ends. ESRCH: there is none. Since 5.3. */
  openProcess(pid: number): Result<Fd<'process'>, SysError>;

  /**
   * Wait until every program that was running when a link was closed has returned: its last records are in the ring then.
   * Programs run in RCU read-side sections, so a grace period does it.
   */
  waitForPrograms(): void;

  /** Every failure of close is a fault of ours. */
  close(fd: Fd): void;
  /** The same for many at once: closing a link waits for the kernel's grace period, and these wait for the same one. */
  closeTogether(fds: readonly Fd[]): void;
}
