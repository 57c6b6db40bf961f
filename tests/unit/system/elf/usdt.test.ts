/** Static probes from the notes of made-up files. */

import { expect, test } from 'vitest';
import { bytesSource, parseElf } from '../../../../src/system/elf/parse.ts';
import { usdtSites } from '../../../../src/system/elf/usdt.ts';
import { variableAddress } from '../../../../src/system/elf/variables.ts';
import { buildElf, buildNote } from '../../../support/elf-builder.ts';

const segments = [
  { type: 1, offset: 0x1000, address: 0x401000, bytes: 0x2000 },
  { type: 1, offset: 0x3000, address: 0x404000, bytes: 0x1000 },
];

function note(addresses: readonly [bigint, bigint, bigint], texts: readonly string[]): Buffer {
  const words = Buffer.alloc(24);
  addresses.forEach((address, index) => words.writeBigUInt64LE(address, 8 * index));
  return buildNote('stapsdt', 3, Buffer.concat([words, Buffer.from(`${texts.join('\0')}\0`)]));
}

function sitesOf(notes: readonly Buffer[], base?: number) {
  const elf = parseElf(
    bytesSource(
      buildElf({
        segments,
        functions: [
          { name: 'counter', address: 0x404010, type: 1 },
          { name: 'main', address: 0x401000 },
        ],
        sections: [
          { name: '.note.stapsdt', type: 7, bytes: Buffer.concat(notes) },
          ...(base === undefined
            ? []
            : [{ name: '.stapsdt.base', type: 1, bytes: Buffer.alloc(1), address: base }]),
        ],
      }),
    ),
  );
  if (!elf.ok) throw new Error(elf.error);
  return { elf: elf.value, sites: usdtSites(elf.value) };
}

test('a site has its provider, name, place, semaphore and arguments', () => {
  const { sites } = sitesOf([
    note([0x401234n, 0n, 0x404010n], ['app', 'start', '-4@%eax 8@%rdi']),
    note([0x401240n, 0n, 0n], ['app', 'stop', '']),
  ]);
  expect(sites).toEqual([
    {
      provider: 'app',
      name: 'start',
      address: 0x401234,
      fileOffset: 0x1234,
      semaphore: 0x3010,
      arguments: '-4@%eax 8@%rdi',
    },
    { provider: 'app', name: 'stop', address: 0x401240, fileOffset: 0x1240, arguments: '' },
  ]);
});

test('a prelinked file was moved by as much as .stapsdt.base', () => {
  const notes = [note([0x1234n, 0x2000n, 0x4010n], ['app', 'start', ''])];
  expect(sitesOf(notes, 0x402000).sites).toMatchObject([{ address: 0x401234, semaphore: 0x3010 }]);
});

test('notes of others, cut ones, and sites outside of the file are passed over', () => {
  const whole = note([0x401234n, 0n, 0n], ['app', 'start', '']);
  const { sites } = sitesOf([
    buildNote('GNU', 3, Buffer.alloc(64)),
    buildNote('stapsdt', 3, Buffer.alloc(8)),
    note([0x900000n, 0n, 0n], ['app', 'far', '']),
    whole,
    whole.subarray(0, 30),
  ]);
  expect(sites.map(({ name }) => name)).toEqual(['start']);
});

test('variables are found by name, functions are none', () => {
  const { elf } = sitesOf([]);
  expect([variableAddress(elf, 'counter'), variableAddress(elf, 'main')]).toEqual([0x404010, undefined]);
});
