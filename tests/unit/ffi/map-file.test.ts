/** Files in place. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { mapFile } from '../../../src/ffi/map-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tstrace-map-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a file is mapped, with all its bytes', () => {
  const path = join(folder, 'file');
  writeFileSync(path, 'x'.repeat(5000));
  expect(mapFile(path)?.toString('latin1')).toBe('x'.repeat(5000));
});

test('what can not be mapped is left to be read: no file, an empty one, a folder, a file of /proc', () => {
  writeFileSync(join(folder, 'empty'), '');
  for (const path of [join(folder, 'absent'), join(folder, 'empty'), folder, '/proc/self/stat'])
    expect(mapFile(path)).toBeUndefined();
});
