import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Btf } from '../../../../src/system/btf/parse.ts';
import {
  arrayOf,
  btfKind,
  findVariant,
  idsNamed,
  intOf,
  kindOf,
  membersOf,
  nameOf,
  namesOfKind,
  ownerOf,
  parametersOf,
  parseBtf,
  stringAt,
  variantsOf,
} from '../../../../src/system/btf/parse.ts';
import { btfFields, btfSignature, btfType } from '../../../../src/system/btf/to-type.ts';
import { buildBtf } from '../../../support/btf-builder.ts';
import {
  builtKernel,
  builtModule,
  kernelBtf,
  kernelDescription,
  moduleBtf,
} from '../../../support/kernel-types.ts';

const id = (label: keyof typeof kernelDescription): number => builtKernel.ids.get(label) ?? -1;

test('every type has the id, the kind and the name that it was described with', () => {
  for (const [label, type] of Object.entries(kernelDescription)) {
    const at = builtKernel.ids.get(label) ?? -1;
    expect([label, kindOf(kernelBtf, at), nameOf(kernelBtf, at)]).toEqual([
      label,
      btfKind[type.kind],
      'name' in type ? type.name : '',
    ]);
  }
  expect(kernelBtf.endId).toBe(Object.keys(kernelDescription).length + 1);
});

test('members have their offsets and widths in bits', () => {
  expect(membersOf(kernelBtf, id('task'))).toEqual(
    kernelDescription.task.members.map((member) => ({
      name: member.name,
      type: id(member.type),
      bitOffset: member.at,
      bits: 'bits' in member ? member.bits : 0,
    })),
  );
});

test('variants are as wide and signed as their enum', () => {
  const values = (label: keyof typeof kernelDescription) =>
    variantsOf(kernelBtf, id(label)).map(({ value }) => value);
  expect(values('color')).toEqual([0n, 0xffff_ffffn]);
  expect(values('sign')).toEqual([-1n]);
  expect(values('big')).toEqual([0xffff_ffff_ffff_ffffn]);
  expect(values('bigSigned')).toEqual([-2n]);
});

test('arrays, integers and parameters are read', () => {
  expect(arrayOf(kernelBtf, id('row'))).toEqual({ of: id('int'), length: 3 });
  expect(intOf(kernelBtf, id('oldBits'))).toEqual({ signed: false, bool: false, bits: 3, bitOffset: 0 });
  expect(intOf(kernelBtf, id('bool'))).toEqual({ signed: false, bool: true, bits: 8, bitOffset: 0 });
  expect(parametersOf(kernelBtf, id('switchNames')).map(({ name }) => name)).toEqual([
    '__data',
    'preempt',
    'prev',
  ]);
});

test('what is asked of a type of another kind is empty', () => {
  expect(membersOf(kernelBtf, id('int'))).toEqual([]);
  expect(variantsOf(kernelBtf, id('task'))).toEqual([]);
  expect(parametersOf(kernelBtf, id('read'))).toEqual([]);
});

test('types are found by name and kind', () => {
  expect(idsNamed(kernelBtf, 'task_struct', btfKind.struct)).toEqual([id('task')]);
  expect(idsNamed(kernelBtf, 'task_struct', btfKind.union)).toEqual([]);
  expect(idsNamed(kernelBtf, 'task_struc', btfKind.struct)).toEqual([]);
  expect(idsNamed(kernelBtf, 'ask_struct', btfKind.struct)).toEqual([]);
  expect(idsNamed(kernelBtf, '', btfKind.union)).toEqual([]);
  expect(idsNamed(kernelBtf, 'unsigned int', btfKind.int)).toEqual([id('unsigned'), id('oldBits')]);
});

test('many questions are answered as the first ones are', () => {
  const asked = parseBtf(builtKernel.bytes, 'vmlinux');
  if (!asked.ok) throw new Error(asked.error);
  const answers = Array.from({ length: 60 }, () => idsNamed(asked.value, 'vfs_read', btfKind.function));
  expect(new Set(answers.map((answer) => answer.join()))).toEqual(new Set([String(id('read'))]));
  expect(idsNamed(asked.value, 'unsigned int', btfKind.int)).toEqual([id('unsigned'), id('oldBits')]);
  expect(idsNamed(asked.value, 'nothing', btfKind.int)).toEqual([]);
});

