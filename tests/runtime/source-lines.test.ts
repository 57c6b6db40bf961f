/** Our reader of debug information against binutils' addr2line, at every address of programs that gcc makes in all its ways. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { debugInfo } from '../../src/system/dwarf/debug-info.ts';
import { debugSections } from '../../src/system/dwarf/sections.ts';
import type { SourceLines, SourcePlace } from '../../src/system/dwarf/source-lines.ts';
import { sourceLines } from '../../src/system/dwarf/source-lines.ts';
import { bytesSource, parseElf } from '../../src/system/elf/parse.ts';
import { readElf } from '../../src/system/elf/read.ts';
import { listFunctions, readFunctions } from '../../src/system/elf/symbols.ts';
import { cppSource, cSource } from '../support/inlined-sources.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tstrace-lines-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Compiled in a folder of its own, so that paths are told relative to it. */
function compile(source: string, flags: readonly string[], isCpp = false): string {
  const name = isCpp ? 'source.cpp' : 'source.c';
  writeFileSync(join(folder, name), source);
  execFileSync(isCpp ? 'g++' : 'gcc', ['-no-pie', ...flags, name, '-o', 'program'], {
    cwd: folder,
    stdio: 'pipe',
  });
  return join(folder, 'program');
}

function readLines(program: string): { readonly lines: SourceLines; readonly addresses: readonly number[] } {
  const elf = readElf(program);
  if (!elf.ok) throw new Error(elf.error);
  const own = listFunctions(readFunctions(elf.value)).filter(({ name }) =>
    /^(main|rare|work)|ns|vector/.test(name),
  );
  const addresses = own.flatMap(({ address, bytes }) =>
    Array.from({ length: bytes }, (_, index) => address + index),
  );
  return { lines: sourceLines(debugInfo(debugSections(elf.value))), addresses };
}

const shown = (place: SourcePlace | undefined): string =>
  place === undefined ? '?' : `${basename(place.file)}:${place.line}`;

/** `function@file:line` for each, the innermost first; of the function itself, which its symbol names, the line only. */
const ours = (lines: SourceLines, address: number): readonly string[] => {
  const found = lines.at(address);
  return [...(found?.inlined ?? []).map(({ name, place }) => `${name}@${shown(place)}`), shown(found?.place)];
};

function theirs(program: string, addresses: readonly number[]): readonly (readonly string[])[] {
  const input = addresses.map((address) => address.toString(16)).join('\n');
  const output = execFileSync('addr2line', ['-a', '-i', '-f', '-e', program], { input, encoding: 'utf8' });
  return output
    .split(/^0x[0-9a-f]+\n/m)
    .slice(1)
    .map((text) => {
      const rows = text.trim().split('\n');
      return Array.from({ length: rows.length / 2 }, (_, index) => {
        const [, file = '', line] =
          /^(.*):(\d+|\?)(?: \(discriminator \d+\))?$/.exec(rows[2 * index + 1] ?? '') ?? [];
        const place = line === '?' || line === '0' ? '?' : `${basename(file)}:${line}`;
        return 2 * index + 2 < rows.length ? `${rows[2 * index]}@${place}` : place;
      });
    });
}

test.each([
  '-g -O2',
  '-gdwarf-2 -O2',
  '-gdwarf-3 -O2',
  '-gdwarf-4 -O2',
  '-gdwarf-5 -O2',
  '-gdwarf-5 -O3',
  '-gdwarf-4 -O2 -gz',
  '-gdwarf-5 -O2 -gz=zlib',
  '-gdwarf-5 -Os -fno-merge-debug-strings',
  '-gdwarf-5 -O1 -ffunction-sections -Wl,--gc-sections',
])('gcc %s: the lines and inlined functions that addr2line tells', (flags) => {
  const program = compile(cSource, flags.split(' '));
  const { lines, addresses } = readLines(program);
  expect(addresses.length).toBeGreaterThan(200);
  const told = addresses.map((address) => ours(lines, address));
  expect(told).toEqual(theirs(program, addresses));
  // What is compared is worth it: two functions within a third.
  expect(Math.max(...told.map((frames) => frames.length))).toBe(3);
});

test.each(['-gdwarf-4 -O2', '-gdwarf-5 -O0'])('g++ %s: names as linkers know them', (flags) => {
  const program = compile(cppSource, flags.split(' '), true);
  const { lines, addresses } = readLines(program);
  expect(addresses.map((address) => ours(lines, address))).toEqual(theirs(program, addresses));
});

/** What addr2line of binutils 2.40 can't read, or reads wrong, tells the same as what it can. */
test.each([
  ['gcc -gdwarf64', cSource, '-gdwarf-5 -gdwarf64'],
  ['gcc -fdebug-types-section', cSource, '-gdwarf-5 -fdebug-types-section'],
  ['g++ -gdwarf-5', cppSource, '-gdwarf-5'],
  ['g++ -fdebug-types-section', cppSource, '-gdwarf-4 -fdebug-types-section'],
])('%s tells the same as version 4', (_, source, flags) => {
  const all = [`-O2 ${flags}`, '-O2 -gdwarf-4'].map((each) => {
    const { lines, addresses } = readLines(compile(source, each.split(' '), source === cppSource));
    return addresses.map((address) => ours(lines, address));
  });
  expect(all[0]).toEqual(all[1]);
});

test('with the entries in files of their own (-gsplit-dwarf), lines are known', () => {
  const { lines, addresses } = readLines(compile(cSource, ['-O2', '-g', '-gsplit-dwarf']));
  const places = addresses.map((address) => shown(lines.at(address)?.place));
  expect(places).not.toContain('?');
  expect(places).toContain('source.c:16');
});

test('outside of everything nothing is known', () => {
  const { lines } = readLines(compile(cSource, ['-g']));
  expect([0, 1, 0x1000, 0x7fffffff, 2 ** 47].map((address) => lines.at(address))).toEqual(
    new Array(5).fill(undefined),
  );
});

test('a program without debug information has no lines', () => {
  const { lines, addresses } = readLines(compile(cSource, ['-O2']));
  expect(lines.at(addresses[0] ?? 0)).toBeUndefined();
});

/** Bytes of the debug sections are changed at random, as a broken disk would. */
test('whatever bytes stand in place of the right ones, all questions have answers', () => {
  const program = compile(cSource, ['-gdwarf-5', '-O2']);
  const { addresses } = readLines(program);
  const bytes = readFileSync(program);
  const first = debugStart(bytes);
  const change = fc.record({ at: fc.integer({ min: first, max: bytes.length - 1 }), byte: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 40 }), (changes) => {
      const damaged = Buffer.from(bytes);
      for (const { at, byte } of changes) damaged[at] = byte;
      const elf = parseElf(bytesSource(damaged));
      if (!elf.ok) return;
      const lines = sourceLines(debugInfo(debugSections(elf.value)));
      for (let index = 0; index < addresses.length; index += 50) lines.at(addresses[index] ?? 0);
    }),
    { numRuns: 300 },
  );
});

/** Where the first debug section begins. */
function debugStart(bytes: Buffer): number {
  const elf = parseElf(bytesSource(bytes));
  if (!elf.ok) throw new Error(elf.error);
  return Math.min(
    ...elf.value.sections.filter(({ name }) => name.startsWith('.debug')).map(({ offset }) => offset),
  );
}
