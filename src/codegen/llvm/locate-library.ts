/** Finds the libLLVM to use: the one TSTRACE_LLVM names, or the newest from 15 on. */

import type { Result } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import type { LoadError } from '../../ffi/koffi.ts';
import { loadLibrary } from '../../ffi/koffi.ts';
import type { LlvmBinding } from './binding.ts';
import { bindLlvm, initializeBpfTarget, majorVersion, placeOfCode, unfitFor } from './binding.ts';
import type { InstructionLength } from './disassemble.ts';
import { instructionLength } from './disassemble.ts';

/** An opened libLLVM with its BPF back end ready. It stays loaded until the process ends. */
export interface Llvm {
  /** What was loaded: a soname or a path. */
  readonly name: string;
  /** Major version: 15 … */
  readonly version: number;
  /** An address within its code. */
  readonly codeAddress: bigint;
  readonly binding: LlvmBinding;
  /** Of instructions of the processor that we run on; undefined where LLVM doesn't know it. */
  readonly instructionLength: () => InstructionLength | undefined;
}

export type LlvmStage = 'locate' | 'parse' | 'link' | 'verify' | 'optimise' | 'emit';

/** What LLVM, or the lack of it, got in our way. All but `locate` and a stack too large are faults of tstrace. */
export interface LlvmError {
  readonly kind: 'llvm-error';
  readonly stage: LlvmStage;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The function would take more than the stack of BPF. */
  readonly isStack?: boolean;
  /** The line of our IR text that was refused, and its number. */
  readonly line?: { readonly number: number; readonly text: string };
}

/** The IR we write is read by 15 to 22; newer ones are tried first in the hope that they read it too. */
const versionMin = 15;
const versionMax = 26;
const versionsNewestFirst = Array.from(
  { length: versionMax - versionMin + 1 },
  (_, index) => versionMax - index,
);

const installHint =
  'install one, for example with `apt-get install libllvm19`, or name the file: TSTRACE_LLVM=/path/to/libLLVM.so';

/** `override` is the value of TSTRACE_LLVM: a path or soname, which then must serve. The first of the versions found is taken. */
export function locateLlvm(
  override?: string,
  versions: readonly number[] = versionsNewestFirst,
): Result<Llvm, LlvmError> {
  if (override !== undefined && override !== '') return openOverride(override);
  const unfit: string[] = [];
  for (const version of versions) {
    const opened = open(libraryNames(version));
    if (opened.ok) return opened;
    if (typeof opened.error === 'string') unfit.push(opened.error);
  }
  const also = unfit.length === 0 ? '' : ` (${unfit.join('; ')})`;
  return failed(locateError(`no libLLVM from version ${versionMin} on was found${also}`, installHint));
}

function openOverride(name: string): Result<Llvm, LlvmError> {
  const opened = open([name]);
  if (opened.ok) return opened;
  const reason =
    typeof opened.error === 'string' ? opened.error : (opened.error.tried[0]?.reason ?? 'no reason given');
  const hint = `TSTRACE_LLVM must name a libLLVM of version ${versionMin} or later; without it, tstrace looks for one itself`;
  return failed(locateError(`TSTRACE_LLVM: ${name} can't be used: ${reason}`, hint));
}

function open(names: readonly string[]): Result<Llvm, LoadError | string> {
  const library = loadLibrary(names);
  if (!library.ok) return library;
  const reason = unfitFor(library.value);
  if (reason !== undefined) return failed(reason);
  initializeBpfTarget(library.value);
  return ok({
    name: library.value.name,
    version: majorVersion(library.value),
    codeAddress: placeOfCode(library.value),
    binding: bindLlvm(library.value),
    instructionLength: () => instructionLength(library.value, process.arch),
  });
}

/** From 18 on LLVM's soname is libLLVM.so.N.1, before it was libLLVM-N.so.1; both are also under the version's own prefix. */
function libraryNames(version: number): readonly string[] {
  const sonames = version >= 18 ? [`libLLVM.so.${version}.1`] : [`libLLVM-${version}.so.1`];
  return [
    ...sonames,
    `libLLVM-${version}.so`,
    `/usr/lib/llvm-${version}/lib/libLLVM.so.1`,
    `/usr/lib/llvm-${version}/lib/libLLVM-${version}.so.1`,
  ];
}

function locateError(message: string, hint: string): LlvmError {
  return { kind: 'llvm-error', stage: 'locate', message, hint };
}