test('names of a kind are listed, and enumerators found', () => {
  expect(namesOfKind(kernelBtf, btfKind.enum)).toEqual(['color', 'sign']);
  expect(findVariant(kernelBtf, 'GREEN')).toEqual({ enumId: id('color'), index: 1 });
  expect(findVariant(kernelBtf, 'HUGE')).toEqual({ enumId: id('big'), index: 0 });
  expect(findVariant(kernelBtf, 'color')).toBeUndefined();
});

test("a module's ids and strings go on where the kernel's end", () => {
  const device = builtModule.ids.get('device') ?? -1;
  expect(moduleBtf.firstId).toBe(kernelBtf.endId);
  expect(ownerOf(moduleBtf, device)).toBe(moduleBtf);
  expect(ownerOf(moduleBtf, id('task'))).toBe(kernelBtf);
  expect(nameOf(moduleBtf, device)).toBe('veth_device');
  expect(nameOf(moduleBtf, id('task'))).toBe('task_struct');
  expect(idsNamed(moduleBtf, 'veth_device', btfKind.struct)).toEqual([device]);
  expect(idsNamed(moduleBtf, 'vfs_read', btfKind.function)).toEqual([
    id('read'),
    builtModule.ids.get('read'),
  ]);
  expect(namesOfKind(moduleBtf, btfKind.struct)).toEqual(['veth_device']);
});

test.each<readonly [string, Uint8Array, string]>([
  ['nothing', new Uint8Array(), 'short'],
  ['no header', new Uint8Array(24), 'begin'],
  ['the other byte order', Buffer.from(builtKernel.bytes.subarray(0, 24)).swap16(), 'byte order'],
  ['half of the types', builtKernel.bytes.subarray(0, 400), 'cut short'],
])('%s is refused with what is wrong', (_, bytes, word) => {
  const parsed = parseBtf(bytes, 'vmlinux');
  expect(parsed.ok ? '' : parsed.error).toContain(word);
});

test('a kind that a newer kernel may have invented is named', () => {
  const bytes = Buffer.from(buildBtf({ int: { kind: 'int', name: 'int', bytes: 4 } }).bytes);
  bytes.writeUInt32LE(25 << 24, 28);
  const parsed = parseBtf(bytes, 'vmlinux');
  expect(parsed.ok ? '' : parsed.error).toContain('25');
});

test('bytes that begin anywhere in memory are read', () => {
  const shifted = Buffer.alloc(builtKernel.bytes.length + 3);
  builtKernel.bytes.copy(shifted, 3);
  const parsed = parseBtf(shifted.subarray(3), 'vmlinux');
  expect(parsed.ok && nameOf(parsed.value, id('task'))).toBe('task_struct');
});

/** Asks everything that can be asked of every type, and of some that don't exist. */
function askEverything(btf: Btf): void {
  for (let at = 0; at < btf.endId + 3; at++) {
    btfType(btf, at);
    btfFields(btf, at);
    btfSignature(btf, at);
    variantsOf(btf, at);
    stringAt(btf, at);
  }
  for (const kind of Object.values(btfKind)) idsNamed(btf, namesOfKind(btf, kind)[0] ?? 'x', kind);
  findVariant(btf, 'RED');
}

test('whatever bytes stand in place of the right ones, all questions have answers', () => {
  const change = fc.record({ at: fc.nat(builtKernel.bytes.length - 1), byte: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
      const bytes = Buffer.from(builtKernel.bytes);
      for (const { at, byte } of changes) bytes[at] = byte;
      const parsed = parseBtf(bytes, 'vmlinux');
      if (parsed.ok) askEverything(parsed.value);
    }),
    { numRuns: 300 },
  );
});

test('any bytes are BTF or are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof parseBtf(bytes, 'x').ok === 'boolean'),
  );
});
