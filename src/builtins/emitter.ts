/** Port: all that a builtin may say to code generation. codegen/bpf-emitter.ts implements it; builtins see neither LLVM nor a tree. */

import type { Span } from '../base/span.ts';
import type { Machine } from '../plan/machine.ts';
import type { PlanConstant, ProgramType } from '../plan/plan.ts';
import type { Settings } from '../plan/settings.ts';
import type { ContextSlot, ProbeContext } from '../probes/define.ts';
import type { Type } from '../types/type.ts';
import type { ByteText, Value } from '../types/value.ts';
import type { EventDefinition, EventFields, MapAct } from './define.ts';

/** A value in a register. `bits` 1 is a truth value. Made by an Emitter only. */
export interface Scalar {
  readonly bits: 1 | 8 | 16 | 32 | 64;
}

/** Bytes at a known place: the stack, scratch, a map's value. Made by an Emitter only. */
export interface Memory {
  readonly bytes: number;
}

export type Operand = Scalar | Memory;

/** An argument as a builtin sees it: never a tree. */
export interface Argument {
  readonly type: Type;
  readonly span: Span;
  /** Known when compiling: integers, booleans, and text. */
  readonly constant?: bigint | boolean | ByteText;
  /** The word, for parameters that take one of a few words: perf, monotonic. */
  readonly keyword?: string;
  /** The map, for parameters that take a map. */
  readonly map?: MapArgument;
}

/** How a map is emptied: without its keys, or with zeros under them. */
export type Emptying = Exclude<MapAct, 'show'>;

export interface MapArgument {
  /** As written: @x. */
  readonly name: string;
  /** Its global in the object: AT_x. */
  readonly symbol: string;
  /** False for scalar maps. */
  readonly keyed: boolean;
  readonly key: readonly Type[];
  readonly value: Type;
  /** It is to be emptied by the same act that shows it, so that nothing which other CPUs add meanwhile is lost. */
  readonly then?: Emptying;
  /** @x[k]: the key that was given, as an argument of the map's key type. */
  readonly element?: Argument;
}

/** Names by number, for programs to look up: the runtime puts them into a map. */
export interface NameTable {
  /** Part of the map's symbol: errors. */
  readonly name: string;
  /** Of each name, its NUL and the zeros behind it. */
  readonly bytes: number;
  /** By number; empty where there is none. */
  readonly names: readonly ByteText[];
}

export type CompareOp = '==' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * A parameter of a helper call: a value, the context, a map by the argument that names it, or the length of the memory before it, which is
 * then seen to be no more than that memory has.
 */
export type HelperArgument =
  | Operand
  | number
  | bigint
  | 'context'
  | { readonly map: Pick<MapArgument, 'symbol'> }
  | { readonly length: Scalar | number };

export interface ProgramInfo {
  /** As `probe` prints it. */
  readonly name: string;
  /** Provider in full: kprobe. */
  readonly provider: string;
  readonly type: ProgramType;
  readonly context: ProbeContext;
}

export interface Emitter {
  readonly program: ProgramInfo;
  readonly machine: Machine;
  readonly settings: Settings;

  // Numbers. Both operands of an operation have the same width; numbers stand for constants of that width.
  int(value: number | bigint, bits?: 8 | 16 | 32 | 64): Scalar;
  truth(value: boolean): Scalar;
  add(a: Scalar, b: Scalar | number | bigint): Scalar;
  subtract(a: Scalar, b: Scalar | number | bigint): Scalar;
  multiply(a: Scalar, b: Scalar | number | bigint): Scalar;
  /** Unsigned; the divisor must not be zero. */
  divide(a: Scalar, b: Scalar | number | bigint): Scalar;
  and(a: Scalar, b: Scalar | number | bigint): Scalar;
  or(a: Scalar, b: Scalar | number | bigint): Scalar;
  xor(a: Scalar, b: Scalar | number | bigint): Scalar;
  shiftLeft(a: Scalar, b: Scalar | number | bigint): Scalar;
  /** Logical. */
  shiftRight(a: Scalar, b: Scalar | number | bigint): Scalar;
  /** Arithmetic. */
  shiftRightSigned(a: Scalar, b: Scalar | number | bigint): Scalar;
  /** The bytes in the other order. At least 16 bits. */
  byteSwap(a: Scalar): Scalar;
  compare(op: CompareOp, a: Scalar, b: Scalar | number | bigint, signed?: boolean): Scalar;
  select(condition: Scalar, a: Scalar, b: Scalar): Scalar;
  /** To another width: cut, or extended by zero or by the sign. */
  resize(a: Scalar, bits: Scalar['bits'], signed?: boolean): Scalar;

