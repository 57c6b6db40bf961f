/** bpf(2): one function per command, with the command's own contract. Nothing here knows what a probe or a plan is. */

import { present } from '../../base/assert.ts';
import type { Result, SysError } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import { sysError } from '../../ffi/errno.ts';
import { addressOf, declareLibc } from '../../ffi/koffi.ts';
import { mapTypes, programTypes } from '../../plan/plan.ts';
import type { Layout } from '../../types/layout.ts';
import type { DecodedShape, RecordLayout, Shape } from '../../types/record.ts';
import { decodeRecord, encodeRecord } from '../../types/record.ts';
import type {
  Batch,
  BatchRequest,
  Fd,
  FdKind,
  KernelLog,
  KprobeLinkSpec,
  LoadOutcome,
  LogRequest,
  MapSpec,
  ObjectKind,
  PacketRun,
  ProgramSpec,
  UpdateFlag,
  UprobeLinkSpec,
  WalkSpec,
} from '../bpf-api.ts';
import { asFd } from '../bpf-api.ts';
import type { BpfCommand } from './abi.ts';
import * as abi from './abi.ts';
import { close } from './process.ts';

const read = declareLibc('read', 'long', ['int', 'bytes', 'size']);
const syscall = declareLibc('syscall', 'long', ['long', 'int', 'bytes', 'uint']);

/** errno values that have a meaning of their own here. */
const ENOENT = 2;

/** MODULE_NAME_LEN is 56 on 64-bit kernels. */
const moduleNameBytes = 64;

export function createMap(spec: MapSpec): Result<Fd<'map'>, SysError> {
  return descriptor(
    command('BPF_MAP_CREATE', abi.mapCreateAttr, {
      map_type: mapTypes[spec.type],
      key_size: spec.keyBytes,
      value_size: spec.valueBytes,
      max_entries: spec.entriesMax,
      map_flags: spec.flags ?? 0,
      map_name: abi.objectNameOf(spec.name),
      ...(spec.like !== undefined && { inner_map_fd: spec.like }),
      ...(spec.btf && {
        btf_fd: spec.btf.fd,
        btf_key_type_id: spec.btf.keyType,
        btf_value_type_id: spec.btf.valueType,
      }),
    }),
  );
}

export function loadBtf(bytes: Uint8Array, log?: LogRequest): LoadOutcome<'btf'> {
  const buffer = logBuffer(log);
  const done = command(
    'BPF_BTF_LOAD',
    abi.btfLoadAttr,
    {
      btf: addressOf(bytes),
      btf_size: bytes.length,
      // A buffer with level 0 is EINVAL, and so is a level without a buffer.
      ...(log &&
        buffer && { btf_log_buf: addressOf(buffer), btf_log_size: buffer.length, btf_log_level: log.level }),
    },
    [bytes, buffer],
  );
  return { result: descriptor(done), log: kernelLog(buffer, done.attr.btf_log_true_size) };
}

export function loadProgram(spec: ProgramSpec, log?: LogRequest): LoadOutcome<'program'> {
  const buffer = logBuffer(log);
  const license = Buffer.from(`${spec.license}\0`);
  const { functions, lines, fd: btfFd } = spec.btf ?? {};
  const done = command(
    'BPF_PROG_LOAD',
    abi.programLoadAttr,
    {
      prog_type: programTypes[spec.type],
      prog_name: abi.objectNameOf(spec.name),
      insns: addressOf(spec.instructions),
      insn_cnt: spec.instructions.length / 8,
      license: addressOf(license),
      ...(btfFd !== undefined && { prog_btf_fd: btfFd }),
      ...(functions && {
        func_info: addressOf(functions.bytes),
        func_info_cnt: functions.count,
        func_info_rec_size: functions.recordBytes,
      }),
      ...(lines && {
        line_info: addressOf(lines.bytes),
        line_info_cnt: lines.count,
        line_info_rec_size: lines.recordBytes,
      }),
      ...(spec.tracing && {
        expected_attach_type: abi.attachTypes[spec.tracing.attachType],
        attach_btf_id: spec.tracing.btfId,
        // In a union with attach_prog_fd.
        attach_btf_obj_fd: spec.tracing.program ?? spec.tracing.btfObject ?? 0,
      }),
      ...(spec.multi && { expected_attach_type: abi.attachTypes[spec.multi] }),
      ...(log && buffer && { log_buf: addressOf(buffer), log_size: buffer.length, log_level: log.level }),
    },
    [spec.instructions, license, functions?.bytes, lines?.bytes, buffer],
  );
  return { result: descriptor(done), log: kernelLog(buffer, done.attr.log_true_size) };
}

