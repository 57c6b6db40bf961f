/**
 * The machines that goldens are compiled for: made up, small and always the same, so that a golden's text depends on nothing else.
 * Offsets and ids are invented too: a program made for them loads anywhere, since addresses are checked when it runs.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { present } from '../../src/base/assert.ts';
import { cReader } from '../../src/cdefs/read-definitions.ts';
import {
  arrayOf,
  bool,
  i16,
  i32,
  i64,
  i8,
  none,
  pointerTo,
  string,
  u16,
  u32,
  u64,
  u8,
} from '../../src/types/type.ts';
import type { EnumType, StructType, Type } from '../../src/types/type.ts';
import type { Machine } from '../../src/plan/machine.ts';
import type { Settings } from '../../src/plan/settings.ts';
import { defaultSettings } from '../../src/plan/settings.ts';
import type {
  Executable,
  FunctionPrototype,
  FunctionSignature,
  IteratorPrototype,
} from '../../src/probes/define.ts';
import type { CSource, ExternalCode, ExternalFunction, Facts } from '../../src/sema/facts.ts';
import type { Field } from '../../src/types/field.ts';

const struct = (name: string, bytes: number, keyword: StructType['keyword'] = 'struct'): StructType => ({
  kind: 'struct',
  keyword,
  name,
  bytes,
  id: `fixture:${name}`,
});

const task = struct('task_struct', 256);
const memory = struct('mm_struct', 64);
const anonymous = struct('', 8, 'union');
const file = struct('file', 64);
const path = struct('path', 16);
const sock = struct('sock', 64);
const packet = struct('sk_buff', 64);
const packed = struct('packed', 16);
const openat = struct('tracepoint_syscalls_sys_enter_openat', 48);
const named = struct('tracepoint_sched_fixture', 48);
const iterTask = struct('bpf_iter__task', 16);
const iterMeta = struct('bpf_iter_meta', 24);
const registers = struct('pt_regs', 168);
const twoArguments = struct('args_f', 16);
const manyArguments = struct('args_wide', 96);

const device = struct('device', 20);
const position = struct('position', 4);
const incomplete = struct('incomplete', 0);

const color: EnumType = {
  kind: 'enum',
  name: 'color',
  bytes: 4,
  signed: false,
  variants: [
    { name: 'RED', value: 0n },
    { name: 'GREEN', value: 1n },
  ],
};

const field = (name: string, offset: number, type: Type): Field => ({ name, offset, type });
const bitfield = (name: string, start: number, width: number, type: Type): Field => ({
  name,
  type,
  offset: Math.floor(start / 8),
  bits: { start, width },
});

/** By id. */
const fields: Readonly<Record<string, readonly Field[]>> = {
  [task.id]: [
    field('pid', 0, i32),
    field('tgid', 4, i32),
    field('comm', 8, string(16)),
    field('parent', 24, pointerTo(task, 'kernel')),
    field('mm', 32, pointerTo(memory, 'kernel')),
    bitfield('in_execve', 320, 1, u32),
    bitfield('nice', 324, 5, i32),
    field('counts', 48, arrayOf(u32, 4)),
    field('', 64, anonymous),
    field('on_rq', 72, bool),
    field('color', 76, color),
    field('real_parent', 80, pointerTo(task, 'kernel')),
    field('group_leader', 88, pointerTo(task, 'kernel')),
  ],
  [packet.id]: [field('len', 40, u32)],
  [anonymous.id]: [field('stack', 0, u64)],
  [memory.id]: [field('start_code', 8, u64)],
  [file.id]: [
    field('f_mode', 4, u32),
    field('f_task', 8, pointerTo(task, 'kernel')),
    field('f_path', 16, path),
    field('f_packet', 32, pointerTo(packet, 'kernel')),
  ],
  [device.id]: [
    field('name', 0, string(8)),
    field('at', 8, position),
    field('history', 12, arrayOf(position, 2)),
  ],
  [position.id]: [field('x', 0, i16), bitfield('y', 16, 12, i16), bitfield('z', 28, 4, u16)],
  [iterTask.id]: [
    field('meta', 0, pointerTo(iterMeta, 'kernel')),
    field('task', 8, pointerTo(task, 'kernel')),
  ],
  [registers.id]: [field('di', 112, u64), field('ip', 128, u64)],
  [packed.id]: [bitfield('wide', 4, 62, u64), bitfield('across', 14, 4, i8)],
  [openat.id]: [
    field('dfd', 16, i64),
    field('filename', 24, pointerTo(i8, 'user')),
    field('flags', 32, i64),
    field('mode', 40, u16),
  ],
  [named.id]: [
    field('comm', 8, string(16)),
    field('pid', 24, i32),
    { name: 'text', offset: 28, type: string(64), dynamic: true },
    field('numbers', 32, arrayOf(u16, 4)),
    bitfield('flag', 320, 3, i8),
  ],
  [twoArguments.id]: [field('file', 0, pointerTo(file, 'kernel')), field('count', 8, u32)],
  [manyArguments.id]: Array.from({ length: 12 }, (_, index) => field(`p${index}`, 8 * index, u64)),
};