  // Control flow.
  when(condition: Scalar, then: () => void, otherwise?: () => void): void;
  /** A value that depends on a condition; both branches give the same width. */
  choose(condition: Scalar, then: () => Scalar, otherwise: () => Scalar): Scalar;
  /** Several values at once, all of 64 bits; for code in which branching costs less than computing each of them. */
  chooseMany(
    condition: Scalar,
    then: () => readonly Scalar[],
    otherwise: () => readonly Scalar[],
  ): readonly Scalar[];
  /** A loop of at most `times` rounds, known when compiling; `index` is 64 bits wide. `stop()` ends it from within (nothing may be emitted behind it in that branch). */
  repeat(times: number, body: (index: Scalar, stop: () => void) => void): void;

  // Memory.
  /** Fresh bytes, not initialised, aligned to 8; theirs until the statement ends. `name` appears in goldens. */
  reserve(bytes: number, name: string): Memory;
  /** The same for bytes that are looked at, or written, at offsets known at run time only. */
  reserveIndexed(bytes: number, name: string): Memory;
  zero(memory: Memory): void;
  /** Text with its NUL, and zeros behind it up to `capacity` bytes (by default none). Fresh bytes, as of `reserve`. */
  literal(text: ByteText, capacity?: number): Memory;
  load(memory: Memory, offset: number, bits: 8 | 16 | 32 | 64): Scalar;
  /** At an offset known at run time only, a multiple of the width; the caller has bounded it. */
  loadAt(memory: Memory, offset: Scalar, bits: 8 | 16 | 32 | 64): Scalar;
  store(memory: Memory, offset: number, value: Scalar): void;
  storeAt(memory: Memory, offset: Scalar, value: Scalar): void;
  /** Atomic add to 4 or 8 bytes. */
  atomicAdd(memory: Memory, offset: number, value: Scalar): void;
  copy(to: Memory, toOffset: number, from: Memory, fromOffset: number, bytes: number): void;
  /** Part of a memory, as a memory of its own. */
  part(memory: Memory, offset: number, bytes: number): Memory;
  /** The same at an offset known at run time only; one that leaves no room for it counts as the last that does. */
  partAt(memory: Memory, offset: Scalar, bytes: number): Memory;

  // Text and bytes.
  /** Name number `index` of a table; empty if there is none. */
  nameOf(table: NameTable, index: Scalar): Memory;
  /**
   * Which of two stretches of bytes comes first: -1, 0 or 1. Of texts nothing is looked at behind their end, where there are zeros only.
   */
  orderOf(a: Memory, b: Memory, bytes: number, areTexts: boolean): Scalar;
  /** Where a text first occurs in another, in bytes; -1 if it doesn't. Both are zero behind their NUL. */
  find(haystack: Memory, needle: Memory | ByteText): Scalar;