/** A link of a program to a perf event; since 5.15. */
export function linkPerfEvent(program: Fd<'program'>, event: Fd<'perf-event'>): Result<Fd<'link'>, SysError> {
  return descriptor(
    command('BPF_LINK_CREATE', abi.linkCreateAttr, {
      prog_fd: program,
      target_fd: event,
      attach_type: abi.attachTypes.perfEvent,
    }),
  );
}

/** One program at many places of a file; since 6.6. EINVAL before, and if a place can't be probed. */
export function linkUprobes(program: Fd<'program'>, spec: UprobeLinkSpec): Result<Fd<'link'>, SysError> {
  const path = Buffer.from(`${spec.path}\0`);
  const offsets = BigUint64Array.from(spec.places, ({ offset }) => BigInt(offset));
  const counters = BigUint64Array.from(spec.places, ({ semaphore }) => BigInt(semaphore ?? 0));
  return descriptor(
    command(
      'BPF_LINK_CREATE',
      abi.uprobeMultiAttr,
      {
        prog_fd: program,
        attach_type: abi.attachTypes['uprobe-multi'],
        path: addressOf(path),
        offsets: addressOf(offsets),
        // Without semaphores none are asked for: kernels take a null pointer for that.
        ref_ctr_offsets: counters.some((offset) => offset > 0n) ? addressOf(counters) : 0n,
        cnt: offsets.length,
        multi_flags: spec.return ? abi.uprobeMultiReturn : 0,
        pid: spec.pid ?? 0,
      },
      [path, offsets, counters],
    ),
  );
}

/** One program at many functions of the kernel; since 5.18. */
export function linkKprobes(
  program: Fd<'program'>,
  { functions, at }: KprobeLinkSpec,
): Result<Fd<'link'>, SysError> {
  const named = 'names' in functions ? textPointers(functions.names) : undefined;
  const addresses = 'addresses' in functions ? BigUint64Array.from(functions.addresses) : undefined;
  const attachType = at === 'both' ? 'kprobe-session' : 'kprobe-multi';
  return descriptor(
    command(
      'BPF_LINK_CREATE',
      abi.kprobeMultiAttr,
      {
        prog_fd: program,
        attach_type: abi.attachTypes[attachType],
        multi_flags: at === 'return' ? abi.kprobeMultiReturn : 0,
        cnt: (named?.pointers ?? addresses)?.length ?? 0,
        syms: named ? addressOf(named.pointers) : 0n,
        addrs: addresses ? addressOf(addresses) : 0n,
      },
      [named?.pointers, named?.texts, addresses],
    ),
  );
}

/** An array of C strings, and the bytes that it points into. */
function textPointers(texts: readonly string[]): {
  readonly pointers: BigUint64Array;
  readonly texts: Uint8Array;
} {
  const bytes = Buffer.from(texts.map((text) => `${text}\0`).join(''), 'latin1');
  const start = addressOf(bytes);
  const pointers = new BigUint64Array(texts.length);
  let offset = 0;
  for (const [index, text] of texts.entries()) {
    pointers[index] = start + BigInt(offset);
    offset += text.length + 1;
  }
  return { pointers, texts: bytes };
}

export function linkIterator(
  program: Fd<'program'>,
  { process, order }: WalkSpec,
): Result<Fd<'link'>, SysError> {
  const info =
    process !== undefined
      ? encodeRecord(abi.taskWalkInfo, { pid: process })
      : order !== undefined
        ? encodeRecord(abi.cgroupWalkInfo, { order })
        : undefined;
  return descriptor(
    command(
      'BPF_LINK_CREATE',
      abi.iteratorLinkAttr,
      {
        prog_fd: program,
        attach_type: abi.attachTypes.iter,
        ...(info && { iter_info: addressOf(info), iter_info_len: info.length }),
      },
      [info],
    ),
  );
}

export function pin(link: Fd<'link'>, path: string): Result<void, SysError> {
  const pathname = Buffer.from(`${path}\0`);
  const done = command('BPF_OBJ_PIN', abi.pinAttr, { pathname: addressOf(pathname), bpf_fd: link }, [
    pathname,
  ]);
  return done.returned.ok ? ok(undefined) : done.returned;
}

export function openWalk(link: Fd<'link'>): Result<Fd<'walk'>, SysError> {
  return descriptor(command('BPF_ITER_CREATE', abi.iteratorCreateAttr, { link_fd: link }));
}

export function readWalk(walk: Fd<'walk'>, bytes: Uint8Array): Result<number, SysError> {
  const count = read(walk, bytes, bytes.length);
  return count < 0 ? failed(sysError('read of an iterator')) : ok(count);
}

export function enableStats(): Result<Fd<'stats'>, SysError> {
  return descriptor(command('BPF_ENABLE_STATS', abi.enableStatsAttr, {}));
}

