/**
 * This kernel's verifier accepts every golden, but those that need what the kernel has not, or may not be asked for. Nothing is attached:
 * the machines that goldens are made for don't exist.
 */

import { expect, test } from 'vitest';

import { emitObject } from '../../src/codegen/llvm/emit-object.ts';
import { locateLlvm } from '../../src/codegen/llvm/locate-library.ts';
import { Features, missingFeatures } from '../../src/runtime/features.ts';
import { realBpf } from '../../src/runtime/kernel/real-bpf.ts';
import { probeDevices } from '../../src/system/proc/machine-files.ts';
import { compileGolden, isOfThisProcessor, readGoldens } from '../support/golden.ts';
import { loadHere, openHandles } from '../support/kernel.ts';

const llvm = locateLlvm(process.env.TSTRACE_LLVM);
/** Programs of kprobes load where kprobes can't be attached; those on trampolines are left out below, whatever they need. */
const features = new Features({
  bpf: realBpf,
  probeDevices: { uprobe: 0, ...probeDevices(), kprobe: 0 },
  hasBtf: true,
  functionBtfId: undefined,
});

test.each(readGoldens().filter(isOfThisProcessor))('$name', (golden) => {
  if (!llvm.ok) throw new Error(llvm.error.message);
  const { ir, modules, plan } = compileGolden(golden);
  // A program on a trampoline is loaded for one function of one kernel; the goldens' function is made up. Guests run real ones.
  const loadable = { ...plan, programs: plan.programs.filter(({ type }) => type !== 'tracing') };
  const emitted = emitObject(llvm.value, ir, { modules });
  if (!emitted.ok) throw new Error(emitted.error.message);
  const lacking = missingFeatures(loadable, features).map(({ message }) => message);
  const loaded = loadHere(openHandles(), loadable, emitted.value.bytes, golden.program);
  if (lacking.length > 0) {
    expect(loaded.ok, lacking.join()).toBe(false);
    return;
  }
  if (!loaded.ok)
    throw new Error([loaded.error.diagnostic.message, ...(loaded.error.report?.lines ?? [])].join('\n'));
  expect(loaded.value.programs).toHaveLength(loadable.programs.length);
});
