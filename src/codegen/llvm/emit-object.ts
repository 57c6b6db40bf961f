/** DOOR: IR text to a BPF object file, with LLVM: parse, verify, optimise, emit. Everything that LLVM allocates is disposed of here. */

import { assert, present } from '../../base/assert.ts';
import type { Result } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import { makeCallback, readCString, viewMemory } from '../../ffi/koffi.ts';
import type { LlvmBinding } from './binding.ts';
import { ModuleLink } from './link-modules.ts';
import type { Llvm, LlvmError, LlvmStage } from './locate-library.ts';

/** v3 has 32-bit operations and atomics with a result (kernels from 5.12); v1 suits any kernel. v4 is ignored by LLVM 15 and 16. */
export type BpfCpu = 'v1' | 'v2' | 'v3' | 'v4';

export interface EmitOptions {
  readonly cpu?: BpfCpu;
  /** More modules, as text or bitcode: their functions, variables and maps become part of the program. */
  readonly modules?: readonly Uint8Array[];
  /** Also return the IR after optimisation. */
  readonly wantIr?: boolean;
  /** Also return the assembly. */
  readonly wantAssembly?: boolean;
  /**
   * Called where LLVM can only end the process (a jump over more than 32,767 instructions is such a case). Must end it itself, with
   * better words: there is no way back.
   */
  readonly onFatal?: (message: string) => never;
}

export interface EmittedObject {
  /** A relocatable ELF file for BPF. */
  readonly bytes: Uint8Array;
  /** IR after optimisation, if asked for. */
  readonly optimisedIr?: string;
  readonly assembly?: string;
  /** What LLVM warned of; usually nothing. */
  readonly warnings: readonly string[];
}

// llvm-c/TargetMachine.h and Analysis.h
const fileAssembly = 0;
const fileObject = 1;
const codeGenLevelDefault = 2;
const relocDefault = 0;
const codeModelDefault = 0;
const verifierReturnStatus = 2;
// llvm-c/Core.h: LLVMDiagnosticSeverity
const severityError = 0;
const severityWarning = 1;

/**
 * Compile a module. The text must be whole (module.ts); failure tells the stage, and for a parse error the line. What LLVM computes once and keeps
 * for later may be more than the stack has room for: then it is compiled again, and computes each thing where it needs it.
 */
export function emitObject(
  llvm: Llvm,
  text: string,
  options: EmitOptions = {},
): Result<EmittedObject, LlvmError> {
  const emitted = emitOnce(llvm, text, options, true);
  return emitted.ok || emitted.error.isStack !== true ? emitted : emitOnce(llvm, text, options, false);
}

function emitOnce(
  llvm: Llvm,
  text: string,
  options: EmitOptions,
  keepsValues: boolean,
): Result<EmittedObject, LlvmError> {
  const session = new Session(llvm);
  try {
    return session.emit(text, options, keepsValues);
  } finally {
    session.dispose();
  }
}

/** Check a module without compiling it. */
export function verifyModule(llvm: Llvm, text: string): Result<void, LlvmError> {
  const session = new Session(llvm);
  try {
    const module = session.parse(text);
    return module.ok ? ok(undefined) : module;
  } finally {
    session.dispose();
  }
}

/** One context and what hangs on it; disposed of in reverse. */
class Session {
  readonly #llvm: Llvm;
  readonly #c: LlvmBinding;
  readonly #context: number;
  readonly #errors: string[] = [];
  readonly #warnings: string[] = [];
  readonly #disposals: (() => void)[] = [];

