/** Real files, as imports see them. */

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { importFiles } from '../../../src/system/import-files.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tstrace-imports-')));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (path: string): string => join(folder, path);

/** Whatever the umask takes away. */
function make(path: string, mode: number): void {
  if (path.endsWith('/')) mkdirSync(at(path));
  else writeFileSync(at(path), 'begin { }');
  chmodSync(at(path), mode);
}

make('own.bt', 0o644);
make('open.bt', 0o646);
make('open/', 0o757);
make('open/own.bt', 0o644);
make('sticky/', 0o1777);
make('sticky/own.bt', 0o644);
make('group.bt', 0o664);
symlinkSync('own.bt', at('link.bt'));
symlinkSync('open/own.bt', at('link-into-open.bt'));

test.each([
  ['own.bt', false],
  ['group.bt', false],
  ['open.bt', true],
  ['open', true],
  // Anybody may put another in its place.
  ['open/own.bt', true],
  ['link-into-open.bt', true],
  // Nobody but the owner may.
  ['sticky/own.bt', false],
  // Anybody may add to it.
  ['sticky', true],
])('%s is open to all: %s', (path, isOpenToAll) =>
  expect(importFiles.look(at(path))).toMatchObject({ ok: true, value: { isOpenToAll } }),
);

test('links are followed: the real path is the same for all paths to a file', () =>
  expect(importFiles.look(at('link.bt'))).toEqual({
    ok: true,
    value: { kind: 'file', realPath: at('own.bt'), isOpenToAll: false },
  }));

test('files, folders, others, and none', () => {
  expect(importFiles.look(at('open'))).toMatchObject({ value: { kind: 'folder' } });
  expect(importFiles.look('/dev/null')).toMatchObject({ value: { kind: 'other' } });
  expect(importFiles.look(at('none'))).toMatchObject({ ok: false, error: { name: 'ENOENT' } });
});

test('texts and listings', () => {
  expect(importFiles.readText(at('own.bt'))).toEqual({ ok: true, value: 'begin { }' });
  expect(importFiles.readText(at('none.bt'))).toMatchObject({ ok: false, error: { name: 'ENOENT' } });
  expect(importFiles.list(at('open'))).toEqual({ ok: true, value: ['own.bt'] });
});
