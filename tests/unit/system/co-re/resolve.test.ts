/** Relocations of fields, types and enumerators against kernels that differ from what C was compiled with. */

import { expect, test } from 'vitest';
import { present } from '../../../../src/base/assert.ts';
import { failed, ok } from '../../../../src/base/result.ts';
import type { Btf } from '../../../../src/system/btf/parse.ts';
import { parseBtf } from '../../../../src/system/btf/parse.ts';
import type { RelocationKind } from '../../../../src/system/co-re/relocation.ts';
import { coreResolver } from '../../../../src/system/co-re/resolve.ts';
import type { BtfDescription, BuiltBtf } from '../../../support/btf-builder.ts';
import { buildBtf } from '../../../support/btf-builder.ts';

function parsed(built: BuiltBtf, object: string, base?: Btf): Btf {
  const btf = parseBtf(built.bytes, object, base);
  if (!btf.ok) throw new Error(btf.error);
  return btf.value;
}

const scalars: BtfDescription = {
  int: { kind: 'int', name: 'int', bytes: 4, signed: true },
  u32: { kind: 'int', name: 'unsigned int', bytes: 4 },
  u64: { kind: 'int', name: 'unsigned long', bytes: 8 },
  char: { kind: 'int', name: 'char', bytes: 1, signed: true },
  pointer: { kind: 'pointer', to: 'void' },
};

/** As C was compiled. */
const ownBuilt = buildBtf({
  ...scalars,
  text: { kind: 'array', of: 'char', length: 16 },
  rest: { kind: 'array', of: 'u32', length: 0 },
  inner: { kind: 'struct', name: 'inner', bytes: 8, members: [{ name: 'deep', type: 'u32', at: 32 }] },
  inners: { kind: 'array', of: 'inner', length: 4 },
  anonymous: { kind: 'union', name: '', bytes: 4, members: [{ name: 'hidden', type: 'int', at: 0 }] },
  task: {
    kind: 'struct',
    name: 'task',
    bytes: 96,
    members: [
      { name: 'pid', type: 'int', at: 0 },
      { name: 'flags', type: 'u32', at: 32 },
      { name: 'comm', type: 'text', at: 64 },
      { name: 'inners', type: 'inners', at: 192 },
      { name: '', type: 'anonymous', at: 448 },
      { name: 'bits', type: 'u32', at: 480, bits: 3 },
      { name: 'link', type: 'pointer', at: 512 },
      { name: 'gone', type: 'int', at: 576 },
      { name: 'rest', type: 'rest', at: 608 },
    ],
  },
  flavour: { kind: 'struct', name: 'task___old', bytes: 8, members: [{ name: 'flags', type: 'u64', at: 0 }] },
  another: { kind: 'struct', name: 'task___x', bytes: 8, members: [{ name: 'pid', type: 'inner', at: 0 }] },
  absent: { kind: 'struct', name: 'absent', bytes: 4, members: [{ name: 'x', type: 'int', at: 0 }] },
  twin: {
    kind: 'struct',
    name: 'twin',
    bytes: 8,
    members: [
      { name: 'same', type: 'int', at: 0 },
      { name: 'other', type: 'int', at: 32 },
    ],
  },
  module: { kind: 'struct', name: 'module_only', bytes: 4, members: [{ name: 'x', type: 'int', at: 0 }] },
  id: { kind: 'typedef', name: 'id_t', to: 'int' },
  color: { kind: 'enum', name: 'color', bytes: 4, variants: { RED: 0n, GREEN___v2: 1n, BLUE: 2n } },
});

const twin = (at: number): BtfDescription[string] => ({
  kind: 'struct',
  name: 'twin',
  bytes: 16,
  members: [
    { name: 'same', type: 'int', at: 64 },
    { name: 'other', type: 'int', at },
  ],
});

const kernelBuilt = buildBtf({
  id: { kind: 'typedef', name: 'id_t', to: 'u64' },
  ...scalars,
  text: { kind: 'array', of: 'char', length: 32 },
  rest: { kind: 'array', of: 'u32', length: 0 },
  inner: { kind: 'struct', name: 'inner', bytes: 16, members: [{ name: 'deep', type: 'u32', at: 64 }] },
  inners: { kind: 'array', of: 'inner', length: 2 },
  wrapping: {
    kind: 'struct',
    name: '',
    bytes: 8,
    members: [{ name: 'pid', type: 'int', at: 32 }],
  },
  volatileInt: { kind: 'volatile', to: 'int' },
  task: {
    kind: 'struct',
    name: 'task',
    bytes: 256,
    members: [
      { name: 'hidden', type: 'volatileInt', at: 0 },
      { name: '', type: 'wrapping', at: 64 },
      { name: 'flags', type: 'u64', at: 128 },
      { name: 'comm', type: 'text', at: 192 },
      { name: 'inners', type: 'inners', at: 512 },
      { name: 'bits', type: 'u32', at: 805, bits: 5 },
      { name: 'link', type: 'pointer', at: 896 },
      { name: 'rest', type: 'rest', at: 960 },
    ],
  },
  twin: twin(0),
  twin2: twin(32),
  color: { kind: 'enum64', name: 'color', bytes: 8, variants: { RED: 5n, GREEN: 2n ** 40n } },
});
const kernel = parsed(kernelBuilt, 'vmlinux');
const moduleBuilt = buildBtf(
  { own: { kind: 'struct', name: 'module_only', bytes: 8, members: [{ name: 'x', type: 'int', at: 32 }] } },
  kernelBuilt,
);
const modules = [parsed(moduleBuilt, 'mod', kernel)];