  constructor(llvm: Llvm) {
    this.#llvm = llvm;
    this.#c = llvm.binding;
    this.#context = this.#own(this.#c.contextCreate(), this.#c.contextDispose);
    // Without a handler an error of the back end ends the process; with it, emission still claims success.
    const handler = makeCallback('void', ['address', 'address'], (info) => this.#onDiagnostic(info));
    this.#disposals.unshift(() => handler.release());
    this.#c.contextSetDiagnosticHandler(this.#context, handler.address, 0);
  }

  dispose(): void {
    for (const dispose of this.#disposals.splice(0).reverse()) dispose();
  }

  emit(text: string, options: EmitOptions, keepsValues: boolean): Result<EmittedObject, LlvmError> {
    if (options.onFatal) this.#handleFatalErrors(options.onFatal);
    const parsed = this.parse(text);
    if (!parsed.ok) return parsed;
    const module = parsed.value;
    const link = this.#link(module, options.modules ?? []);
    if (!link.ok) return link;
    const machine = this.#targetMachine(options.cpu ?? 'v3');
    const failure = this.#optimise(module, machine, pipeline(this.#llvm.version, keepsValues));
    if (failure) return failed(failure);
    link.value.hide();
    const optimisedIr =
      options.wantIr === true ? this.#takeMessage(this.#c.printModuleToString(module)) : undefined;
    // Emission rewrites the module, so the assembly comes from a copy.
    const copy =
      options.wantAssembly === true
        ? this.#own(this.#c.cloneModule(module), this.#c.disposeModule)
        : undefined;
    const bytes = this.#emitFile(module, machine, fileObject);
    if (!bytes.ok) return bytes;
    const assembly = copy === undefined ? undefined : this.#emitFile(copy, machine, fileAssembly);
    if (assembly?.ok === false) return assembly;
    return ok({
      bytes: bytes.value,
      ...(optimisedIr !== undefined && { optimisedIr }),
      ...(assembly && { assembly: Buffer.from(assembly.value).toString('utf8') }),
      warnings: this.#warnings,
    });
  }

  #link(module: number, others: readonly Uint8Array[]): Result<ModuleLink, LlvmError> {
    const link = new ModuleLink(this.#c, module);
    for (const bytes of others) {
      const other = this.#read(Buffer.concat([bytes, Buffer.alloc(1)]));
      if (!other.ok)
        return failed({
          ...llvmError('link', `code of C that is imported can't be read: ${other.error.trim()}`),
          hint: `clang may not be newer than libLLVM, which is ${this.#llvm.version}: TSTRACE_CLANG names another`,
        });
      if (!link.take(other.value)) return failed(llvmError('link', this.#errors.join('\n')));
    }
    link.finish();
    return ok(link);
  }

  /** Text or bitcode, with a NUL behind it, to a module; or what is wrong with it. */
  #read(source: Buffer): Result<number, string> {
    const buffer = this.#c.createMemoryBufferWithMemoryRangeCopy(source, source.length - 1, 'ir');
    const [out, message] = [new BigUint64Array(1), new BigUint64Array(1)];
    const isWrong = this.#c.parseIRInContext(this.#context, buffer, out, message) !== 0;
    return isWrong ? failed(this.#takeMessage(addressIn(message))) : ok(addressIn(out));
  }

  /** Text to a verified module. */
  parse(text: string): Result<number, LlvmError> {
    const read = this.#read(Buffer.from(`${text}\0`, 'utf8'));
    if (!read.ok) return failed(parseError(read.error, text));
    const module = this.#own(read.value, this.#c.disposeModule);
    const message = new BigUint64Array(1);
    const isBroken = this.#c.verifyModule(module, verifierReturnStatus, message) !== 0;
    const complaint = this.#takeMessage(addressIn(message));
    return isBroken ? failed(llvmError('verify', complaint)) : ok(module);
  }

  #optimise(module: number, machine: number, passes: string): LlvmError | undefined {
    const options = this.#c.createPassBuilderOptions();
    const error = this.#c.runPasses(module, passes, machine, options);
    this.#c.disposePassBuilderOptions(options);
    if (error === 0) return undefined;
    const message = this.#c.getErrorMessage(error);
    const complaint = readCString(message);
    this.#c.disposeErrorMessage(message);
    return llvmError('optimise', complaint);
  }

  #emitFile(module: number, machine: number, kind: number): Result<Uint8Array, LlvmError> {
    const [out, message] = [new BigUint64Array(1), new BigUint64Array(1)];
    if (this.#c.targetMachineEmitToMemoryBuffer(machine, module, kind, message, out) !== 0) {
      return failed(llvmError('emit', this.#takeMessage(addressIn(message))));
    }
    const buffer = addressIn(out);
    const size = this.#c.getBufferSize(buffer);
    const bytes = new Uint8Array(viewMemory(this.#c.getBufferStart(buffer), size)).slice();
    this.#c.disposeMemoryBuffer(buffer);
    return this.#errors.length === 0 ? ok(bytes) : failed(emitError(this.#errors));
  }

  #targetMachine(cpu: BpfCpu): number {
    const [target, message] = [new BigUint64Array(1), new BigUint64Array(1)];
    const isMissing = this.#c.getTargetFromTriple('bpf', target, message) !== 0;
    assert(!isMissing, 'the BPF target was initialised when the library was opened');
    const machine = this.#c.createTargetMachine(
      addressIn(target),
      'bpf',
      cpu,
      '',
      codeGenLevelDefault,
      relocDefault,
      codeModelDefault,
    );
    return this.#own(machine, this.#c.disposeTargetMachine);
  }

  #handleFatalErrors(onFatal: (message: string) => never): void {
    const handler = makeCallback('void', ['address'], (reason) => onFatal(readCString(reason)));
    this.#c.installFatalErrorHandler(handler.address);
    this.#disposals.push(() => {
      this.#c.resetFatalErrorHandler();
      handler.release();
    });
  }

  #onDiagnostic(info: number): undefined {
    const severity = this.#c.getDiagInfoSeverity(info);
    const text = this.#takeMessage(this.#c.getDiagInfoDescription(info)).trim();
    if (severity === severityError) this.#errors.push(text);
    if (severity === severityWarning) this.#warnings.push(text);
  }

