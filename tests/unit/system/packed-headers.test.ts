/** Headers that a kernel carries with it, from archives as its build makes them (kernel/gen_kheaders.sh). */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { kernelFolders } from '../../../src/system/kernel-headers.ts';
import { cacheFolder, packedHeaders } from '../../../src/system/packed-headers.ts';
import { filesInTar } from '../../../src/system/tar.ts';

const root = mkdtempSync(join(tmpdir(), 'tstrace-kheaders-'));
afterAll(() => rmSync(root, { recursive: true }));

const longPath = `arch/x86/include/${'deep/'.repeat(40)}made.h`;
const files: Readonly<Record<string, string>> = {
  'include/linux/kconfig.h': '#define CONFIGURED 1\n',
  'include/linux/empty.h': '',
  [longPath]: `${'x'.repeat(1000)}\n`,
};

/** An archive of these files, packed by the system's own programs. */
function archived(
  name: string,
  contents: Readonly<Record<string, string>>,
  ...options: readonly string[]
): string {
  const tree = join(root, `${name}.tree`);
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const archive = join(root, `${name}.tar.xz`);
  execFileSync('tar', [...options, '-cJf', archive, '-C', tree, '.']);
  return archive;
}

const unpackedBy = (archive: string, cache: string) =>
  packedHeaders({ release: '6.1.0', cache: join(root, cache), archive });

test.each(['gnu', 'posix'])(
  'headers are unpacked once, with paths of any length, for their owner alone: %s',
  (format) => {
    const archive = archived(format, files, `--format=${format}`);
    const cache = `cache-${format}`;
    const folder = unpackedBy(archive, cache) ?? '';
    for (const [path, text] of Object.entries(files))
      expect(readFileSync(join(folder, path), 'utf8')).toBe(text);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const made = statSync(folder).ctimeMs;
    expect(unpackedBy(archive, cache)).toBe(folder);
    expect(statSync(folder).ctimeMs).toBe(made);
    expect(readdirSync(join(root, cache))).toHaveLength(1);
    expect(kernelFolders({ release: 'none', source: folder })).toEqual({ source: folder, build: folder });
  },
);

test('another kernel of the same release has a folder of its own', () => {
  const first = unpackedBy(archived('first', { 'include/a.h': '1' }), 'two');
  const second = unpackedBy(archived('second', { 'include/a.h': '2' }), 'two');
  expect(new Set([first, second]).size).toBe(2);
});

test('a folder that others could have changed is not used, nor one that is a link', () => {
  const archive = archived('unsafe', files);
  const folder = unpackedBy(archive, 'unsafe') ?? '';
  chmodSync(folder, 0o777);
  expect(unpackedBy(archive, 'unsafe')).toBeUndefined();
  rmSync(folder, { recursive: true });
  mkdirSync(join(root, 'elsewhere'));
  symlinkSync(join(root, 'elsewhere'), folder);
  expect(unpackedBy(archive, 'unsafe')).toBeUndefined();
  expect(readdirSync(join(root, 'elsewhere'))).toEqual([]);
  chmodSync(join(root, 'unsafe'), 0o770);
  rmSync(folder);
  expect(unpackedBy(archive, 'unsafe')).toBeUndefined();
});

test('what can not be unpacked leaves nothing behind', () => {
  const archive = archived('cut', files);
  truncateSync(archive, statSync(archive).size - 20);
  expect(unpackedBy(archive, 'cut')).toBeUndefined();
  expect(unpackedBy(join(root, 'none.tar.xz'), 'none')).toBeUndefined();
  expect(
    packedHeaders({ release: '6.1.0', cache: undefined, archive: archived('whole', files) }),
  ).toBeUndefined();
  expect(readdirSync(join(root, 'cut'))).toEqual([]);
});

test.each([['../outside.h'], ['/outside.h']])(
  'an archive that leads out of its folder is refused: %s',
  (path) => {
    const tree = join(root, 'tree');
    mkdirSync(tree, { recursive: true });
    writeFileSync(join(tree, 'inside.h'), 'x');
    const archive = execFileSync('tar', [
      '-cf',
      '-',
      '-P',
      `--transform=s,inside.h,${path},`,
      '-C',
      tree,
      'inside.h',
    ]);
    expect(filesInTar(archive)).toBeUndefined();
  },
);

test('what is no archive, or ends too early, is none', () => {
  expect(filesInTar(Buffer.alloc(2048, 'x'))).toBeUndefined();
  expect(filesInTar(Buffer.alloc(100))).toBeUndefined();
});

test("root's cache is its own, whatever HOME says; others have theirs in their home", () => {
  const isRoot = process.geteuid?.() === 0;
  const found = cacheFolder({ HOME: '/home/user' });
  expect(found).toBe(isRoot ? '/var/cache/tstrace' : '/home/user/.cache/tstrace');
});