  // The kernel.
  /** A BPF helper by its name without bpf_: get_current_pid_tgid. The result is 64 bits wide. */
  helper(name: string, args: readonly HelperArgument[]): Scalar;
  /** Where a field of a struct of the kernel lies, and its type. The struct must be known: see TypingContext.struct. */
  kernelField(struct: string, field: string): ContextSlot;
  /**
   * What a function of the kernel gives (a kfunc; see TypingContext.hasKernelFunction), if it gives something: `act` is done with it, and
   * then another such function takes it back.
   */
  borrow(lender: string, args: readonly Scalar[], taker: string, act: (object: Memory) => void): void;
  /** The address of a kernel symbol that is there: see TypingContext.kernelSymbol. */
  kernelSymbol(name: string): bigint;
  /** A value that lies in the context. */
  context(slot: ContextSlot): Scalar;
  /** Reads memory of the kernel or the process; gives the helper's result (negative: failed, and the bytes are zero). */
  readMemory(to: Memory, bytes: Scalar | number, from: Scalar, space: 'kernel' | 'user'): Scalar;
  /** Reads text up to its NUL, at most `bytes`; gives its length with the NUL, or a negative errno (then the text is empty). */
  readText(to: Memory, bytes: Scalar | number, from: Scalar, space: 'kernel' | 'user'): Scalar;

  // Arguments.
  /** An argument's value, for types that fit a register (layout.isScalar); as wide as its type. */
  value(argument: Argument): Scalar;
  /** The same as 64 bits, extended by the type's sign. */
  wide(argument: Argument): Scalar;
  /** An argument's bytes, for all other types. Not to be written to. */
  bytes(argument: Argument): Memory;
  /** Address and space of an argument that lies in memory (arrays, structs) or is a pointer. */
  address(argument: Argument): { readonly address: Scalar; readonly space: 'kernel' | 'user' };
  /**
   * What `act` gives for the address of an argument that takes `given`, as helpers take it that ask for a pointer of its type; `absent`, by
   * default 0, if that is null.
   */
  given(argument: Argument, act: (pointer: Memory) => Scalar, absent?: number): Scalar;

  // Maps.
  /** The key as the map stores it, at an address: of `key` (which has the map's key type), of `map.element`, or a scalar map's 0. */
  keyOf(map: MapArgument, key?: Argument): Memory;
  /** Copies what lies under a key into a variable (an argument that is one); false if there is nothing. */
  copyFound(map: MapArgument, key: Argument, variable: Argument): Scalar;
  /** How many keys a map has now (for_each_map_elem). 64 bits wide. */
  countEntries(map: MapArgument): Scalar;

  // Events to user space. Large records go through scratch; what can't be delivered is counted.
  submit<F extends EventFields>(
    event: EventDefinition<F>,
    fields: { readonly [K in keyof F]: FieldValue },
    constants?: Readonly<Record<string, PlanConstant>>,
  ): void;
  /**
   * The same with the first bytes of a packet (a struct sk_buff, as `given` gives it) behind the record. Gives what the kernel said: 0, or a
   * negative errno, with which the event is counted as lost.
   */
  submitPacket<F extends EventFields>(
    event: EventDefinition<F>,
    fields: { readonly [K in keyof F]: FieldValue },
    constants: Readonly<Record<string, PlanConstant>>,
    packet: { readonly from: Memory; readonly bytes: Scalar },
  ): Scalar;
  /** An event whose fields depend on the call: one per argument, in order. */
  submitArguments(
    event: EventDefinition<EventFields>,
    args: readonly Argument[],
    constants: Readonly<Record<string, PlanConstant>>,
  ): void;

  /** In an iterator: writes into its file, formatted by the kernel. Values are numbers of 64 bits, and texts. */
  writeLine(format: ByteText, values: readonly Operand[]): void;

  /** A warning about this place of the script, told when it is reached. */
  warn(message: string): void;
  /** If a helper's result is negative, that is told with the place in the script: `what` failed, and the result. */
  reportFailure(helper: string, result: Scalar, what: string): void;

  /** Index of a text in the plan's table. */
  text(text: ByteText): number;
  /** Index of a place in the script in the plan's table, for run-time warnings. */
  place(span: Span, message: string): number;
}

/** What a field of an event is given: a value, or what writes one where it is to lie. */
export type FieldValue = Operand | number | bigint | ((to: Memory) => void);

/** Values that a handler gets, in the order of the layout's fields. */
export type EventSink = (fields: readonly Value[]) => void;
