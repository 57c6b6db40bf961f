import { expect, test } from 'vitest';
import { btfFields, btfSignature, btfType, parseStructId } from '../../../../src/system/btf/to-type.ts';
import type { Type } from '../../../../src/types/type.ts';
import { bool, i32, i64, none, pointerTo, string, u32, u8 } from '../../../../src/types/type.ts';
import { buildBtf } from '../../../support/btf-builder.ts';
import type { kernelDescription } from '../../../support/kernel-types.ts';
import {
  builtKernel,
  builtModule,
  kernelBtf,
  moduleBtf,
  mustParseBtf,
} from '../../../support/kernel-types.ts';

type Label = keyof typeof kernelDescription;
const id = (label: Label): number => builtKernel.ids.get(label) ?? -1;

const task: Type = {
  kind: 'struct',
  keyword: 'struct',
  name: 'task_struct',
  bytes: 64,
  id: `btf:vmlinux:${id('task')}`,
};
const mm: Type = {
  kind: 'struct',
  keyword: 'struct',
  name: 'mm_struct',
  bytes: 8,
  id: `btf:vmlinux:${id('mm')}`,
};
const arrayOf = (of: Type, length: number): Type => ({ kind: 'array', of, length });

test.each<readonly [Label, Type]>([
  ['int', i32],
  ['unsigned', u32],
  ['char', u8],
  ['bool', bool],
  ['wide', arrayOf(u8, 16)],
  ['double', arrayOf(u8, 8)],
  ['constPid', i32],
  ['comm', string(16)],
  ['names', arrayOf(string(16), 2)],
  ['address', arrayOf(u8, 6)],
  ['flexible', arrayOf(u8, 0)],
  ['matrix', arrayOf(arrayOf(i32, 3), 2)],
  ['task', task],
  ['taskPointer', pointerTo(task, 'kernel')],
  ['mmPointer', pointerTo(mm, 'kernel')],
  ['userText', pointerTo(u8, 'user')],
  ['rcuTask', pointerTo(task, 'kernel')],
  ['handler', pointerTo(none, 'kernel')],
  ['voidPointer', pointerTo(none, 'kernel')],
  [
    'color',
    {
      kind: 'enum',
      name: 'color',
      bytes: 4,
      signed: false,
      variants: [
        { name: 'RED', value: 0n },
        { name: 'GREEN', value: 0xffff_ffffn },
      ],
    },
  ],
  [
    'bigSigned',
    { kind: 'enum', name: 'big_signed', bytes: 8, signed: true, variants: [{ name: 'TINY', value: -2n }] },
  ],
  ['read', none],
  ['jiffies', none],
])('%s becomes its type', (label, type) => {
  expect(btfType(kernelBtf, id(label))).toEqual(type);
});

test('void and types that do not exist have no value', () => {
  expect([0, 9999].map((at) => btfType(kernelBtf, at))).toEqual([none, none]);
});

test('a struct that is only announced anywhere has a name, and no fields', () => {
  const hidden = btfType(kernelBtf, id('hiddenForward'));
  expect(hidden).toMatchObject({ kind: 'struct', keyword: 'union', name: 'hidden', bytes: 0 });
  expect(btfFields(kernelBtf, id('hiddenForward'))).toEqual([]);
});

test('fields have offsets in bytes, bitfields their bits', () => {
  expect(btfFields(kernelBtf, id('task'))).toEqual([
    { name: 'pid', type: i32, offset: 0 },
    { name: 'in_execve', type: u32, offset: 4, bits: { start: 33, width: 1 } },
    { name: 'nice', type: i32, offset: 4, bits: { start: 34, width: 5 } },
    { name: 'comm', type: string(16), offset: 8 },
    { name: 'parent', type: pointerTo(task, 'kernel'), offset: 24 },
    {
      name: '',
      type: { kind: 'struct', keyword: 'union', name: '', bytes: 8, id: `btf:vmlinux:${id('inner')}` },
      offset: 32,
    },
    { name: 'mm', type: pointerTo(mm, 'kernel'), offset: 40 },
  ]);
});

test('the bitfields of old compilers are bitfields, too', () => {
  expect(btfFields(kernelBtf, id('old'))).toEqual([
    { name: 'whole', type: u8, offset: 0 },
    { name: 'few', type: u32, offset: 1, bits: { start: 11, width: 3 } },
  ]);
});

test('a signature has its parameters, without the dots', () => {
  expect(btfSignature(kernelBtf, id('read'))).toEqual({
    parameters: [
      { name: 'task', type: pointerTo(task, 'kernel') },
      { name: 'buf', type: pointerTo(u8, 'user') },
      { name: 'pos', type: i32 },
    ],
    returns: i64,
    variadic: false,
  });
  expect(btfSignature(kernelBtf, id('print'))).toEqual({
    parameters: [{ name: 'format', type: pointerTo(u8, 'user') }],
    returns: none,
    variadic: true,
  });
  expect(btfSignature(kernelBtf, id('task'))).toBeUndefined();
});

test("the kernel's struct has one id, whichever module refers to it", () => {
  const device = builtModule.ids.get('device') ?? -1;
  expect(btfFields(moduleBtf, device).map(({ type }) => type)).toEqual([
    pointerTo(task, 'kernel'),
    pointerTo(
      { kind: 'struct', keyword: 'struct', name: 'veth_device', bytes: 16, id: `btf:veth:${device}` },
      'kernel',
    ),
  ]);
});

test('ids of structs are read back, and those of others are not', () => {
  expect(parseStructId('btf:veth:12')).toEqual({ object: 'veth', type: 12 });
  expect(['tracepoint:sched:sched_switch', 'btf:veth:', 'btf:veth:x', ''].map(parseStructId)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('types that go round in circles end', () => {
  const circles = buildBtf({
    a: { kind: 'typedef', name: 'a', to: 'b' },
    b: { kind: 'const', to: 'a' },
    pointer: { kind: 'pointer', to: 'pointer' },
    array: { kind: 'array', of: 'array', length: 2 },
  });
  const btf = mustParseBtf(circles.bytes, 'vmlinux');
  expect(btfType(btf, 1)).toEqual(none);
  expect([3, 4].map((at) => btfType(btf, at).kind)).toEqual(['pointer', 'array']);
});
