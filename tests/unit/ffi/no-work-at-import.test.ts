/** A V8 start-up snapshot holds these modules, so importing them may load nothing native. Alone in its file: other tests load koffi. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('importing the rooms that call C loads no native library', async () => {
  await import('../../../src/ffi/errno.ts');
  await import('../../../src/codegen/llvm/emit-object.ts');
  const { declareLibc } = await import('../../../src/ffi/koffi.ts');
  const getpid = declareLibc('getpid', 'int', []);
  const isLoaded = () => /koffi\.node|libLLVM/.test(readFileSync('/proc/self/maps', 'utf8'));
  expect(isLoaded()).toBe(false);
  expect(getpid()).toBe(process.pid);
  expect(isLoaded()).toBe(true);
});
