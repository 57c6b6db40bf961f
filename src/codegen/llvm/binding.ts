/** LLVM's C interface (llvm-c/*.h): the only file that names its functions. Pointers are addresses; who disposes is emit-object.ts. */

import type { Declared, Library, Signature } from '../../ffi/koffi.ts';
import { declareAll } from '../../ffi/koffi.ts';

/** The functions we use; all exist in LLVM 15 and every later one. Booleans of LLVM are ints: 0 is success. */
const signatures = {
  contextCreate: ['LLVMContextCreate', 'address', []],
  contextDispose: ['LLVMContextDispose', 'void', ['address']],
  contextSetDiagnosticHandler: ['LLVMContextSetDiagnosticHandler', 'void', ['address', 'address', 'address']],
  getDiagInfoDescription: ['LLVMGetDiagInfoDescription', 'address', ['address']],
  getDiagInfoSeverity: ['LLVMGetDiagInfoSeverity', 'int', ['address']],
  /** C code that comes back from the handler ends the process. One handler at a time. */
  installFatalErrorHandler: ['LLVMInstallFatalErrorHandler', 'void', ['address']],
  resetFatalErrorHandler: ['LLVMResetFatalErrorHandler', 'void', []],
  disposeMessage: ['LLVMDisposeMessage', 'void', ['address']],

  createMemoryBufferWithMemoryRangeCopy: [
    'LLVMCreateMemoryBufferWithMemoryRangeCopy',
    'address',
    ['bytes', 'size', 'text'],
  ],
  getBufferStart: ['LLVMGetBufferStart', 'address', ['address']],
  getBufferSize: ['LLVMGetBufferSize', 'size', ['address']],
  disposeMemoryBuffer: ['LLVMDisposeMemoryBuffer', 'void', ['address']],

  /** Takes the buffer. */
  parseIRInContext: ['LLVMParseIRInContext', 'int', ['address', 'address', 'bytes', 'bytes']],
  verifyModule: ['LLVMVerifyModule', 'int', ['address', 'int', 'bytes']],
  printModuleToString: ['LLVMPrintModuleToString', 'address', ['address']],
  /** Into the first; takes the second. */
  linkModules: ['LLVMLinkModules2', 'int', ['address', 'address']],
  getFirstFunction: ['LLVMGetFirstFunction', 'address', ['address']],
  getNextFunction: ['LLVMGetNextFunction', 'address', ['address']],
  getNamedFunction: ['LLVMGetNamedFunction', 'address', ['address', 'text']],
  getFirstGlobal: ['LLVMGetFirstGlobal', 'address', ['address']],
  getNextGlobal: ['LLVMGetNextGlobal', 'address', ['address']],
  getNamedGlobal: ['LLVMGetNamedGlobal', 'address', ['address', 'text']],
  deleteGlobal: ['LLVMDeleteGlobal', 'void', ['address']],
  /** Null where it has none of its own. */
  getSection: ['LLVMGetSection', 'address', ['address']],
  setValueName: ['LLVMSetValueName2', 'void', ['address', 'text', 'size']],
  isDeclaration: ['LLVMIsDeclaration', 'int', ['address']],
  /** Where the length goes. */
  getValueName: ['LLVMGetValueName2', 'text', ['address', 'bytes']],
  setLinkage: ['LLVMSetLinkage', 'void', ['address', 'int']],
  setUnnamedAddress: ['LLVMSetUnnamedAddress', 'void', ['address', 'int']],
  setVisibility: ['LLVMSetVisibility', 'void', ['address', 'int']],
  cloneModule: ['LLVMCloneModule', 'address', ['address']],
  disposeModule: ['LLVMDisposeModule', 'void', ['address']],

  createPassBuilderOptions: ['LLVMCreatePassBuilderOptions', 'address', []],
  disposePassBuilderOptions: ['LLVMDisposePassBuilderOptions', 'void', ['address']],
  runPasses: ['LLVMRunPasses', 'address', ['address', 'text', 'address', 'address']],
  /** Takes the error. */
  getErrorMessage: ['LLVMGetErrorMessage', 'address', ['address']],
  disposeErrorMessage: ['LLVMDisposeErrorMessage', 'void', ['address']],

  getTargetFromTriple: ['LLVMGetTargetFromTriple', 'int', ['text', 'bytes', 'bytes']],
  createTargetMachine: [
    'LLVMCreateTargetMachine',
    'address',
    ['address', 'text', 'text', 'text', 'int', 'int', 'int'],
  ],
  disposeTargetMachine: ['LLVMDisposeTargetMachine', 'void', ['address']],
  targetMachineEmitToMemoryBuffer: [
    'LLVMTargetMachineEmitToMemoryBuffer',
    'int',
    ['address', 'address', 'int', 'bytes', 'bytes'],
  ],
} as const satisfies Readonly<Record<string, Signature>>;

export type LlvmBinding = Declared<typeof signatures>;

export function bindLlvm(library: Library): LlvmBinding {
  return declareAll(library, signatures);
}

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

/** An address within the library's code. */
export function placeOfCode(library: Library): bigint {
  return library.place('LLVMContextCreate');
}

/** The library's major version. LLVMGetVersion came with 16, so 15 is what hasn't got it. */
export function majorVersion(library: Library): number {
  if (!library.has('LLVMGetVersion')) return 15;
  const numbers = new Uint32Array(3);
  const [major, minor, patch] = [numbers.subarray(0, 1), numbers.subarray(1, 2), numbers.subarray(2, 3)];
  library.declare('LLVMGetVersion', 'void', ['bytes', 'bytes', 'bytes'])(major, minor, patch);
  return major[0] ?? 0;
}
