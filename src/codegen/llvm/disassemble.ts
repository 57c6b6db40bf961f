/** How long machine instructions are: LLVM's disassembler for the processor that we run on (llvm-c/Disassembler.h). */

import type { Library } from '../../ffi/koffi.ts';

/** Bytes of the instruction at the beginning of `code`; 0 if there is none. */
export type InstructionLength = (code: Uint8Array) => number;

/** By Node's names of processors: how LLVM names its back end for it, and a triple. */
const targets: Readonly<Record<string, { readonly name: string; readonly triple: string }>> = {
  x64: { name: 'X86', triple: 'x86_64-linux-gnu' },
  arm64: { name: 'AArch64', triple: 'aarch64-linux-gnu' },
};

/** Room for an instruction's text, which nobody reads. */
const textBytes = 256;

/** Undefined where LLVM was built without the processor's back end. It stays until the process ends. */
export function instructionLength(library: Library, arch: string): InstructionLength | undefined {
  const target = targets[arch];
  if (!target || !library.has(`LLVMInitialize${target.name}Disassembler`)) return undefined;
  for (const part of ['TargetInfo', 'TargetMC', 'Disassembler'])
    library.declare(`LLVMInitialize${target.name}${part}`, 'void', [])();
  const create = library.declare('LLVMCreateDisasm', 'address', [
    'text',
    'address',
    'int',
    'address',
    'address',
  ]);
  const disassembler = create(target.triple, 0, 0, 0, 0);
  if (disassembler === 0) return undefined;
  const one = library.declare('LLVMDisasmInstruction', 'size', [
    'address',
    'bytes',
    'size',
    'uint64',
    'bytes',
    'size',
  ]);
  const text = new Uint8Array(textBytes);
  return (code) => one(disassembler, code, code.length, 0, text, textBytes);
}
