/**
 * The machine that the examples of definitions are compiled for: that of the goldens, and what the examples name besides. A new
 * example finds its functions, events and structs here, so that a slip in a name is not taken for an unknown kernel.
 */

import type { FunctionPrototype, TargetSource } from '../../src/probes/define.ts';
import type { Facts } from '../../src/sema/facts.ts';
import type { Field } from '../../src/types/field.ts';
import type { StructType, Type } from '../../src/types/type.ts';
import { i32, i64, i8, pointerTo, string, u16, u32, u64 } from '../../src/types/type.ts';
import { goldenFacts } from './golden-facts.ts';

const struct = (name: string, bytes: number): StructType => ({
  kind: 'struct',
  keyword: 'struct',
  name,
  bytes,
  id: `example:${name}`,
});

/** Fields one behind the other, in slots of 8 bytes from `offset` on. */
const fields = (types: Readonly<Record<string, Type>>, offset = 0): readonly Field[] =>
  Object.entries(types).map(([name, type], index) => ({ name, type, offset: offset + 8 * index }));

const anyStruct = struct('any', 8);
const task = struct('task_struct', 64);
const path = struct('path', 16);
const openFile = struct('file', 16);
const sock = struct('sock', 64);
const packet = struct('sk_buff', 64);
const sockCommon = struct('sock_common', 64);
const write = struct('tracepoint_syscalls_sys_enter_write', 40);
const sched = struct('tracepoint_sched_sched_switch', 40);
const generate = struct('tracepoint_signal_signal_generate', 40);
const sysEnter = struct('tracepoint_raw_syscalls_sys_enter', 40);
const openat = struct('tracepoint_syscalls_sys_enter_openat', 40);
const execve = struct('tracepoint_syscalls_sys_enter_execve', 40);

interface Parameters {
  readonly args: StructType;
  readonly parameters: readonly { readonly name: string; readonly type: Type }[];
}

const fieldsById = new Map<string, readonly Field[]>([
  [
    task.id,
    fields({
      pid: i32,
      tgid: i32,
      comm: string(16),
      spare: u64,
      real_parent: pointerTo(task, 'kernel'),
      group_leader: pointerTo(task, 'kernel'),
    }),
  ],
  [openFile.id, fields({ f_path: path })],
  [sock.id, fields({ __sk_common: sockCommon })],
  [packet.id, fields({ len: u32 })],
  [sockCommon.id, fields({ skc_daddr: u32, skc_dport: u16 })],
  // What lies before belongs to the kernel: the head of the event, and the number of the system call.
  [write.id, fields({ fd: u64, buf: pointerTo(i8, 'user'), count: u64 }, 16)],
  [execve.id, fields({ filename: pointerTo(i8, 'user'), argv: u64, envp: u64 }, 16)],
  [openat.id, fields({ dfd: u64, filename: pointerTo(i8, 'user'), flags: u64 }, 16)],
  [generate.id, fields({ sig: i32, errno: i32 }, 8)],
  [sysEnter.id, fields({ id: i64 }, 8)],
  [sched.id, fields({ prev_pid: i32, next_pid: i32 }, 8)],
]);

function parameters(name: string, types: Readonly<Record<string, Type>>): Parameters {
  const args = struct(`args_${name}`, 8 * Object.keys(types).length);
  fieldsById.set(args.id, fields(types));
  return { args, parameters: fields(types) };
}

const file = pointerTo(anyStruct, 'kernel');
const readOrWrite = { file, buf: pointerTo(i8, 'user'), count: u64, pos: pointerTo(i64, 'kernel') };
const functions: Readonly<Record<string, Parameters>> = {
  vfs_read: parameters('vfs_read', readOrWrite),
  vfs_write: parameters('vfs_write', readOrWrite),
  tcp_connect: parameters('tcp_connect', { sk: pointerTo(sock, 'kernel') }),
  ip_rcv: parameters('ip_rcv', { skb: pointerTo(packet, 'kernel') }),
  filp_close: parameters('filp_close', { filp: pointerTo(openFile, 'kernel') }),
};

const taskPointer = pointerTo(task, 'kernel');
const numbered = (count: number): Readonly<Record<string, Type>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`parameter${index}`, u64]));
const rawTracepoints: Readonly<Record<string, Parameters>> = {
  sched_switch: parameters('sched_switch', { preempt: u64, prev: taskPointer, next: taskPointer }),
  percpu_alloc_percpu: parameters('percpu_alloc_percpu', numbered(10)),
  mc_event: parameters('mc_event', numbered(12)),
};

const tracepoints: Readonly<Record<string, { readonly id: number; readonly args: StructType }>> = {
  'syscalls:sys_enter_write': { id: 101, args: write },
  'sched:sched_switch': { id: 102, args: sched },
  'syscalls:sys_enter_execve': { id: 103, args: execve },
  'syscalls:sys_enter_openat': { id: 104, args: openat },
  'signal:signal_generate': { id: 105, args: generate },
  'raw_syscalls:sys_enter': { id: 106, args: sysEnter },
};

const executables: Readonly<Record<string, readonly string[]>> = {
  '/bin/bash': ['readline'],
  '/lib/libstdc++.so.6': [],
};
const throwSite = { provider: 'libstdcxx', name: 'throw', address: 64, fileOffset: 64, arguments: '8@%rdi' };
const symbols = ['jiffies', ...Object.keys(functions)];

const prototype = (name: string): readonly FunctionPrototype[] => {
  const known = functions[name];
  const btfId = 1000 + Object.keys(functions).indexOf(name);
  return known ? [{ btfObject: 'vmlinux', btfId, returns: i64, ...known }] : [];
};

const executable: TargetSource['executable'] = (path) => {
  const names = executables[path];
  if (!names) return { error: 'not-found', path };
  const found = names.map((name, index) => ({ name, fileOffset: 0x1000 * (index + 1), bytes: 64 }));
  const bare = { usdtSites: () => [throwSite], variable: () => undefined, isGo: false, isFixed: false };
  const symbol = () => ({ address: 0x5000, bytes: 4 });
  const unknown = {
    signatureAt: () => undefined,
    codeOfLine: () => undefined,
    instructionsAround: (start: number) => ({ start, starts: [0] }),
  };
  return {
    ...bare,
    symbol,
    ...unknown,
    addressOf: Number,
    path,
    functions: () => found,
    fileOffsetOf: Number,
  };
};

export function exampleFacts(): Facts {
  const base = goldenFacts('minimal');
  const names = Object.keys(functions).map((name) => ({ name }));
  return {
    ...base,
    // Examples of unsafe functions are examples all the same.
    unsafe: true,
    traceableFunctions: () => ({ functions: names, exact: true }),
    prototypeNames: () => names,
    functionPrototypes: prototype,
    kernelSymbol: (name) =>
      symbols.includes(name) ? { address: 0xffffffff82000000n } : base.kernelSymbol(name),
    tracepoint: (category, event) => tracepoints[`${category}:${event}`] ?? base.tracepoint(category, event),
    rawTracepoint: (event) => rawTracepoints[event],
    executable,
    struct: (keyword, name) => (name === 'sock' ? sock : base.struct(keyword, name)),
    fieldsOf: (wanted) => fieldsById.get(wanted.id) ?? base.fieldsOf(wanted),
  };
}
