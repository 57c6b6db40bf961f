/** Every golden's module is valid for each libLLVM that is installed, and becomes an object with a section for each program. */

import { describe, expect, test } from 'vitest';

import { emitObject } from '../../src/codegen/llvm/emit-object.ts';
import { parseObject } from '../../src/runtime/object-file.ts';
import { compileGolden, readGoldens } from '../support/golden.ts';
import { installedLlvms } from '../unit/codegen/llvm/llvm-versions.ts';

const goldens = readGoldens();

describe.each(installedLlvms())('LLVM $version', (llvm) => {
  test.each(goldens)('$name', (golden) => {
    const { ir, modules, plan } = compileGolden(golden);
    const emitted = emitObject(llvm, ir, { modules });
    if (!emitted.ok) throw new Error(`${emitted.error.stage}: ${emitted.error.message}`);
    const object = parseObject(emitted.value.bytes);
    expect([...object.programs.keys()].sort()).toEqual(plan.programs.map(({ name }) => name).sort());
    expect([...object.maps.keys()].sort()).toEqual(plan.maps.map(({ symbol }) => symbol).sort());
  });
});
