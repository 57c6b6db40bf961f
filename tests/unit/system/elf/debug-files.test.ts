/** Separate debug files, laid out in a folder as distributions do. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { symbolFiles } from '../../../../src/system/elf/best-symbols.ts';
import { parseDebugFolders } from '../../../../src/system/elf/debug-files.ts';
import type { Elf } from '../../../../src/system/elf/parse.ts';
import { bytesSource, parseElf } from '../../../../src/system/elf/parse.ts';
import { listFunctions, readFunctions } from '../../../../src/system/elf/symbols.ts';
import { buildElf, buildNote } from '../../../support/elf-builder.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tstrace-debug-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const idNote = (id: string) => ({
  name: '.note.gnu.build-id',
  type: 7,
  bytes: buildNote('GNU', 3, Buffer.from(id, 'hex')),
});

/** A file of debug information with one function. */
const debugFile = (name: string, id?: string): Buffer =>
  buildElf({
    functions: [{ name, address: 0x1000, bytes: 4 }],
    ...(id !== undefined && { sections: [idNote(id)] }),
  });

function put(path: string, bytes: Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

/** A stripped program, with the names that lead to its debug file. */
function program({ id, link }: { readonly id?: string; readonly link?: Buffer }): Elf {
  const name = Buffer.from('app.debug\0\0\0');
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(link === undefined ? 0 : crc32(link));
  const parsed = parseElf(
    bytesSource(
      buildElf({
        dynamicFunctions: [{ name: 'shown', address: 0x1000, bytes: 4 }],
        sections: [
          ...(id === undefined ? [] : [idNote(id)]),
          ...(link === undefined
            ? []
            : [{ name: '.gnu_debuglink', type: 1, bytes: Buffer.concat([name, checksum]) }]),
        ],
      }),
    ),
  );
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const functionsOf = (elf: Elf, folders: string): readonly string[] =>
  listFunctions(
    readFunctions(...symbolFiles(elf, join(folder, 'bin/app'), { folders: parseDebugFolders(folders) })),
  ).map(({ name }) => name);

test('a build id leads to a file of its name below .build-id', () => {
  put('debug/.build-id/ab/cdef.debug', debugFile('hidden', 'abcdef'));
  expect(functionsOf(program({ id: 'abcdef' }), `.debug:${folder}/debug`)).toEqual(['hidden']);
  expect(functionsOf(program({ id: 'abcdef' }), '.debug')).toEqual(['shown']);
});

test.each([
  ['beside the program', 'bin/app.debug', ':.debug'],
  ['in a folder beside it', 'bin/.debug/app.debug', ':.debug'],
])('a link leads to a file %s', (_, path, folders) => {
  const file = debugFile('hidden');
  put(path, file);
  expect(functionsOf(program({ link: file }), folders)).toEqual(['hidden']);
});

test('a link leads into a tree of debug files', () => {
  const file = debugFile('hidden');
  put(join('debug', folder, 'bin/app.debug'), file);
  expect(functionsOf(program({ link: file }), `${folder}/debug`)).toEqual(['hidden']);
});

test('a file of another build is never taken, whatever leads to it', () => {
  put('bin/app.debug', debugFile('other', '1234'));
  put('debug/.build-id/ab/cdef.debug', debugFile('other', '1234'));
  expect(functionsOf(program({ id: 'abcdef', link: debugFile('right') }), `:${folder}/debug`)).toEqual([
    'shown',
  ]);
  // Without build ids, checksums tell.
  put('bin/app.debug', debugFile('other'));
  expect(functionsOf(program({ link: debugFile('right') }), ':')).toEqual(['shown']);
});

test('a checksum that is asked for must be right, even where the build id is', () => {
  put('bin/app.debug', debugFile('changed', 'abcdef'));
  const elf = program({ id: 'abcdef', link: debugFile('right', 'abcdef') });
  expect(functionsOf(elf, ':')).toEqual(['changed']);
  expect(functionsOf(elf, '+')).toEqual(['shown']);
});

test('what is no ELF file, or has no symbols, is passed over', () => {
  put('bin/app.debug', Buffer.from('text'));
  const empty = buildElf({ sections: [idNote('abcdef')] });
  put('debug/.build-id/ab/cdef.debug', empty);
  expect(functionsOf(program({ id: 'abcdef', link: debugFile('x') }), `:${folder}/debug`)).toEqual(['shown']);
});
