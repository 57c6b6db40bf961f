/**
 * Takes LLVM's code out of this process's memory when the object is made: some 45 MiB that a run, which may take days, has no more use
 * for. Nothing is lost: pages of code are as in the file, and come back should they be needed. The library itself can't be closed.
 */

import type { Llvm } from '../codegen/llvm/locate-library.ts';
import { declareLibc } from '../ffi/koffi.ts';
import { mappingAt } from '../system/proc/maps.ts';
import { readMaps } from '../system/proc/read.ts';

const madvise = declareLibc('madvise', 'int', ['address', 'size', 'int']);
const dontNeed = 4; // MADV_DONTNEED, include/uapi/asm-generic/mman-common.h

export function releaseLlvm({ codeAddress }: Llvm, ownPid: number): void {
  const code = mappingAt(readMaps(ownPid) ?? [], codeAddress);
  // Only code: what the linker has filled in beside it is in no file.
  if (code?.executable === true) madvise(Number(code.start), Number(code.end - code.start), dontNeed);
}