export function openRawTracepoint(program: Fd<'program'>, name?: string): Result<Fd<'link'>, SysError> {
  const text = name === undefined ? undefined : Buffer.from(`${name}\0`);
  return descriptor(
    command(
      'BPF_RAW_TRACEPOINT_OPEN',
      abi.rawTracepointAttr,
      { prog_fd: program, name: text ? addressOf(text) : 0n },
      [text],
    ),
  );
}

export function testRun(program: Fd<'program'>, context?: BigUint64Array): Result<number, SysError> {
  const done = command(
    'BPF_PROG_TEST_RUN',
    abi.testRunAttr,
    { prog_fd: program, ...(context && { ctx_in: addressOf(context), ctx_size_in: context.byteLength }) },
    [context],
  );
  return done.returned.ok ? ok(done.attr.retval) : done.returned;
}

export function freeze(map: Fd<'map'>): Result<void, SysError> {
  const { returned } = command('BPF_MAP_FREEZE', abi.mapElementAttr, { map_fd: map });
  return returned.ok ? ok(undefined) : returned;
}

/** ETH_HLEN: the kernel takes no shorter packet (net/bpf/test_run.c). */
const packetBytes = 14;

export function testRunOnPacket(program: Fd<'program'>, repeats: number): Result<PacketRun, SysError> {
  const packet = new Uint8Array(packetBytes);
  const done = command(
    'BPF_PROG_TEST_RUN',
    abi.testRunAttr,
    { prog_fd: program, data_in: addressOf(packet), data_size_in: packet.length, repeat: repeats },
    [packet],
  );
  return done.returned.ok ? ok({ returned: done.attr.retval, averageNs: done.attr.duration }) : done.returned;
}

export function lookup(map: Fd<'map'>, key: Uint8Array, value: Uint8Array): Result<boolean, SysError> {
  return found(element('BPF_MAP_LOOKUP_ELEM', map, key, value));
}

export function update(
  map: Fd<'map'>,
  key: Uint8Array,
  value: Uint8Array,
  flag: UpdateFlag = 'any',
): Result<void, SysError> {
  const done = element('BPF_MAP_UPDATE_ELEM', map, key, value, abi.updateFlags[flag]);
  return done.ok ? ok(undefined) : done;
}

export function remove(map: Fd<'map'>, key: Uint8Array): Result<boolean, SysError> {
  return found(element('BPF_MAP_DELETE_ELEM', map, key));
}

export function nextKey(
  map: Fd<'map'>,
  key: Uint8Array | undefined,
  next: Uint8Array,
): Result<boolean, SysError> {
  return found(element('BPF_MAP_GET_NEXT_KEY', map, key, next));
}

/** -1 with ENOENT is the ordinary end of a map, and the count written back is valid then. */
export function lookupBatch(map: Fd<'map'>, request: BatchRequest): Result<Batch, SysError> {
  const position = addressOf(request.position);
  const done = command(
    request.remove ? 'BPF_MAP_LOOKUP_AND_DELETE_BATCH' : 'BPF_MAP_LOOKUP_BATCH',
    abi.mapBatchAttr,
    {
      map_fd: map,
      in_batch: request.first ? 0n : position,
      out_batch: position,
      keys: addressOf(request.keys),
      values: addressOf(request.values),
      count: request.entriesMax,
    },
    [request.position, request.keys, request.values],
  );
  if (done.returned.ok) return ok({ count: done.attr.count, done: false });
  return done.returned.error.errno === ENOENT ? ok({ count: done.attr.count, done: true }) : done.returned;
}

const idCommands = {
  program: { next: 'BPF_PROG_GET_NEXT_ID', open: 'BPF_PROG_GET_FD_BY_ID' },
  map: { next: 'BPF_MAP_GET_NEXT_ID', open: 'BPF_MAP_GET_FD_BY_ID' },
  link: { next: 'BPF_LINK_GET_NEXT_ID', open: 'BPF_LINK_GET_FD_BY_ID' },
  btf: { next: 'BPF_BTF_GET_NEXT_ID', open: 'BPF_BTF_GET_FD_BY_ID' },
} as const satisfies Record<ObjectKind, { next: BpfCommand; open: BpfCommand }>;

export function nextId(kind: ObjectKind, id: number): Result<number | undefined, SysError> {
  const done = command(idCommands[kind].next, abi.idAttr, { start_id: id });
  if (done.returned.ok) return ok(done.attr.next_id);
  return done.returned.error.errno === ENOENT ? ok(undefined) : done.returned;
}

export function openById<K extends ObjectKind>(kind: K, id: number): Result<Fd<K>, SysError> {
  return descriptor(command(idCommands[kind].open, abi.idAttr, { start_id: id }));
}