const machine: Machine = {
  arch: 'x64',
  kernel: [6, 12],
  possibleCpus: 4,
  pageBytes: 4096,
  stackFramesMax: 127,
  memoryBytes: 1024 * 1024 * 1024,
  startNsecs: 1_000_000_000n,
  taiOffsetNsecs: 1_800_000_000_000_000_000n,
};

/** What a golden's `facts:` line may name. */
const variants: Readonly<
  Record<
    string,
    {
      readonly machine?: Partial<Machine>;
      readonly settings?: Partial<Settings>;
      readonly unsafe?: boolean;
    }
  >
> = {
  minimal: {},
  old: { machine: { kernel: [5, 10] } },
  namespace: { machine: { pidNamespace: { device: 4n, inode: 4026532001n } } },
  arm64: { machine: { arch: 'arm64' } },
  child: { machine: { childPid: 1234 } },
  unsafe: { unsafe: true },
  reporting: { settings: { reportFailures: true } },
  origins: { settings: { originFields: ['time', 'nsecs', 'cpu', 'probe'] } },
  'origins-namespace': {
    machine: { pidNamespace: { device: 4n, inode: 4026532001n } },
    settings: { originFields: ['pid'] },
  },
  'small-strings': { settings: { maxStrlen: 32 } },
  'huge-strings': { settings: { maxStrlen: 65_536 } },
};

const functions = ['f', 'g'] as const;

const symbols: Readonly<Record<string, ReturnType<Facts['kernelSymbol']>>> = {
  f: { address: 0xffffffff81000000n, bytes: 64 },
  g: { address: 0xffffffff81000000n, bytes: 64 },
  __per_cpu_offset: { address: 0xffffffff82000000n },
  __per_cpu_start: { address: 0n },
  __per_cpu_end: { address: 0x30000n },
  process_counts: { address: 0x1000n },
};

/** Functions whose types are known, by their BTF ids: some to be probed, and two that programs may call. */
const typedFunctions = ['', 'f', 'g', 'bpf_task_from_pid', 'bpf_task_release'];

const prototype = (name: string): FunctionPrototype => ({
  btfObject: 'vmlinux',
  btfId: typedFunctions.indexOf(name),
  args: twoArguments,
  parameters: [
    { name: 'file', type: pointerTo(file, 'kernel') },
    { name: 'count', type: u32 },
  ],
  returns: i32,
});

const rawTracepoints: Readonly<Record<string, ReturnType<Facts['rawTracepoint']>>> = {
  fixture: { args: twoArguments, parameters: prototype('f').parameters },
  wide: { args: manyArguments, parameters: fields[manyArguments.id] ?? [] },
};

type Parameter = FunctionSignature['parameters'][number];

const parameter = (
  name: string,
  type: Type,
  passing: Parameter['passing'] = { kind: 'registers', count: 1 },
): Parameter => ({ name, type, passing, place: { kind: 'convention' } });

/** More than fit into registers. */
const workSignature: FunctionSignature = {
  parameters: [
    parameter('count', i32),
    parameter('at', pointerTo(device, 'user')),
    parameter('real', arrayOf(u8, 8), { kind: 'vector' }),
    parameter('letter', i8),
    ...['third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth'].map((name) => parameter(name, u32)),
  ],
  returns: { type: i16, passing: { kind: 'registers', count: 1 } },
};

/** An instruction begins wherever somebody asks. */
const anyPlace: Executable['instructionsAround'] = (fileOffset) => ({ start: fileOffset, starts: [0] });

const app: Executable = {
  path: '/bin/app',
  functions: () => [
    { name: 'main', fileOffset: 0x1000, bytes: 64 },
    { name: 'work', fileOffset: 0x2000, bytes: 64 },
  ],
  fileOffsetOf: (address) => (address < 0x10000n ? Number(address) : undefined),
  usdtSites: () => [
    {
      provider: 'app',
      name: 'request',
      address: 0x1010,
      fileOffset: 0x1010,
      semaphore: 0x4000,
      arguments: '-4@%eax 8@-16(%rbp) 1@%ah 2@8(%rdi,%rcx,4) -2@$-7 8@%xmm0',
    },
    {
      provider: 'app',
      name: 'variable',
      address: 0x1020,
      fileOffset: 0x1020,
      arguments: '-4@counter+4(%rip)',
    },
  ],
  variable: (name) => (name === 'counter' ? 0x5000 : undefined),
  symbol: (name) => (name === 'counter' ? { address: 0x5000, bytes: 4 } : undefined),
  addressOf: (fileOffset) => fileOffset,
  codeOfLine: () => undefined,
  instructionsAround: anyPlace,
  signatureAt: (fileOffset) => (fileOffset === 0x2000 ? workSignature : undefined),
  isFixed: false,
  isGo: false,
};

