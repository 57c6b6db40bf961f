/** The libLLVMs of this machine, for tests that must hold on every one. */

import type { Llvm } from '../../../../src/codegen/llvm/locate-library.ts';
import { locateLlvm } from '../../../../src/codegen/llvm/locate-library.ts';

const sonames = [
  'libLLVM-15.so.1',
  'libLLVM-16.so.1',
  'libLLVM-17.so.1',
  'libLLVM.so.18.1',
  'libLLVM.so.19.1',
  'libLLVM.so.20.1',
  'libLLVM.so.21.1',
  'libLLVM.so.22.1',
];

/** All that load; at least one, since tstrace itself needs one. */
export function installedLlvms(): readonly Llvm[] {
  const found = sonames
    .map((name) => locateLlvm(name))
    .flatMap((located) => (located.ok ? [located.value] : []));
  if (found.length === 0) throw new Error('no libLLVM from 15 on is installed: apt-get install libllvm19');
  return found;
}
