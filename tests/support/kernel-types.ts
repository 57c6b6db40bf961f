/** A small kernel in BTF, with one of each kind of type, and a module on top of it. */

import type { Btf } from '../../src/system/btf/parse.ts';
import { parseBtf } from '../../src/system/btf/parse.ts';
import type { BtfDescription, BuiltBtf } from './btf-builder.ts';
import { buildBtf } from './btf-builder.ts';

export const kernelDescription = {
  int: { kind: 'int', name: 'int', bytes: 4, signed: true },
  unsigned: { kind: 'int', name: 'unsigned int', bytes: 4 },
  long: { kind: 'int', name: 'long', bytes: 8, signed: true },
  char: { kind: 'int', name: 'char', bytes: 1 },
  byte: { kind: 'int', name: 'unsigned char', bytes: 1 },
  bool: { kind: 'int', name: '_Bool', bytes: 1, bool: true },
  wide: { kind: 'int', name: '__int128', bytes: 16, signed: true },
  double: { kind: 'float', name: 'double', bytes: 8 },
  pid: { kind: 'typedef', name: 'pid_t', to: 'int' },
  comm: { kind: 'array', of: 'char', length: 16 },
  names: { kind: 'array', of: 'comm', length: 2 },
  address: { kind: 'array', of: 'byte', length: 6 },
  flexible: { kind: 'array', of: 'char', length: 0 },
  matrix: { kind: 'array', of: 'row', length: 2 },
  row: { kind: 'array', of: 'int', length: 3 },
  constPid: { kind: 'const', to: 'volatilePid' },
  volatilePid: { kind: 'volatile', to: 'pid' },
  task: {
    kind: 'struct',
    name: 'task_struct',
    bytes: 64,
    members: [
      { name: 'pid', type: 'pid', at: 0 },
      { name: 'in_execve', type: 'unsigned', at: 33, bits: 1 },
      { name: 'nice', type: 'int', at: 34, bits: 5 },
      { name: 'comm', type: 'comm', at: 64 },
      { name: 'parent', type: 'taskPointer', at: 192 },
      { name: '', type: 'inner', at: 256 },
      { name: 'mm', type: 'mmPointer', at: 320 },
    ],
  },
  inner: {
    kind: 'union',
    name: '',
    bytes: 8,
    members: [
      { name: 'a', type: 'int', at: 0 },
      { name: 'b', type: 'long', at: 0 },
    ],
  },
  taskPointer: { kind: 'pointer', to: 'task' },
  mmForward: { kind: 'forward', name: 'mm_struct' },
  mmPointer: { kind: 'pointer', to: 'mmForward' },
  mm: { kind: 'struct', name: 'mm_struct', bytes: 8, members: [{ name: 'users', type: 'int', at: 0 }] },
  hiddenForward: { kind: 'forward', name: 'hidden', union: true },
  oldBits: { kind: 'int', name: 'unsigned int', bytes: 4, bits: 3 },
  old: {
    kind: 'struct',
    name: 'old',
    bytes: 4,
    plain: true,
    members: [
      { name: 'whole', type: 'byte', at: 0 },
      { name: 'few', type: 'oldBits', at: 11 },
    ],
  },
  userTag: { kind: 'typeTag', name: 'user', to: 'constChar' },
  constChar: { kind: 'const', to: 'char' },
  userText: { kind: 'pointer', to: 'userTag' },
  rcuTag: { kind: 'typeTag', name: 'rcu', to: 'task' },
  rcuTask: { kind: 'pointer', to: 'rcuTag' },
  color: { kind: 'enum', name: 'color', bytes: 4, variants: { RED: 0n, GREEN: 0xffff_ffffn } },
  sign: { kind: 'enum', name: 'sign', bytes: 4, signed: true, variants: { MINUS: -1n } },
  big: { kind: 'enum64', name: 'big', bytes: 8, variants: { HUGE: 0xffff_ffff_ffff_ffffn } },
  bigSigned: { kind: 'enum64', name: 'big_signed', bytes: 8, signed: true, variants: { TINY: -2n } },
  readPrototype: {
    kind: 'prototype',
    returns: 'long',
    parameters: [
      { name: 'task', type: 'taskPointer' },
      { name: 'buf', type: 'userText' },
      { name: 'pos', type: 'constPid' },
    ],
  },
  read: { kind: 'function', name: 'vfs_read', to: 'readPrototype' },
  printPrototype: {
    kind: 'prototype',
    returns: 'void',
    parameters: [
      { name: 'format', type: 'userText' },
      { name: '', type: 'void' },
    ],
  },
  print: { kind: 'function', name: 'printk', to: 'printPrototype' },
  handler: { kind: 'pointer', to: 'readPrototype' },
  switchPrototype: {
    kind: 'prototype',
    returns: 'void',
    parameters: [
      { name: '', type: 'voidPointer' },
      { name: '', type: 'bool' },
      { name: '', type: 'taskPointer' },
    ],
  },
  voidPointer: { kind: 'pointer', to: 'void' },
  switchPointer: { kind: 'pointer', to: 'switchPrototype' },
  switchEvent: { kind: 'typedef', name: 'btf_trace_sched_switch', to: 'switchPointer' },
  switchNames: {
    kind: 'prototype',
    returns: 'void',
    parameters: [
      { name: '__data', type: 'voidPointer' },
      { name: 'preempt', type: 'bool' },
      { name: 'prev', type: 'taskPointer' },
    ],
  },
  switchStub: { kind: 'function', name: '__probestub_sched_switch', to: 'switchNames' },
  tickPrototype: {
    kind: 'prototype',
    returns: 'void',
    parameters: [
      { name: '', type: 'voidPointer' },
      { name: '', type: 'long' },
    ],
  },
  tickPointer: { kind: 'pointer', to: 'tickPrototype' },
  tickEvent: { kind: 'typedef', name: 'btf_trace_tick', to: 'tickPointer' },
  jiffies: { kind: 'variable', name: 'jiffies', to: 'long' },
  data: { kind: 'section', name: '.data', variables: ['jiffies'] },
  tag: { kind: 'declTag', name: 'bpf_kfunc', to: 'read' },
} as const satisfies BtfDescription;

export const builtKernel: BuiltBtf = buildBtf(kernelDescription);

/** A module: a struct of its own, one of the kernel's, a function of a new name and one of a name that the kernel has, too. */
export const builtModule: BuiltBtf = buildBtf(
  {
    device: {
      kind: 'struct',
      name: 'veth_device',
      bytes: 16,
      members: [
        { name: 'owner', type: 'taskPointer', at: 0 },
        { name: 'self', type: 'devicePointer', at: 64 },
      ],
    },
    devicePointer: { kind: 'pointer', to: 'device' },
    openPrototype: {
      kind: 'prototype',
      returns: 'int',
      parameters: [
        { name: 'device', type: 'devicePointer' },
        { name: 'by', type: 'task' },
        { name: 'flag', type: 'bool' },
      ],
    },
    open: { kind: 'function', name: 'veth_open', to: 'openPrototype' },
    read: { kind: 'function', name: 'vfs_read', to: 'openPrototype' },
  },
  builtKernel,
);

export function mustParseBtf(bytes: Uint8Array, object: string, base?: Btf): Btf {
  const parsed = parseBtf(bytes, object, base);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

export const kernelBtf = mustParseBtf(builtKernel.bytes, 'vmlinux');
export const moduleBtf = mustParseBtf(builtModule.bytes, 'veth', kernelBtf);
