/** LLVM's C interface (llvm-c/*.h): the only file that names its functions. Pointers are addresses; who disposes is emit-object.ts. */

import type { Library } from '../../ffi/koffi.ts';

/** The functions we use; all exist in LLVM 15 and every later one. Booleans of LLVM are ints: 0 is success. */
export function bindLlvm({ declare }: Library) {
  return {
    contextCreate: declare('LLVMContextCreate', 'address', []),
    contextDispose: declare('LLVMContextDispose', 'void', ['address']),
    contextSetDiagnosticHandler: declare('LLVMContextSetDiagnosticHandler', 'void', [
      'address',
      'address',
      'address',
    ]),
    getDiagInfoDescription: declare('LLVMGetDiagInfoDescription', 'address', ['address']),
    getDiagInfoSeverity: declare('LLVMGetDiagInfoSeverity', 'int', ['address']),
    disposeMessage: declare('LLVMDisposeMessage', 'void', ['address']),

    createMemoryBufferWithMemoryRangeCopy: declare('LLVMCreateMemoryBufferWithMemoryRangeCopy', 'address', [
      'bytes',
      'size',
      'text',
    ]),
    getBufferStart: declare('LLVMGetBufferStart', 'address', ['address']),
    getBufferSize: declare('LLVMGetBufferSize', 'size', ['address']),
    disposeMemoryBuffer: declare('LLVMDisposeMemoryBuffer', 'void', ['address']),

    /** Takes the buffer. */
    parseIRInContext: declare('LLVMParseIRInContext', 'int', ['address', 'address', 'bytes', 'bytes']),
    verifyModule: declare('LLVMVerifyModule', 'int', ['address', 'int', 'bytes']),
    printModuleToString: declare('LLVMPrintModuleToString', 'address', ['address']),
    cloneModule: declare('LLVMCloneModule', 'address', ['address']),
    disposeModule: declare('LLVMDisposeModule', 'void', ['address']),

    createPassBuilderOptions: declare('LLVMCreatePassBuilderOptions', 'address', []),
    disposePassBuilderOptions: declare('LLVMDisposePassBuilderOptions', 'void', ['address']),
    runPasses: declare('LLVMRunPasses', 'address', ['address', 'text', 'address', 'address']),
    /** Takes the error. */
    getErrorMessage: declare('LLVMGetErrorMessage', 'address', ['address']),
    disposeErrorMessage: declare('LLVMDisposeErrorMessage', 'void', ['address']),

    getTargetFromTriple: declare('LLVMGetTargetFromTriple', 'int', ['text', 'bytes', 'bytes']),
    createTargetMachine: declare('LLVMCreateTargetMachine', 'address', [
      'address',
      'text',
      'text',
      'text',
      'int',
      'int',
      'int',
    ]),
    disposeTargetMachine: declare('LLVMDisposeTargetMachine', 'void', ['address']),
    targetMachineEmitToMemoryBuffer: declare('LLVMTargetMachineEmitToMemoryBuffer', 'int', [
      'address',
      'address',
      'int',
      'bytes',
      'bytes',
    ]),
  } as const;
}

export type LlvmBinding = ReturnType<typeof bindLlvm>;

/** Makes the BPF back end known to the library; doing it twice is harmless. */
export function initializeBpfTarget({ declare }: Library): void {
  declare('LLVMInitializeBPFTargetInfo', 'void', [])();
  declare('LLVMInitializeBPFTarget', 'void', [])();
  declare('LLVMInitializeBPFTargetMC', 'void', [])();
  declare('LLVMInitializeBPFAsmPrinter', 'void', [])();
}

/** Why a library doesn't serve, or undefined if it does. */
export function unfitFor(library: Library): string | undefined {
  if (!library.has('LLVMContextCreate')) return 'it is no LLVM library';
  // LLVMDeleteInstruction came with LLVM 15.
  if (!library.has('LLVMDeleteInstruction')) return 'it is older than LLVM 15';
  if (!library.has('LLVMInitializeBPFTarget')) return 'it was built without the BPF target';
  return undefined;
}

/** The library's major version. LLVMGetVersion came with 16, so 15 is what hasn't got it. */
export function majorVersion(library: Library): number {
  if (!library.has('LLVMGetVersion')) return 15;
  const numbers = new Uint32Array(3);
  const [major, minor, patch] = [numbers.subarray(0, 1), numbers.subarray(1, 2), numbers.subarray(2, 3)];
  library.declare('LLVMGetVersion', 'void', ['bytes', 'bytes', 'bytes'])(major, minor, patch);
  return major[0] ?? 0;
}
