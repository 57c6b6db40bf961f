/** The kernel's symbol table, from text as /proc/kallsyms has it. */

import { expect, test } from 'vitest';

import { parseKallsyms } from '../../../../src/system/proc/kallsyms.ts';
import { kernelSymbols } from '../../../../src/system/proc/kernel-symbols.ts';

const text = (...lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));

const kernel = [
  'ffffffff81000000 T _stext',
  'ffffffff81000000 t local_alias',
  'ffffffff81000040 t vfs_read.part.0',
  'ffffffff81000080 t vfs_read.cold',
  'ffffffff810000c0 T vfs_read.isra.0.constprop.1',
  'ffffffff81000100 W weak_one',
  'ffffffff81000100 T strong_one',
  'ffffffff82000000 D jiffies',
  'ffffffff82000008 B _end',
];
// Modules come behind, each sorted by itself, and BPF programs behind those.
const modules = [
  'ffffffffc0102000 t fuse_init\t[fuse]',
  'ffffffffc0102100 t fuse_exit\t[fuse]',
  'ffffffffc0101000 t dm_start\t[dm_mod]',
  'ffffffffc0201000 t bpf_prog_6deef7357e7b4530_first\t[bpf]',
  'ffffffffc0202000 t bpf_prog_34f1c6126af4ed51_second\t[bpf]',
];
const table = parseKallsyms(text(...kernel, ...modules));

test('variables that each CPU has lie at low addresses', () => {
  const found = parseKallsyms(text('0000000000019a18 A this_cpu_off', ...kernel)).named('this_cpu_off');
  expect(found).toEqual({ name: 'this_cpu_off', address: 0x19a18n });
});

test.each<readonly [bigint, string | undefined]>([
  [0xffffffff81000000n, '_stext+0'],
  [0xffffffff8100003fn, '_stext+63'],
  [0xffffffff81000041n, 'vfs_read.part.0+1'],
  [0xffffffff81000080n, 'vfs_read.cold+0'],
  [0xffffffff810000c7n, 'vfs_read.isra.0.constprop.1+7'],
  [0xffffffff81000110n, 'strong_one+16'],
  [0xffffffff82000004n, 'jiffies+4'],
  [0xffffffffc0101010n, 'dm_start+16 [dm_mod]'],
  [0xffffffffc01020ffn, 'fuse_init+255 [fuse]'],
  [0xffffffffc0201008n, 'bpf_prog_6deef7357e7b4530_first+8 [bpf]'],
  [0xffffffffc0202001n, 'bpf_prog_34f1c6126af4ed51_second+1 [bpf]'],
  [0xffffffff80ffffffn, undefined],
  [0x401000n, undefined],
  [0n, undefined],
])('%d is %s', (address, expected) => {
  const found = table.at(address);
  const module = found?.module === undefined ? '' : ` [${found.module}]`;
  expect(found && `${found.name}+${found.offset}${module}`).toBe(expected);
});

test.each([
  ['the kernel', 0xffffffff82000008n],
  ['a module', 0xffffffffc0102100n],
  ['a BPF program', 0xffffffffc0202000n],
])('far behind the last symbol of %s nothing is called by its name', (_, last) => {
  expect(table.at(last + 0xffffn)?.offset).toBe(0xffff);
  expect(table.at(last + 0x10000n)).toBeUndefined();
});

test('within the kernel symbols reach to the next one, however far', () =>
  expect(table.at(0xffffffff81f00000n)).toEqual({ name: 'strong_one', offset: 0xefff00 }));

test('symbols are found by name, of a module too, with the bytes that they have at most', () => {
  expect(table.named('vfs_read.cold')).toEqual({
    name: 'vfs_read.cold',
    address: 0xffffffff81000080n,
    bytes: 64,
  });
  expect(table.named('fuse_init', 'fuse')?.module).toBe('fuse');
  expect(table.named('fuse_init', 'dm_mod')).toBeUndefined();
  expect(table.named('vfs_rea')).toBeUndefined();
});

test('to those without privileges names are known and addresses are not', () => {
  const hidden = parseKallsyms(text('0000000000000000 T _stext', '0000000000000000 T vfs_read'));
  expect(hidden.hidden).toBe(true);
  expect(hidden.at(0xffffffff81000000n)).toBeUndefined();
  expect(hidden.named('vfs_read')?.address).toBe(0n);
});

test('a kernel without a table has no symbols', () =>
  expect(parseKallsyms(Buffer.alloc(0)).at(0xffffffff81000000n)).toBeUndefined());

/** A kernel whose modules change while we look. */
function changing() {
  const world = { loaded: 'fuse', lines: [...kernel, ...modules], nowMs: 0, reads: 0 };
  const read = () => {
    world.reads++;
    return parseKallsyms(text(...world.lines));
  };
  return {
    world,
    symbols: kernelSymbols({ first: read, read, modules: () => world.loaded, nowMs: () => world.nowMs }),
  };
}

test('a module that is loaded later has symbols, one that took its place has its own', () => {
  const { world, symbols } = changing();
  expect(symbols.at(0xffffffffc0102000n)?.name).toBe('fuse_init');
  world.lines = [...kernel, 'ffffffffc0102000 t xfs_init\t[xfs]'];
  world.loaded = 'xfs';
  expect(symbols.at(0xffffffff81000040n)?.name).toBe('vfs_read.part.0');
  expect(world.reads).toBe(1);
  expect(symbols.at(0xffffffffc0102000n)?.name).toBe('xfs_init');
  expect(world.reads).toBe(2);
});

test('for what nobody knows the table is read again once a second at the most', () => {
  const { world, symbols } = changing();
  for (const nowMs of [0, 500, 1000, 1500, 1999, 2000]) {
    world.nowMs = nowMs;
    expect(symbols.at(0xffffffffd0000000n)).toBeUndefined();
  }
  expect(world.reads).toBe(3);
  world.lines.push('ffffffffd0000000 t bpf_prog_0123456789abcdef_late\t[bpf]');
  world.nowMs = 3000;
  expect(symbols.at(0xffffffffd0000000n)?.name).toBe('bpf_prog_0123456789abcdef_late');
});
