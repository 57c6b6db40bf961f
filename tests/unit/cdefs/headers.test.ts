/** Headers of the kernel, in folders made here as its own build lays them out. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { HeaderOptions } from '../../../src/cdefs/headers.ts';
import { cReader } from '../../../src/cdefs/read-definitions.ts';
import { sourceFile } from '../../../src/base/source-file.ts';
import { parse } from '../../../src/parser/parse.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const kernel = mkdtempSync(join(tmpdir(), 'tstrace-headers-'));
afterAll(() => rmSync(kernel, { recursive: true }));

const files: Readonly<Record<string, string>> = {
  'source/include/linux/kconfig.h': '#include <generated/autoconf.h>\n',
  'build/include/generated/autoconf.h': '#define CONFIG_DEPTH 3\n',
  'source/include/linux/thing.h': '#include <asm/width.h>\nstruct thing { char of[WIDTH][CONFIG_DEPTH]; };\n',
  'source/arch/x86/include/asm/width.h': '#include <asm/made.h>\n#define WIDTH (MADE + 1)\n',
  'build/arch/x86/include/generated/asm/made.h': '#ifdef __KERNEL__\n#define MADE 4\n#endif\n',
};
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(kernel, path)), { recursive: true });
  writeFileSync(join(kernel, path), text);
}

const read = (script: string, options: Partial<HeaderOptions>) =>
  cReader({
    kernel: { ...goldenFacts('minimal'), hasBtf: () => false },
    folders: [],
    includes: [],
    arch: 'x64',
    kernelHeaders: () => ({ source: join(kernel, 'source'), build: join(kernel, 'build') }),
    ...options,
  })(parse(sourceFile('test', script)).value.definitions, () => []);

test('source and build are apart: configuration, headers that were generated, those of the architecture', () => {
  const { value, diagnostics } = read('#include <linux/thing.h>', {});
  expect(diagnostics).toEqual([]);
  expect(value?.struct('struct', 'thing')).toMatchObject({ bytes: 15 });
});

test('the folders of -I come before those of the kernel', () => {
  const folders = [join(kernel, 'build/include/generated')];
  const { value, diagnostics } = read('#include <autoconf.h>\nstruct own { char of[CONFIG_DEPTH]; };', {
    folders,
  });
  expect(diagnostics).toEqual([]);
  expect(value?.struct('struct', 'own')).toMatchObject({ bytes: 3 });
});

test('without the kernel its headers are not found, and the hint says where they come from', () => {
  const { diagnostics } = read('#include <linux/thing.h>', { kernelHeaders: () => undefined });
  expect(diagnostics).toMatchObject([
    { code: 'bad-c-definition', hints: [expect.stringContaining('linux-headers')] },
  ]);
});