const resolve = coreResolver(parsed(ownBuilt, 'c'), () => ok([kernel, ...modules]));

function resolved(type: string, access: string, kind: RelocationKind) {
  const id = present(ownBuilt.ids.get(type), type);
  return resolve({ offset: 0, type: id, access, kind });
}

test.each([
  ['a field that has moved', 'task', '0:2', 24n],
  ['a field that has gone into an anonymous struct', 'task', '0:0', 12n],
  ['a field that has come out of one', 'task', '0:4:0', 0n],
  ['an element of a longer array', 'task', '0:2:9', 33n],
  ['a field of an element, both of which have grown', 'task', '0:3:1:0', 88n],
  ['another element of the whole', 'task', '2:2', 536n],
  ['an array without a length at the end', 'task', '0:8:3', 132n],
  ['the integer that a bitfield lies in', 'task', '0:5', 100n],
  ['a flavour of the struct', 'flavour', '0:0', 16n],
  ['a struct of a module', 'module', '0:0', 4n],
  ['two structs of one name that agree', 'twin', '0:0', 8n],
])('offsets: %s', (_title, type, access, value) =>
  expect(resolved(type, access, 'fieldOffset')).toMatchObject({ ok: true, value: { value } }),
);

test.each([
  ['an unsigned field of another size is loaded with that', 'task', '0:1', { own: 4, kernel: 8 }],
  ['one of the same size as it is', 'flavour', '0:0', undefined],
  ['pointers are pointers', 'task', '0:6', undefined],
])('sizes of loads: %s', (_title, type, access, bytes) => {
  const answer = resolved(type, access, 'fieldOffset');
  expect(answer.ok && answer.value.bytes).toEqual(bytes);
});

test.each<readonly [title: string, type: string, access: string, kind: RelocationKind, value: bigint]>([
  ['a size', 'task', '0:2', 'fieldBytes', 32n],
  ["an element's size", 'task', '0:3:0', 'fieldBytes', 16n],
  ['a sign', 'task', '0:0', 'fieldSigned', 1n],
  ['no sign', 'task', '0:1', 'fieldSigned', 0n],
  ['shifts of a bitfield to the left', 'task', '0:5', 'fieldShiftLeft', 54n],
  ['and back', 'task', '0:5', 'fieldShiftRight', 59n],
  ['a field exists', 'task', '0:4:0', 'fieldExists', 1n],
  ['a field does not', 'task', '0:7', 'fieldExists', 0n],
  ['one of quite another type is not it', 'another', '0:0', 'fieldExists', 0n],
  ['a field of an absent struct does not', 'absent', '0:0', 'fieldExists', 0n],
  ['a type exists', 'task', '0', 'typeExists', 1n],
  ['a type does not', 'absent', '0', 'typeExists', 0n],
  ["a type's size", 'inner', '0', 'typeBytes', 16n],
  ["a typedef's size", 'id', '0', 'typeBytes', 8n],
  ["an absent type's size", 'absent', '0', 'typeBytes', 0n],
  ["a type's number in the kernel", 'inner', '0', 'typeId', BigInt(kernelBuilt.ids.get('inner') ?? 0)],
  ['and in the object', 'inner', '0', 'ownTypeId', BigInt(ownBuilt.ids.get('inner') ?? 0)],
  ['an enumerator of a wider enum', 'color', '0', 'variantValue', 5n],
  ['a flavour of one', 'color', '1', 'variantValue', 2n ** 40n],
  ['an enumerator exists', 'color', '1', 'variantExists', 1n],
  ['an enumerator does not', 'color', '2', 'variantExists', 0n],
])('%s', (_title, type, access, kind, value) => expect(resolved(type, access, kind)).toEqual(ok({ value })));

test.each<readonly [title: string, type: string, access: string, kind: RelocationKind, told: string]>([
  ['a field that is gone', 'task', '0:7', 'fieldOffset', 'struct task of this kernel has no gone'],
  ['a field beneath others', 'task', '0:3:3:0', 'fieldOffset', 'has no inners[3].deep'],
  ['an absent struct', 'absent', '0:0', 'fieldBytes', 'no struct absent, whose x is wanted'],
  ['an absent enumerator', 'color', '2', 'variantValue', 'enum color of this kernel has no BLUE'],
  [
    'two structs that differ',
    'twin',
    '0:1',
    'fieldOffset',
    'several types struct twin, which differ in other',
  ],
  ['what is not looked up', 'task', '0', 'typeMatches', 'match'],
])('told in words: %s', (_title, type, access, kind, told) => {
  const answer = resolved(type, access, kind);
  expect(answer.ok ? 'a value' : answer.error).toContain(told);
});

test('a kernel that does not tell its types is the reason, for its own types alone', () => {
  const blind = coreResolver(parsed(ownBuilt, 'c'), () => failed('it has none'));
  const relocation = { offset: 0, type: present(ownBuilt.ids.get('task'), 'task'), access: '0' };
  expect(blind({ ...relocation, kind: 'typeExists' })).toEqual(failed('it has none'));
  expect(blind({ ...relocation, kind: 'ownTypeId' }).ok).toBe(true);
});