/** Modules' BTF has no path to open: it is found by its name among all BTF objects. */
export function openModuleBtf(module: string): Result<Fd<'btf'> | undefined, SysError> {
  let id: number | undefined = 0;
  for (;;) {
    const next: Result<number | undefined, SysError> = nextId('btf', id);
    if (!next.ok || next.value === undefined) return next.ok ? ok(undefined) : next;
    id = next.value;
    const btf = openById('btf', id);
    if (!btf.ok && btf.error.errno === ENOENT) continue; // it went away meanwhile
    if (!btf.ok) return btf;
    if (btfName(btf.value) === module) return btf;
    close(btf.value);
  }
}

/** Name of a kernel BTF object; empty for those that programs brought along. */
function btfName(btf: Fd<'btf'>): string {
  const name = new Uint8Array(moduleNameBytes);
  const buffer = encodeRecord(abi.btfInfo, { name: addressOf(name), name_len: name.length });
  const done = command(
    'BPF_OBJ_GET_INFO_BY_FD',
    abi.infoAttr,
    { bpf_fd: btf, info: addressOf(buffer), info_len: buffer.length },
    [buffer, name],
  );
  return done.returned.ok && decodeRecord(abi.btfInfo, buffer).kernel_btf === 1 ? abi.textUntilNul(name) : '';
}

/**
 * An object's info, as much of the layout as this kernel fills in; `bytes` says how much that was. What is `wanted` beside numbers says where
 * it is to be written to: addresses of the buffers that are `kept`, and their lengths.
 */
export function objectInfo<S extends Shape>(
  fd: Fd,
  layout: RecordLayout<S>,
  wanted: Partial<DecodedShape<S>> = {},
  kept: readonly ArrayBufferView[] = [],
): Result<{ readonly info: DecodedShape<S>; readonly bytes: number }, SysError> {
  const buffer = encodeRecord(layout, wanted);
  const done = command(
    'BPF_OBJ_GET_INFO_BY_FD',
    abi.infoAttr,
    { bpf_fd: fd, info: addressOf(buffer), info_len: buffer.length },
    [buffer, ...kept],
  );
  return done.returned.ok
    ? ok({ info: decodeRecord(layout, buffer), bytes: done.attr.info_len })
    : done.returned;
}

/** True if the kernel filled a field in: it writes no more of a struct than it knows. */
export function hasField(layout: Layout, name: string, bytes: number): boolean {
  const slot = present(
    layout.slots.find((candidate) => candidate.name === name),
    name,
  );
  return slot.offset < bytes;
}

type ElementCommand = Extract<BpfCommand, `BPF_MAP_${string}_ELEM` | 'BPF_MAP_GET_NEXT_KEY'>;

function element(
  name: ElementCommand,
  map: Fd<'map'>,
  key?: Uint8Array,
  value?: Uint8Array,
  flags = 0n,
): Result<number, SysError> {
  return command(
    name,
    abi.mapElementAttr,
    { map_fd: map, key: key ? addressOf(key) : 0n, value: value ? addressOf(value) : 0n, flags },
    [key, value],
  ).returned;
}

interface Done<S extends Shape> {
  readonly returned: Result<number, SysError>;
  /** The attributes as the kernel left them: some commands answer in them. */
  readonly attr: DecodedShape<S>;
}

/** `kept`: the buffers whose addresses are among the values. They are looked at after the call, so that nothing collects them before. */
function command<S extends Shape>(
  name: BpfCommand,
  layout: RecordLayout<S>,
  values: Partial<DecodedShape<S>>,
  kept: readonly (ArrayBufferView | undefined)[] = [],
): Done<S> {
  const attr = encodeRecord(layout, values);
  const value = syscall(abi.systemCallNumber('bpf'), abi.bpfCommands[name], attr, attr.length);
  const returned = value < 0 ? failed(sysError(`bpf(${name})`)) : ok(value);
  for (const buffer of kept) if (buffer !== undefined) present(buffer.buffer, 'buffer');
  return { returned, attr: decodeRecord(layout, attr) };
}

function descriptor<K extends FdKind>(done: {
  readonly returned: Result<number, SysError>;
}): Result<Fd<K>, SysError> {
  return done.returned.ok ? ok(asFd<K>(done.returned.value)) : done.returned;
}

/** ENOENT is an answer here, not a failure: there is no such key. */
function found(result: Result<number, SysError>): Result<boolean, SysError> {
  if (result.ok) return ok(true);
  return result.error.errno === ENOENT ? ok(false) : result;
}

function logBuffer(log: LogRequest | undefined): Uint8Array | undefined {
  return log && new Uint8Array(log.bytes);
}

function kernelLog(buffer: Uint8Array | undefined, trueBytes: number): KernelLog {
  if (buffer === undefined) return { text: '' };
  return { text: abi.textUntilNul(buffer), ...(trueBytes > 0 && { trueBytes }) };
}