const taskIterator: IteratorPrototype = {
  btfObject: 'vmlinux',
  btfId: 3,
  context: iterTask,
  object: { offset: 8, type: pointerTo(task, 'kernel') },
  sequence: [0, 0],
};

const structs: readonly StructType[] = [
  sock,
  packet,
  iterTask,
  registers,
  task,
  memory,
  file,
  packed,
  device,
  position,
  incomplete,
];

/** What C may use of the kernel without a header. */
const kernelTypes: Pick<Facts, 'typedef' | 'struct' | 'fieldsOf'> = {
  typedef: (name) => (name === 'pid_t' ? i32 : undefined),
  struct: (keyword, name) => structs.find((known) => known.keyword === keyword && known.name === name),
  fieldsOf: ({ id }) => fields[id] ?? [],
};

/** Of the C in tests/codegen/imported, without clang. */
function externalCode([source]: readonly CSource[]): ExternalCode {
  const [, name = ''] = /(\w+)\.bpf\.c$/.exec(source?.file.name ?? '') ?? [];
  const { functions: offered, maps } = present(externals[name], `C named ${name}`);
  const span = { file: source?.file.name ?? '', start: 0, end: 1 };
  return {
    functions: offered.map((external) => ({ ...external, span })),
    maps,
    modules: [readFileSync(join(import.meta.dirname, `../codegen/imported/${name}.ll`))],
  };
}

const externals: Readonly<
  Record<
    string,
    { readonly functions: readonly Omit<ExternalFunction, 'span'>[]; readonly maps: ExternalCode['maps'] }
  >
> = {
  sums: {
    functions: [
      {
        name: 'total',
        parameters: [
          { name: 'a', type: i32 },
          { name: 'b', type: i8 },
          { name: 'c', type: bool },
        ],
        returns: i32,
      },
      { name: 'first', parameters: [{ name: 'text', type: pointerTo(none, 'none') }], returns: u16 },
    ],
    maps: [],
  },
  state: {
    functions: [{ name: 'step', parameters: [{ name: 'i', type: i32 }], returns: i32 }],
    maps: [{ symbol: 'seen', type: 'hash', keyBytes: 4, valueBytes: 8, entriesMax: 8 }],
  },
};

export function goldenFacts(name: string): Facts {
  const variant = variants[name];
  if (!variant) throw new Error(`no facts '${name}'; there are ${Object.keys(variants).join(', ')}`);
  return {
    machine: { ...machine, ...variant.machine },
    settings: { ...defaultSettings, ...variant.settings },
    hasKprobes: true,
    hasBtf: true,
    unsafe: variant.unsafe ?? false,
    traceableFunctions: () => ({ functions: functions.map((found) => ({ name: found })), exact: true }),
    isUntraceable: () => false,
    kernelSymbol: (symbol) => symbols[symbol],
    tracepoints: () => [
      { category: 'syscalls', event: 'sys_enter_openat' },
      { category: 'sched', event: 'fixture' },
    ],
    tracepoint: (category, event) => {
      if (category === 'syscalls' && event === 'sys_enter_openat') return { id: 1, args: openat };
      return category === 'sched' && event === 'fixture' ? { id: 2, args: named } : undefined;
    },
    rawTracepoints: () => Object.keys(rawTracepoints),
    rawTracepoint: (event) => rawTracepoints[event],
    functionPrototypes: (found) => (typedFunctions.includes(found) ? [prototype(found)] : []),
    mayCall: (found, program) => found === 'f' && program === 'kprobe',
    prototypeNames: () => functions.map((found) => ({ name: found })),
    executable: (path) => (path === app.path ? app : { error: 'not-found', path }),
    btfId: ({ bytes }) => bytes,
    bpfFunctions: () => [{ name: 'count_packets', program: 7, btfId: 3 }],
    iterators: () => ['task'],
    iterator: (name) => (name === 'task' ? taskIterator : undefined),
    executablesMatching: () => [app.path],
    mappedExecutables: () => [app.path],
    demangle: () => undefined,
    ...kernelTypes,
    enum: (wanted) => (wanted === color.name ? color : undefined),
    enumerator: (wanted) => {
      const found = color.variants.find((enumerator) => enumerator.name === wanted);
      return found && { value: found.value, type: color };
    },
    cgroupId: (path) => (path === '/sys/fs/cgroup/group' ? 4242n : 'not-found'),
    definitions: () => [],
    enumeratorNames: () => color.variants.map((variant) => variant.name),
    typeNames: () => [...structs.map((known) => known.name), color.name, none.kind],
    compileC: (sources) => ({ value: externalCode(sources), diagnostics: [] }),
    externalFunction: () => undefined,
    externalNames: () => [],
    externalCode: { modules: [], maps: [] },
    hiddenBy: () => undefined,
    constant: () => undefined,
    isMacro: () => false,
    readC: cReader({
      kernel: { ...kernelTypes, hasBtf: () => true },
      folders: [join(import.meta.dirname, '../headers')],
      includes: [],
      arch: 'x64',
      kernelHeaders: () => undefined,
    }),
  };
}
