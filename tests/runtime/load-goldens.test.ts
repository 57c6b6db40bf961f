/** This kernel's verifier accepts every golden. Nothing is attached: the machines that goldens are made for don't exist. */

import { expect, test } from 'vitest';

import { emitObject } from '../../src/codegen/llvm/emit-object.ts';
import { locateLlvm } from '../../src/codegen/llvm/locate-library.ts';
import { compileGolden, isOfThisProcessor, readGoldens } from '../support/golden.ts';
import { loadHere, openHandles } from '../support/kernel.ts';

const llvm = locateLlvm(process.env.TSTRACE_LLVM);

test.each(readGoldens().filter(isOfThisProcessor))('$name', (golden) => {
  if (!llvm.ok) throw new Error(llvm.error.message);
  const { ir, plan } = compileGolden(golden);
  // A program on a trampoline is loaded for one function of one kernel; the goldens' function is made up. Guests run real ones.
  const loadable = { ...plan, programs: plan.programs.filter(({ type }) => type !== 'tracing') };
  const emitted = emitObject(llvm.value, ir);
  if (!emitted.ok) throw new Error(emitted.error.message);
  const loaded = loadHere(openHandles(), loadable, emitted.value.bytes, golden.program);
  if (!loaded.ok)
    throw new Error([loaded.error.diagnostic.message, ...(loaded.error.report?.lines ?? [])].join('\n'));
  expect(loaded.value.programs).toHaveLength(loadable.programs.length);
});
