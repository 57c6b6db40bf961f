/** What a probe kind is: one definition gives its syntax, expansion, context, attachment, documentation. */

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { Machine } from '../plan/machine.ts';
import type { Attachment, ProgramPlan, ProgramType, RunMode } from '../plan/plan.ts';
import type { Settings } from '../plan/settings.ts';
import type { Field } from '../types/field.ts';
import type { IntType, StructType, Type } from '../types/type.ts';

/** A value that lies in the program's context at a constant offset and is read by a plain load. */
export interface ContextSlot {
  /** Bytes from the start of the context. */
  readonly offset: number;
  readonly type: Type;
}

/** Where a computed argument comes from. */
export type ArgumentSource =
  | { readonly kind: 'constant'; readonly value: bigint }
  /** A register, from bit `shift` on. */
  | { readonly kind: 'register'; readonly register: ContextSlot; readonly shift: number }
  /** What lies in the process's memory at base + displacement + (index << shift). */
  | {
      readonly kind: 'memory';
      readonly base?: ContextSlot;
      readonly displacement: number;
      readonly index?: {
        readonly register: ContextSlot;
        readonly shift: number;
        /** Only the lower 32 bits count, extended so. */
        readonly word?: 'signed' | 'unsigned';
      };
    }
  /** It has no place that programs can read; the operand as it was written. */
  | { readonly kind: 'unreadable'; readonly operand: string };

/** An argument that is not simply a slot of the context: that of a USDT probe. */
export interface ComputedArgument {
  /** 64 bits wide, signed as the argument is. */
  readonly type: IntType;
  /** How many bytes of the source it has. */
  readonly bytes: 1 | 2 | 4 | 8;
  readonly from: ArgumentSource;
}

/** What a program of this probe finds in its context: all that builtins and sema may know of it. */
export interface ProbeContext {
  /** Space of a pointer that the script makes of an integer. */
  readonly space: 'kernel' | 'user';
  /** arg0, arg1 …; empty if the probe has none. */
  readonly arguments: readonly (ContextSlot | ComputedArgument)[];
  /** Type of `*args`: its fields' offsets count from the start of the context. */
  readonly args?: StructType;
  /** The fields of `args`, where these are the probe's own matter; of other structs Facts know them. */
  readonly argsFields?: readonly Field[];
  readonly returnValue?: ContextSlot;
  /** Why there are no named arguments, or no return value, where there could be. */
  readonly missing?: { readonly args?: string; readonly returnValue?: string };
  /** Saved registers, where the context holds them, by the names that scripts use. */
  readonly registers?: ReadonlyMap<string, ContextSlot>;
  /** Saved register whose two low bits tell user mode from kernel mode (x86: cs). */
  readonly modeRegister?: ContextSlot;
  /** Address of the function that is entered or left: what `func` shows. By helper get_func_ip where registers can't tell. */
  readonly functionAddress?: ContextSlot | 'get_func_ip';
  /** In a function's first instruction: where the address is that it will return to, in a register or on top of the process's stack. */
  readonly caller?: { readonly register: ContextSlot; readonly inMemory: boolean };
  /** The program or library that the probe is in. */
  readonly binary?: ProbedBinary;
  /**
   * Pointers in the context are known to the verifier as such (tracing programs): they can't be computed with as integers. Those that may
   * be null can't even be read through before that was checked.
   */
  readonly typedPointers?: 'present' | 'maybe-null';
  /** The kernel's struct that the context is. */
  readonly struct?: string;
  /** Of iterators. */
  readonly walk?: {
    /** The object that it is at; null in a last run behind all of them, which is left out. */
    readonly object: ContextSlot;
    /** The way to the file that takes the output: offset of a pointer in the context, offset of another in what that leads to. */
    readonly sequence: readonly [inContext: number, behind: number];
    /** It is left in the BPF file system: whoever reads it there sees what the kernel alone makes of it. */
    readonly isPinned?: true;
  };
  /**
   * Another run of the program may begin on the same CPU before one has ended (uprobes: the task is preempted within it), and the
   * kernel does nothing about it: its scratch memory needs several levels.
   */
  readonly reentrant?: boolean;
}

/** Where in a program or library a probe is, so that other addresses of the same can be told from it. */
export interface ProbedBinary extends Pick<Executable, 'path' | 'symbol' | 'isFixed'> {
  /** Virtual address of the probed place, as the file has it. */
  readonly placeAddress: number;
}

/** One concrete place to attach to. */
export interface ResolvedProbe {
  /** As `probe` prints it: kprobe:vfs_read. */
  readonly name: string;
  readonly attachment: Attachment;
  readonly context: ProbeContext;
  /** For tracing programs. */
  readonly tracing?: NonNullable<ProgramPlan['tracing']>;
  /** Probes of one attach point with equal keys may share a program, unless the script asks for `probe`. */
  readonly contextKey: string;
  /** The same place with what debug information tells of it: looked up for scripts that ask, since that may take long. */
  readonly withSignature?: () => Pick<ResolvedProbe, 'context' | 'contextKey'>;
}

