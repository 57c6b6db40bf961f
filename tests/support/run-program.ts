/**
 * Runs a script's first program on this kernel over words that stand for its context (BPF_PROG_TEST_RUN), and reads the maps that it
 * leaves. Nothing is attached: what a program computes can be checked for any value that a probe could give it.
 */

import { present } from '../../src/base/assert.ts';
import { emitObject } from '../../src/codegen/llvm/emit-object.ts';
import { locateLlvm } from '../../src/codegen/llvm/locate-library.ts';
import { realBpf } from '../../src/runtime/kernel/real-bpf.ts';
import type { OpenMap } from '../../src/runtime/map-entries.ts';
import { compileGolden } from './golden.ts';
import { mustLoad, openHandles } from './kernel.ts';

export interface RunnableProgram {
  run(words?: readonly bigint[]): void;
  /** By its name in the script, without @. */
  map(name: string): OpenMap;
  /** Bytes that lie under a key; key and value have the map's own sizes. */
  read(name: string, key: Uint8Array): Buffer;
}

/** Loads a script, compiled for one of the machines of the goldens; it is unloaded when the test ends. */
export function loadScript(script: string, facts = 'minimal'): RunnableProgram {
  const llvm = locateLlvm(process.env.TSTRACE_LLVM);
  if (!llvm.ok) throw new Error(llvm.error.message);
  const { ir, plan } = compileGolden({ name: script, program: script, facts });
  const emitted = emitObject(llvm.value, ir);
  if (!emitted.ok) throw new Error(emitted.error.message);
  const loaded = mustLoad(openHandles(), plan, emitted.value.bytes);
  const { fd } = present(loaded.programs[0], 'program');
  const map = (name: string): OpenMap => present(loaded.maps.get(`AT_${name}`), `map @${name}`);
  return {
    map,
    run: (words = []) => {
      const context = BigUint64Array.from(words.map((word) => BigInt.asUintN(64, word)));
      const ran = realBpf.runProgram(fd, context);
      if (!ran.ok) throw new Error(`${ran.error.call}: ${ran.error.name}`);
    },
    read: (name, key) => {
      const { fd, plan } = map(name);
      const value = Buffer.alloc(plan.valueBytes);
      const found = realBpf.lookup(fd, key, value);
      if (!found.ok || !found.value) throw new Error(`nothing in @${name}`);
      return value;
    },
  };
}
