/** Many functions of the kernel by one link, on a kernel in memory: which are linked by name, which by address, and what becomes of those that can't be. */

import { expect, test } from 'vitest';
import type { KprobeAttachment } from '../../../src/runtime/multi.ts';
import { multiTypeOf } from '../../../src/runtime/multi.ts';
import { attachKprobes } from '../../../src/runtime/multi-kprobes.ts';
import type { FakeBpf } from '../../support/fake-bpf.ts';
import { fakeBpf } from '../../support/fake-bpf.ts';

const kprobe = (symbol: string, extras: Partial<KprobeAttachment> = {}): KprobeAttachment => ({
  kind: 'kprobe',
  return: false,
  symbol,
  offset: 0,
  every: true,
  ...extras,
});

const places: Readonly<Record<string, readonly { readonly address: bigint; readonly module?: string }[]>> = {
  f: [{ address: 1n }],
  g: [{ address: 2n }],
  two: [{ address: 3n }, { address: 4n, module: 'm' }],
  h: [{ address: 5n, module: 'm' }],
};

function linked(bpf: FakeBpf, kprobes: readonly KprobeAttachment[], knowsPlaces = true) {
  const loaded = bpf.loadProgram({
    name: 'p',
    type: 'kprobe',
    license: 'GPL',
    instructions: new Uint8Array(16),
  });
  if (!loaded.result.ok) throw new Error('not loaded');
  const placesOf = (symbol: string) => (knowsPlaces ? (places[symbol] ?? []) : []);
  const outcomes = attachKprobes(loaded.result.value, kprobes, { bpf, placesOf, at: 'entry' });
  return {
    calls: bpf.calls.slice(1),
    outcomes: outcomes.map(({ attachment, links }) =>
      [
        attachment.symbol,
        links.ok ? links.value.length : 'name' in links.error ? links.error.name : links.error.kind,
      ].join(' '),
    ),
  };
}

test('functions whose names are clear are linked by name, the others by address, those that share a name all of them', () => {
  const kprobes = [kprobe('f'), kprobe('two', { isShared: true }), kprobe('g'), kprobe('h', { module: 'm' })];
  expect(linked(fakeBpf(), kprobes)).toEqual({
    calls: ['linkKprobes p entry f g', 'linkKprobes p entry 0x3 0x4 0x5'],
    outcomes: ['f 1', 'g 1', 'two 1', 'h 1'],
  });
});

test('names that the kernel refuses are tried by address, and halving finds which one is to blame', () => {
  const bpf = fakeBpf();
  bpf.refuse('linkKprobes p entry f g', 'ESRCH');
  for (const refused of ['0x1 0x2', '0x2']) bpf.refuse(`linkKprobes p entry ${refused}`, 'EINVAL');
  expect(linked(bpf, [kprobe('f'), kprobe('g')])).toMatchObject({ outcomes: ['f 1', 'g EINVAL'] });
});

test('of functions that share a name one that can be traced is enough', () => {
  const bpf = fakeBpf();
  for (const refused of ['0x3 0x4', '0x4']) bpf.refuse(`linkKprobes p entry ${refused}`, 'EINVAL');
  expect(linked(bpf, [kprobe('two', { isShared: true })]).outcomes).toEqual(['two 1']);
});

test('a plain name is looked up, and refused if several functions have it', () => {
  const { every: _, ...plain } = kprobe('two');
  expect(linked(fakeBpf(), [plain])).toEqual({ calls: [], outcomes: ['two shared-name'] });
});

test('where addresses are hidden the kernel takes the name, or says why not', () => {
  const bpf = fakeBpf();
  bpf.refuse('linkKprobes p entry gone', 'ESRCH');
  expect(linked(bpf, [kprobe('f', { isShared: true }), kprobe('gone', { isShared: true })], false)).toEqual({
    calls: ['linkKprobes p entry f', 'linkKprobes p entry gone'],
    outcomes: ['f 1', 'gone ESRCH'],
  });
});

test('missing privileges are not asked for again and again', () => {
  const bpf = fakeBpf();
  bpf.refuse('linkKprobes', 'EPERM');
  expect(linked(bpf, [kprobe('f'), kprobe('two', { isShared: true })])).toEqual({
    calls: ['linkKprobes p entry f'],
    outcomes: ['f EPERM', 'two EPERM'],
  });
});

test.each([
  ['several functions, if the kernel can', {}, [kprobe('f'), kprobe('g')], 'present', 'kprobe-multi'],
  ['several functions, on a kernel that can not', {}, [kprobe('f'), kprobe('g')], 'absent', undefined],
  ['one function', {}, [kprobe('f')], 'present', undefined],
  [
    'a program that wants all registers',
    { wholeContext: true },
    [kprobe('f'), kprobe('g')],
    'present',
    undefined,
  ],
  ['a place within a function', {}, [kprobe('f'), kprobe('g', { offset: 4 })], 'present', undefined],
  ['an address', {}, [kprobe('f'), kprobe('0x10', { address: 16n })], 'present', undefined],
] as const)('%s: attached by one link or not', (_, extras, attachments, presence, multi) =>
  expect(multiTypeOf({ attachments, ...extras }, { presence: () => presence })).toBe(multi),
);