/** The text of an attach point: what follows the provider, split at colons. */
export interface TargetText {
  readonly parts: readonly { readonly text: string; readonly span: Span }[];
  /** The whole attach point. */
  readonly span: Span;
  /** The provider's name in its full form: kprobe. */
  readonly provider: string;
}

export interface ProbeDefinition {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly doc: string;
  /** Scripts that compile (with fitting facts). */
  readonly example: string;
  /** Target forms, for messages and documents: `kprobe:[MODULE:]FUNCTION[+OFFSET]`. */
  readonly forms: readonly string[];
  readonly programType: ProgramType;
  /** No filter leaves it out: it belongs to the run, not to what is traced. */
  readonly unfiltered?: true;
  /** A script with such a probe has no other. */
  readonly sole?: true;
  /**
   * Parse the target's text, expand wildcards, say what each place offers. Reports what is wrong ('bad-probe-target') and what
   * does not exist ('target-not-found', near names as hints, severity by settings.missingProbes) and then yields none.
   */
  resolve(target: TargetText, source: TargetSource, report: Report): readonly ResolvedProbe[];
  /** All probes that match, for -l; patterns have wildcards. Absent where there is nothing to list. */
  list?(target: TargetText, source: TargetSource): Iterable<ListedProbe>;
  /** Listed only where it is asked for by its name: another one lists the same. */
  readonly listedByName?: true;
  /** What is listed lies in programs: a target of one part names those. */
  readonly listedInBinaries?: true;
}

/** A probe as -l shows it. */
export interface ListedProbe {
  readonly name: string;
  /** What a script finds there: looked up for -lv. Absent where nothing is to be told. */
  readonly context?: () =>
    Pick<ProbeContext, 'args' | 'argsFields' | 'arguments' | 'returnValue'> | undefined;
}

/** Identity, for inference and a place to look at. */
export function defineProbe(definition: ProbeDefinition): ProbeDefinition {
  return definition;
}

export interface KernelFunction {
  readonly name: string;
  /** Absent for the kernel's own. */
  readonly module?: string;
}

/** A function of a BPF program that the kernel has loaded. */
export interface BpfFunction {
  readonly name: string;
  /** The program's id, and the function's among the program's types. */
  readonly program: number;
  readonly btfId: number;
}

export interface FunctionPrototype {
  /** BTF object: vmlinux or a module's name. */
  readonly btfObject: string;
  readonly btfId: number;
  readonly module?: string;
  /** Pseudo struct for `args`: a field per parameter at 8 × its index. */
  readonly args: StructType;
  readonly parameters: readonly { readonly name: string; readonly type: Type }[];
  /** none for void. */
  readonly returns: Type;
}

export interface IteratorPrototype {
  /** Of the function to attach to. */
  readonly btfObject: string;
  readonly btfId: number;
  /** struct bpf_iter__NAME. */
  readonly context: StructType;
  readonly object: NonNullable<ProbeContext['walk']>['object'];
  readonly sequence: NonNullable<ProbeContext['walk']>['sequence'];
}

/** What expansion may ask of a machine. Tests give fixtures; system/live-facts.ts the real one. */
export interface TargetSource {
  readonly machine: Machine;
  readonly settings: Settings;
  /** False where the kernel has no kprobes at all. */
  readonly hasKprobes: boolean;
  readonly hasBtf: boolean;
  /** --unsafe was given. */
  readonly unsafe: boolean;
  /** Only probes whose names it fits are used. */
  readonly probeFilter?: RegExp;
  /** What the run is there for, if there will be one. */
  readonly mode?: RunMode;
  /** Functions that kprobes can be attached to. `exact` is false where the kernel doesn't say and all its functions stand in for them. */
  traceableFunctions(): { readonly functions: readonly KernelFunction[]; readonly exact: boolean };
  /**
   * True if that list is at hand, exact, and without a function: then attaching to it will fail. The kernel takes a tenth of a second and
   * more to write the list, so it is not read for this.
   */
  isUntraceable(name: string): boolean;
  /** Look-up of one name in the kernel's symbols: its size in bytes where known; undefined if there is no such symbol. */
  kernelSymbol(
    name: string,
    module?: string,
  ): { readonly address: bigint; readonly bytes?: number; readonly module?: string } | undefined;
  tracepoints(): readonly { readonly category: string; readonly event: string }[];
  /** `denied` if the kernel does not let us look. */
  tracepoint(
    category: string,
    event: string,
  ): { readonly id: number; readonly args: StructType } | 'denied' | undefined;
  rawTracepoints(): readonly string[];
  /** Arguments of a raw tracepoint by BTF; undefined if there is no such event. */
  rawTracepoint(event: string):
    | {
        readonly args: StructType;
        readonly parameters: readonly { readonly name: string; readonly type: Type }[];
      }
    | undefined;
  /** All functions of that name with BTF; more than one if modules share the name. */
  functionPrototypes(name: string, module?: string): readonly FunctionPrototype[];
  /** Names of functions that have BTF, for wildcards. */
  prototypeNames(): readonly KernelFunction[];
  /** Functions of the BPF programs that run now, as far as they can be traced; none where we may not look. */
  bpfFunctions(): readonly BpfFunction[];
  /** Names of the iterators that the kernel has. */
  iterators(): readonly string[];
  iterator(name: string): IteratorPrototype | undefined;
  /** A program or library by path, by name in PATH, or by library name; with its functions and their file offsets. */
  executable(path: string):
    | Executable
    | {
        readonly error: 'not-found' | 'folder' | 'not-executable' | 'not-elf' | 'denied';
        readonly path: string;
      };
  /** Paths of programs and libraries that match a pattern with `*`. */
  executablesMatching(pattern: string): readonly string[];
  /** Paths of all that the traced process (-p) has mapped, its program first; of all processes if none is traced. */
  mappedExecutables(): readonly string[];
  /** A C++ name as people write it, with its parameters: ns::add(int, int). Undefined if the name isn't mangled. */
  demangle(name: string): string | undefined;
}

