/** ELF files built by hand: their tables, symbols, notes, and what is made of damaged ones. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildId, debugLink, parseNotes } from '../../../../src/system/elf/notes.ts';
import type { Elf } from '../../../../src/system/elf/parse.ts';
import {
  addressOfOffset,
  bytesSource,
  fileOffsetOf,
  parseElf,
  sectionBytes,
  sectionNamed,
} from '../../../../src/system/elf/parse.ts';
import {
  functionAt,
  functionCovering,
  functionFileOffset,
  listFunctions,
  readFunctions,
  readVariables,
} from '../../../../src/system/elf/symbols.ts';
import { buildElf, buildNote } from '../../../support/elf-builder.ts';

function mustParse(bytes: Uint8Array): Elf {
  const elf = parseElf(bytesSource(bytes));
  if (!elf.ok) throw new Error(elf.error);
  return elf.value;
}

const text = { type: 1, offset: 0x1000, address: 0x401000, bytes: 0x2000 };
const data = { type: 1, offset: 0x3000, address: 0x404000, bytes: 0x1000 };

const program = buildElf({
  type: 2,
  segments: [{ type: 6, offset: 0, address: 0, bytes: 0x9000 }, text, data],
  functions: [
    { name: 'main', address: 0x401800, bytes: 0x100 },
    { name: 'start', address: 0x401000, bytes: 0x40 },
    { name: 'weak_alias', address: 0x401800, bytes: 0x100, binding: 2 },
    { name: 'counter', address: 0x404000, bytes: 8, type: 1 },
    { name: 'imported', address: 0, undefined: true },
    { name: 'assembly', address: 0x401900, bytes: 0 },
    { name: 'outer', address: 0x402000, bytes: 0x200 },
    { name: 'inner', address: 0x402080, bytes: 0x10 },
    { name: 'versioned@GLIBC_2.2', address: 0x402400, bytes: 0x10 },
    { name: 'indirect', address: 0x402500, bytes: 0x10, type: 10 },
  ],
  dynamicFunctions: [{ name: 'main', address: 0x401800, bytes: 0x100 }],
  sections: [
    { name: '.note.gnu.build-id', type: 7, bytes: buildNote('GNU', 3, Buffer.from('c0ffee00112233', 'hex')) },
    { name: '.gnu_debuglink', type: 1, bytes: Buffer.from('main.debug\0\0\x78\x56\x34\x12', 'latin1') },
  ],
});

test('a file has its type, machine, sections and segments', () => {
  const elf = mustParse(program);
  expect([elf.type, elf.machine]).toEqual([2, 62]);
  expect(elf.sections.map(({ name }) => name)).toContain('.gnu_debuglink');
  expect(elf.segments).toHaveLength(3);
  const link = sectionNamed(elf, '.gnu_debuglink');
  expect(link && sectionBytes(elf, link).toString('latin1', 0, 4)).toBe('main');
  expect(sectionNamed(elf, '.absent')).toBeUndefined();
});

test('addresses and places in the file lead to each other', () => {
  const elf = mustParse(program);
  expect(fileOffsetOf(elf, 0x401804)).toBe(0x1804);
  expect(addressOfOffset(elf, 0x1804)).toBe(0x401804);
  expect(addressOfOffset(elf, 0x3008)).toBe(0x404008);
  expect([fileOffsetOf(elf, 0x403000), addressOfOffset(elf, 0x9000)]).toEqual([undefined, undefined]);
});

test('functions are listed by address, without data, imports and repetitions', () => {
  const functions = readFunctions(mustParse(program));
  expect(listFunctions(functions).map(({ name, address }) => [name, address])).toEqual([
    ['start', 0x401000],
    ['main', 0x401800],
    ['weak_alias', 0x401800],
    ['assembly', 0x401900],
    ['outer', 0x402000],
    ['inner', 0x402080],
    ['versioned', 0x402400],
    ['indirect', 0x402500],
  ]);
  const main = functionAt(functions, 1);
  expect(main).toEqual({ name: 'main', address: 0x401800, bytes: 0x100 });
  expect(functionFileOffset(mustParse(program), main)).toBe(0x1800);
});

test.each<readonly [string, number, string | undefined]>([
  ['before the first function', 0x400fff, undefined],
  ['at its start', 0x401000, 'start'],
  ['at its last byte', 0x40103f, 'start'],
  ['behind it', 0x401040, undefined],
  ['in a function of two names', 0x401810, 'main'],
  ['in a function of unknown size', 0x401fff, 'assembly'],
  ['in a function within another', 0x402084, 'inner'],
  ['behind the inner one', 0x402100, 'outer'],
  ['behind all', 0x500000, undefined],
])('the function %s', (_, address, name) => {
  expect(functionCovering(readFunctions(mustParse(program)), address)?.name).toBe(name);
});

test('a stripped file has the functions that it shows to others', () => {
  const stripped = buildElf({
    segments: [text],
    dynamicFunctions: [{ name: 'shown', address: 0x401000, bytes: 4 }],
  });
  expect(listFunctions(readFunctions(mustParse(stripped))).map(({ name }) => name)).toEqual(['shown']);
  expect(listFunctions(readFunctions(mustParse(buildElf({}))))).toEqual([]);
});

test('the build id and the debug file are named', () => {
  expect(buildId(mustParse(program))).toBe('c0ffee00112233');
  expect(debugLink(mustParse(program))).toEqual({ name: 'main.debug', checksum: 0x12345678 });
  const bare = mustParse(buildElf({}));
  expect([buildId(bare), debugLink(bare)]).toEqual([undefined, undefined]);
});

test('a build id is found through segments where sections are stripped', () => {
  const note = buildNote('GNU', 3, Buffer.from('abcd', 'hex'));
  const file = buildElf({
    sections: [{ name: '.data', type: 1, bytes: note }],
    segments: [{ type: 4, offset: 120, address: 0, bytes: note.length }],
  });
  expect(buildId(mustParse(file))).toBe('abcd');
});

test('notes of others are passed over, and cut ones end the list', () => {
  const notes = Buffer.concat([
    buildNote('stapsdt', 3, Buffer.from('x')),
    buildNote('GNU', 1, Buffer.alloc(16)),
  ]);
  expect(parseNotes(notes).map(({ owner, type }) => [owner, type])).toEqual([
    ['stapsdt', 3],
    ['GNU', 1],
  ]);
  expect(parseNotes(notes.subarray(0, 40))).toHaveLength(1);
});

test.each([
  ['leads out of its folder', '../../etc/x\0crc.'],
  ['has no checksum', 'x.debug\0'],
  ['is empty', '\0\0\0\0crc.'],
])('a debug link that %s is none', (_, text) => {
  const file = buildElf({ sections: [{ name: '.gnu_debuglink', type: 1, bytes: Buffer.from(text) }] });
  expect(debugLink(mustParse(file))).toBeUndefined();
});

test('variables are found by their addresses, and are no functions', () => {
  const variables = readVariables(mustParse(program));
  expect(listFunctions(variables).map(({ name }) => name)).toEqual(['counter']);
  expect(functionCovering(variables, 0x404007)?.name).toBe('counter');
  expect(functionCovering(variables, 0x404008)).toBeUndefined();
});

test('files that complete each other are read as one', () => {
  const shown = mustParse(buildElf({ dynamicFunctions: [{ name: 'shown', address: 0x401000, bytes: 4 }] }));
  const hidden = mustParse(buildElf({ functions: [{ name: 'hidden', address: 0x400800, bytes: 4 }] }));
  expect(listFunctions(readFunctions(shown, hidden)).map(({ name }) => name)).toEqual(['hidden', 'shown']);
});

test.each<readonly [string, (bytes: Buffer) => Buffer, string]>([
  ['text', () => Buffer.from('#!/bin/sh\n'), 'not an ELF'],
  ['nothing', () => Buffer.alloc(0), 'not an ELF'],
  ['a header cut short', (bytes) => bytes.subarray(0, 40), 'cut short'],
  ['32 bits', (bytes) => (bytes.writeUInt8(1, 4), bytes), '64-bit'],
  ['big-endian', (bytes) => (bytes.writeUInt8(2, 5), bytes), 'little-endian'],
])('%s is refused with what it is', (_, change, words) => {
  const elf = parseElf(bytesSource(change(Buffer.from(program))));
  expect(elf.ok ? '' : elf.error).toContain(words);
});

function askEverything(bytes: Uint8Array): void {
  const parsed = parseElf(bytesSource(bytes));
  if (!parsed.ok) return;
  const elf = parsed.value;
  for (const section of elf.sections) sectionBytes(elf, section);
  const functions = readFunctions(elf);
  listFunctions(functions);
  for (const address of [0, 0x401000, 2 ** 40, 2 ** 52]) {
    functionCovering(functions, address);
    fileOffsetOf(elf, address);
    addressOfOffset(elf, address);
  }
  buildId(elf);
  debugLink(elf);
}

test('whatever bytes stand in place of the right ones, all questions have answers', () => {
  const tables = program.readUInt32LE(40);
  const place = fc.oneof(
    fc.nat(63),
    fc.nat(program.length - 1),
    fc.integer({ min: tables, max: program.length - 1 }),
  );
  const change = fc.record({ at: place, byte: fc.constantFrom(0, 1, 2, 11, 0x7f, 0xff) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 10 }), (changes) => {
      const bytes = Buffer.from(program);
      for (const { at, byte } of changes) bytes[at] = byte;
      askEverything(bytes);
    }),
    { numRuns: 500 },
  );
});

test('a file may end anywhere', () => {
  for (let length = 0; length < program.length; length += 7) askEverything(program.subarray(0, length));
});
