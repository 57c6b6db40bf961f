/** `tstrace --fmt`: where the script goes. */

import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import type { Sink } from '../../../src/cli/world.ts';
import { realWorld } from '../../../src/cli/world.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'format-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** A run without privileges, whose streams are kept. */
async function tstrace(...argv: readonly string[]): Promise<Ran> {
  const texts = { out: '', errors: '' };
  const sink = (name: keyof typeof texts): Sink => ({
    isTerminal: false,
    write: (bytes) => {
      texts[name] += Buffer.from(bytes).toString();
      return bytes.length;
    },
  });
  const world = { ...realWorld(), argv, environment: {}, uid: 1000 };
  const code = await main({ ...world, stdout: sink('out'), stderr: sink('errors') });
  return { code, ...texts };
}

test('prints the script', async () => {
  const result = { code: 0, out: 'begin {\n  exit();\n}\n', errors: '' };
  expect(await tstrace('--fmt', '-e', 'begin{exit()}')).toEqual(result);
  expect(await tstrace('--mode', 'format', '-e', 'begin{exit()}')).toEqual(result);
});

test('replaces the file that -o names, which keeps its permissions', async () => {
  const path = join(folder, 'a.bt');
  writeFileSync(path, 'begin{exit()}');
  chmodSync(path, 0o750);
  expect(await tstrace('--fmt', path, '-o', path)).toEqual({ code: 0, out: '', errors: '' });
  expect(readFileSync(path, 'utf8')).toBe('begin {\n  exit();\n}\n');
  expect(statSync(path).mode & 0o777).toBe(0o750);
  expect(readdirSync(folder)).toEqual(['a.bt']);
});

test('behind a symbolic link, the file that it points to', async () => {
  const [path, link] = [join(folder, 'a.bt'), join(folder, 'link.bt')];
  writeFileSync(path, 'begin{exit()}');
  symlinkSync('a.bt', link);
  await tstrace('--fmt', link, '-o', link);
  expect(readFileSync(path, 'utf8')).toBe('begin {\n  exit();\n}\n');
  expect(readdirSync(folder).sort()).toEqual(['a.bt', 'link.bt']);
});

test('writes to what is no regular file, and does not replace it', async () => {
  expect(await tstrace('--fmt', '-e', 'begin{exit()}', '-o', '/dev/null')).toMatchObject({ code: 0 });
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

test('leaves the file alone where the script has errors', async () => {
  const path = join(folder, 'a.bt');
  writeFileSync(path, 'begin{');
  const { code, out, errors } = await tstrace('--fmt', path, '-o', path);
  expect([code, out]).toEqual([1, '']);
  expect(errors).toContain('[unclosed-block]');
  expect(readFileSync(path, 'utf8')).toBe('begin{');
});

test('says why it can not write', async () => {
  const path = join(folder, 'missing', 'a.bt');
  const { code, errors } = await tstrace('--fmt', '-e', 'begin{}', '-o', path);
  expect(code).toBe(1);
  expect(errors).toContain('ENOENT');
  expect(existsSync(path)).toBe(false);
});

test('takes no other mode beside it', async () => {
  expect((await tstrace('--fmt', '--mode', 'codegen', '-e', 'begin{}')).errors).toContain('--mode codegen');
  expect((await tstrace('--fmt', '-l')).errors).toContain('-l');
});