/** A place at which a program announces something: a USDT probe may have several. */
export interface UsdtSite {
  readonly provider: string;
  readonly name: string;
  /** Virtual address of the instruction, as the file has it. */
  readonly address: number;
  readonly fileOffset: number;
  /** Offset in the file of the counter that must be above zero for the place to be reached. */
  readonly semaphore?: number;
  /** Where its arguments lie, as the assembler wrote it: see usdt-operands.ts. */
  readonly arguments: string;
}

/** How a call passes a value, whatever the machine's registers are called. */
export type Passing =
  /** In so many registers for integers. */
  | { readonly kind: 'registers'; readonly count: 1 | 2 }
  /** In a register for floating-point numbers, which programs can't read. */
  | { readonly kind: 'vector' }
  | { readonly kind: 'memory'; readonly bytes: number }
  | { readonly kind: 'unknown' }
  /** Not at all: void. */
  | { readonly kind: 'none' };

/** Where a parameter lies when its function begins. Registers have DWARF's numbers. */
export type ParameterPlace =
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'memory'; readonly register: number; readonly offset: number }
  /** From the address that the stack pointer had before the call. */
  | { readonly kind: 'caller-frame'; readonly offset: number }
  /** Where calls pass it: see calling-convention.ts. */
  | { readonly kind: 'convention' }
  /** The compiler has done away with it. */
  | { readonly kind: 'nowhere' };

/** A function of a program, as its debug information has it. */
export interface FunctionSignature {
  readonly parameters: readonly {
    /** Empty if it has none. */
    readonly name: string;
    readonly type: Type;
    readonly passing: Passing;
    readonly place: ParameterPlace;
  }[];
  readonly returns: { readonly type: Type; readonly passing: Passing };
}

/** The code that a line of the source became. */
export interface LineCode {
  /** Paths of source files that have code and that the name fits. */
  readonly files: readonly string[];
  /** Virtual, as the file has them, in rising order; none if the line has no code. */
  readonly addresses: readonly number[];
  /** Lines next to it that have some. */
  readonly near: readonly number[];
}

export interface Executable {
  /** Absolute. */
  readonly path: string;
  functions(): readonly { readonly name: string; readonly fileOffset: number; readonly bytes: number }[];
  /** File offset of a virtual address; undefined if it isn't mapped from the file. */
  fileOffsetOf(address: bigint): number | undefined;
  usdtSites(): readonly UsdtSite[];
  /** Virtual address of a variable, as the file has it. */
  variable(name: string): number | undefined;
  /** A variable or function; its address likewise. */
  symbol(name: string): { readonly address: number; readonly bytes: number } | undefined;
  /** Virtual address of a place in the file; undefined if it isn't mapped. */
  addressOf(fileOffset: number): number | undefined;
  /** Of the function that begins at an offset in the file; undefined if no debug information tells. */
  signatureAt(fileOffset: number): FunctionSignature | undefined;
  /** By a source file's path or the end of it. Undefined without debug information. */
  codeOfLine(file: string, line: number, column?: number): LineCode | undefined;
  /**
   * Where instructions begin in the function around a place in the file: offsets from its beginning. Undefined if no function is known to
   * be there, or its code can't be read.
   */
  instructionsAround(
    fileOffset: number,
  ): { readonly start: number; readonly starts: readonly number[] } | undefined;
  /** Loaded at the addresses that the file has; all others are moved. */
  readonly isFixed: boolean;
  /** Made by the Go compiler, whose stacks grow by moving: a return address must not be replaced there. */
  readonly isGo: boolean;
}
