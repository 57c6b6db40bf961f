/** LLVM's code leaves our memory when it has done its work, and comes back if it is called all the same. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { releaseLlvm } from '../../../src/cli/release-llvm.ts';
import { emitObject } from '../../../src/codegen/llvm/emit-object.ts';
import { FunctionBuilder } from '../../../src/codegen/llvm/ir.ts';
import { i64 } from '../../../src/codegen/llvm/ir-value.ts';
import type { Llvm } from '../../../src/codegen/llvm/locate-library.ts';
import { printModule } from '../../../src/codegen/llvm/module.ts';
import { installedLlvms } from '../codegen/llvm/llvm-versions.ts';

function module(): string {
  const builder = new FunctionBuilder('p', { section: 's_p', location: { line: 1, column: 1 } });
  builder.ret(i64(0));
  return printModule({ source: { name: 'script.bt', text: 'begin { }\n' }, maps: [], functions: [builder] });
}

function objectOf(llvm: Llvm): Uint8Array {
  const emitted = emitObject(llvm, module());
  if (!emitted.ok) throw new Error(emitted.error.message);
  return emitted.value.bytes;
}

/** Resident memory of the mapping that the address lies in (proc_pid_smaps(5)). */
function residentKilobytes(address: bigint): number {
  let [inside, kilobytes] = [false, -1];
  for (const line of readFileSync('/proc/self/smaps', 'latin1').split('\n')) {
    const range = /^([0-9a-f]+)-([0-9a-f]+) /.exec(line);
    if (range) inside = BigInt(`0x${range[1]}`) <= address && address < BigInt(`0x${range[2]}`);
    else if (inside && line.startsWith('Rss:')) kilobytes = Number(/\d+/.exec(line)?.[0]);
  }
  return kilobytes;
}

test('the code of LLVM is released, and still works', () => {
  const [llvm] = installedLlvms();
  if (llvm === undefined) throw new Error('no libLLVM');
  const before = objectOf(llvm);
  expect(residentKilobytes(llvm.codeAddress)).toBeGreaterThan(4000);
  releaseLlvm(llvm, process.pid);
  expect(residentKilobytes(llvm.codeAddress)).toBe(0);
  expect(objectOf(llvm)).toEqual(before);
});