  #takeMessage(address: number): string {
    if (address === 0) return '';
    const text = readCString(address);
    this.#c.disposeMessage(address);
    return text;
  }

  #own(address: number, dispose: (address: number) => void): number {
    assert(address !== 0, 'LLVM returned a null pointer');
    this.#disposals.push(() => dispose(address));
    return address;
  }
}

/** A seventh of the time of O2 for code 3 % longer. InstCombine checks for a fixed point by default from 18 on, and ends the process if it finds none. */
function pipeline(version: number, keepsValues: boolean): string {
  const instCombine = version >= 18 ? 'instcombine<no-verify-fixpoint>' : 'instcombine';
  const passes = ['sroa', ...(keepsValues ? ['early-cse<memssa>'] : []), 'simplifycfg', instCombine];
  return `function(${passes.join(',')}),globaldce`;
}

/** `ir:12:5: error: expected type`, with the line quoted below it. */
function parseError(complaint: string, text: string): LlvmError {
  const [, number, reason] = /^ir:(\d+):\d+: error: (.*)$/m.exec(complaint) ?? [];
  if (number === undefined || reason === undefined) return llvmError('parse', complaint.trim());
  const line = {
    number: Number(number),
    text: present(text.split('\n')[Number(number) - 1], `line ${number}`),
  };
  return { ...llvmError('parse', reason), line };
}

function emitError(errors: readonly string[]): LlvmError {
  // `<unknown>:0:0: in function f i64 (ptr): …`, or `script.bt:3:1: …`
  const messages = errors.map((error) => error.replace(/^<unknown>:0:0: /, ''));
  const isStack = messages.some((message) => message.includes('stack limit'));
  const hint =
    'a BPF program has 512 bytes of stack: a smaller on_stack_limit moves more values to scratch maps';
  return { ...llvmError('emit', messages.join('\n')), ...(isStack && { isStack, hint }) };
}

function llvmError(stage: LlvmStage, message: string): LlvmError {
  return { kind: 'llvm-error', stage, message };
}

function addressIn(out: BigUint64Array): number {
  return Number(out[0]);
}
