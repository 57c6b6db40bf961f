import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findLibrary, parseLibraryCache } from '../../../../src/system/elf/library-cache.ts';

const magic = 'glibc-ld.so.cache1.1';

/** The linker's table of libraries: flags, then the places of name and path. */
function cache(entries: readonly (readonly [flags: number, name: string, path: string])[]): Buffer {
  const head = Buffer.alloc(48 + 24 * entries.length);
  head.write(magic, 'latin1');
  head.writeUInt32LE(entries.length, 20);
  let text = '';
  entries.forEach(([flags, name, path], index) => {
    const at = 48 + 24 * index;
    head.writeUInt32LE(flags, at);
    head.writeUInt32LE(head.length + text.length, at + 4);
    head.writeUInt32LE(head.length + text.length + name.length + 1, at + 8);
    text += `${name}\0${path}\0`;
  });
  return Buffer.concat([head, Buffer.from(text, 'latin1')]);
}

const table = cache([
  [0x0803, 'libc.so.6', '/lib/i386/libc.so.6'],
  [0x0303, 'libcrypt.so.1', '/lib/libcrypt.so.1'],
  [0x0303, 'libc.so.6', '/lib/libc.so.6'],
  [0x0a03, 'libc.so.6', '/lib/arm/libc.so.6'],
  [0x0303, 'libz.so.1', '/lib/libz.so.1'],
  [0x0303, 'libz.so', '/lib/libz.so'],
]);

test('libraries of the machine are found by their names, with or without version', () => {
  const libraries = parseLibraryCache(table, 'x64');
  expect(
    ['libc.so.6', 'libc', 'libz', 'libz.so.1', 'libcry', 'lib'].map((name) => findLibrary(libraries, name)),
  ).toEqual(['/lib/libc.so.6', '/lib/libc.so.6', '/lib/libz.so', '/lib/libz.so.1', undefined, undefined]);
  expect(findLibrary(parseLibraryCache(table, 'arm64'), 'libc')).toBe('/lib/arm/libc.so.6');
});

test('a table of the old form may stand before it', () => {
  const behind = Buffer.concat([Buffer.from('ld.so-1.7.0\0\0\0\0\0'), table]);
  expect(findLibrary(parseLibraryCache(behind, 'x64'), 'libc')).toBe('/lib/libc.so.6');
});

test('any bytes are a table or none', () => {
  expect(parseLibraryCache(Buffer.from('something else'), 'x64')).toEqual([]);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
      parseLibraryCache(Buffer.concat([Buffer.from(magic), bytes]), 'x64');
      parseLibraryCache(Buffer.from(bytes), 'x64');
    }),
  );
});
