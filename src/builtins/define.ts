/** What a builtin is: one definition gives name, signature, typing, code, handling in user space and documentation. */

import type { Span } from '../base/span.ts';
import type { Report } from '../base/diagnostic.ts';
import type { Machine } from '../plan/machine.ts';
import type { EventPlan } from '../plan/plan.ts';
import type { Settings } from '../plan/settings.ts';
import type { Layout } from '../types/layout.ts';
import type { AggregateType, BoolType, IntType, StringType, StructType, Type } from '../types/type.ts';
import type { ByteText, Integer, Value } from '../types/value.ts';
import type { Argument, Emitter, EventSink, Memory, Operand, ProgramInfo, Scalar } from './emitter.ts';
import type { EventHost } from './event-host.ts';

/** What is known where a builtin is typed. */
/** A named parameter of the script: what getopt() asks for. */
export interface ScriptOption {
  readonly name: string;
  readonly default: bigint | boolean | ByteText;
  readonly description?: ByteText;
}

export interface TypingContext {
  readonly program: ProgramInfo;
  readonly machine: Machine;
  readonly settings: Settings;
  /** Address of a kernel symbol. */
  kernelSymbol(name: string): bigint | undefined;
  /** Whether the kernel's BTF has a function of that name. */
  hasKernelFunction(name: string): boolean;
  /** Whether a program of this probe's type may call it. */
  mayCall(name: string): boolean;
  /** A named parameter as it was given: `true` without a value. */
  option(name: string): string | true | undefined;
  /** Makes an option known; gives the one of another call that has its name and says something else of it. */
  declareOption(option: ScriptOption): ScriptOption | undefined;
  /** The id of a control group by its directory. */
  cgroupId(path: string): bigint | 'not-found' | 'not-a-cgroup';
  /** A struct of the kernel, for builtins that point to one. */
  struct(keyword: 'struct' | 'union', name: string): StructType | undefined;
}

/** What is known when compiling. */
export type Constant = bigint | boolean | ByteText;

interface Documented {
  readonly name: string;
  /** What it is or does: one or more sentences. */
  readonly doc: string;
  /** A script that compiles. */
  readonly example: string;
}

/**
 * On which kernels it wants more of the context than links of one program to many functions hand over. Since 6.14 these are the registers
 * of arguments and result alone (kernel/trace/fprobe.c).
 */
export type WholeContext = (machine: Machine) => boolean;

/** Why a builtin can't be used in a probe, and what to use instead; undefined if it can. */
export type Available = (
  program: ProgramInfo,
) => { readonly reason: string; readonly hint?: string } | undefined;

/** pid, comm, args: named without parentheses (`pid()` means the same). */
export interface VariableDefinition extends Documented {
  readonly kind: 'variable';
  readonly type: Type | ((context: TypingContext) => Type);
  readonly available?: Available;
  /** Its value differs between the places that one program could be attached to: they then get a program each. */
  readonly perProbe?: true;
  /** It is what the probed function takes or returns: debug information is looked into for its type. */
  readonly ofSignature?: true;
  readonly wholeContext?: WholeContext;
  /** What it is when compiling, if that is already known: a number, text, or a record of such, whose numbers have 64 bits. */
  readonly constant?: (context: TypingContext) => Constant | Readonly<Record<string, Constant>> | undefined;
  /** What is worth telling of a use, unless the use is behind a condition that keeps it from running. */
  readonly check?: (context: TypingContext, report: Report, use: Span) => void;
  /** What the probe was given itself: not to be had in bodies of `for` loops and in functions of the script. */
  readonly fromContext?: true;
  /** Features of runtime/features.ts that the kernel must have. */
  readonly requires?: readonly string[];
  /** Not called where `constant` gave a value. A pointer into the context is the context itself: give `'context'`. */
  readonly emit: (out: Emitter) => Operand | 'context';
}

/**
 * What a parameter takes:
 *  integer   int, bool, enum, pointer …: anything that fits a register and is a number
 *  pointer   pointer or integer (an address)
 *  string    text of any kind
 *  any       any value that can be stored or printed
 *  number    an integer known when compiling
 *  truth     true or false, known when compiling
 *  text      a string literal (or a positional parameter through str)
 *  keyword   one of a few bare words
 *  map       a map, named without key
 *  element   a map with its key, or a scalar map
 *  variable  a variable, which takes up the type of the values of the map that an earlier parameter names
 *  key       a key of the map that an earlier parameter names; converted to its key type
 *  place     an array or struct in memory, or a pointer
 *  type      a type, as typeof(T) or by its bare name
 *  given     a pointer that a tracing program was given, one that lies behind it, or a struct there: the kernel must know what it is
 *  path      names of members, a.b.c, in the type that an earlier parameter gives; known as the last one's offset in bytes
 */
export type ParamTakes =
  | 'integer'
  | 'pointer'
  | 'string'
  | 'any'
  | 'number'
  | 'truth'
  | 'text'
  | 'keyword'
  | 'map'
  | 'element'
  | 'key'
  | 'variable'
  | 'place'
  | 'given'
  | 'type'
  | 'path';

export interface Param {
  readonly name: string;
  /** Any of these; tried in order. */
  readonly takes: readonly ParamTakes[];
  readonly optional?: true;
  /** Takes all that remain (printf's values), but no more than this. Last, and optional. */
  readonly rest?: number;
  readonly keywords?: readonly string[];
}

/** What is done with a map as a whole, in user space. */
export type MapAct = 'show' | 'clear' | 'zero';

export interface FunctionDefinition extends Documented {
  readonly kind: 'function';
  readonly params: readonly Param[];
  readonly returns: Type | ((args: readonly Argument[], context: TypingContext) => Type);
  /** What a signature can't say: reports on the arguments' spans. Arguments have their final types. */
  readonly check?: (args: readonly Argument[], context: TypingContext, report: Report, call: Span) => void;
  readonly available?: Available;
  readonly unsafe?: true;
  readonly perProbe?: true;
  readonly wholeContext?: WholeContext;
  readonly constant?: (
    args: readonly Argument[],
    context: TypingContext,
  ) => bigint | boolean | ByteText | undefined;
  readonly requires?: readonly string[];
  /** The result may be ignored without a warning, though there is one. */
  readonly discardable?: true;
  /** What it does with a map that is its first argument. Showing a map and emptying it then is made one act: see MapArgument.then. */
  readonly mapAct?: MapAct;
  /** The program ends with this call (exit): what follows in the block is unreachable. */
  readonly endsProgram?: true;
  /** In iterators that are pinned it does without the events that it sends else. */
  readonly worksPinned?: true;
  /** Events that it sends. */
  readonly events?: readonly EventDefinition<EventFields>[];
  /** Nothing for functions that return `none`. */
  readonly emit: (args: readonly Argument[], out: Emitter, call: Span) => Operand | void;
  /** What to do where the result is not used: a failure is then told instead. */
  readonly emitUnused?: (args: readonly Argument[], out: Emitter, call: Span) => void;
  /**
   * Of functions that give text: writes it to memory of the result's size without caring for what is behind its NUL, and gives its
   * length with the NUL; 0 or less, and an empty text, if there is none to be had. For those who need no more than the text itself.
   */
  readonly emitText?: (args: readonly Argument[], out: Emitter, to: Memory) => Scalar;
}

/** One CPU's cell of an aggregation, by slot name. */
export type Cell = Readonly<Record<string, bigint>>;

/** Values by time. */
export interface Series {
  /** Nanoseconds. */
  readonly interval: bigint;
  /** One for each interval, in their order; `start` in atomic time, nanoseconds since 1970. */
  readonly points: readonly { readonly start: bigint; readonly value?: bigint }[];
}

/** count(), hist(n): the whole right side of an assignment to a map. */
export interface AggregationDefinition extends Documented {
  readonly kind: 'aggregation';
  readonly params: readonly Param[];
  readonly check?: FunctionDefinition['check'];
  readonly type: (args: readonly Argument[]) => AggregateType;
  /** What one CPU stores under one key (and bucket). All zero bytes mean: nothing yet. */
  readonly cell: (type: AggregateType) => Layout;
  /** Buckets: the key is extended by this u64, and the cell belongs to the bucket. */
  readonly bucket?: (args: readonly Argument[], out: Emitter, type: AggregateType, moment?: Scalar) => Scalar;
  /** The time of the call, 64 bits: read once, for `bucket` and `update` must agree on it. */
  readonly moment?: (out: Emitter) => Scalar;
  /** How many entries one key may need, where that is more than maps usually have. */
  readonly entriesOfKey?: (type: AggregateType) => number;
  /** Adds to this CPU's cell in place. Interrupts may come between: prefer atomicAdd. */
  readonly update: (
    args: readonly Argument[],
    out: Emitter,
    cell: Memory,
    type: AggregateType,
    moment?: Scalar,
  ) => void;
  /**
   * How the script reads it, where it is a number: all CPUs' cells merged into one, which begins as zero bytes, and the number that this
   * one stands for, in 64 bits of the type's sign.
   */
  readonly read?: {
    readonly merge: (out: Emitter, merged: Memory, cell: Memory, type: AggregateType) => void;
    readonly value: (out: Emitter, merged: Memory, type: AggregateType) => Scalar;
  };
  /** All CPUs' cells of one key to a value. Aggregations with buckets have `histogram` instead. */
  readonly reduce?: (cells: readonly Cell[], type: AggregateType) => Value;
  /** For each key, given all CPUs' cells of all its buckets, its series. */
  readonly series?: (keys: readonly (readonly Cell[])[], type: AggregateType) => readonly Series[];
  /** All buckets of one key: bucket number → count over all CPUs. */
  readonly histogram?: (buckets: ReadonlyMap<bigint, bigint>, type: AggregateType) => Value;
}

export type Builtin = VariableDefinition | FunctionDefinition | AggregationDefinition;

/** Field types of an event of fixed shape. */
export type EventFields = Readonly<Record<string, Type>>;

export type EventFieldValue<T extends Type> = T extends IntType
  ? Integer
  : T extends BoolType
    ? boolean
    : T extends StringType
      ? ByteText
      : Value;

/** A message from the kernel to user space. */
export interface EventDefinition<F extends EventFields> {
  readonly name: string;
  /** Empty if the fields depend on the call. */
  readonly fields: F;
  /** Control events (exit, print, clear, zero) have room kept for them in the ring. */
  readonly control: boolean;
  /** Sent by submitPacket: the handler gets the packet's bytes, a buffer, behind the fields. */
  readonly carriesPacket?: true;
  /** Called once per place in the script that sends it; the sink is called for every record. */
  readonly prepare: (event: EventPlan, host: EventHost) => EventSink;
}

export const defineVariable = (definition: Omit<VariableDefinition, 'kind'>): VariableDefinition => ({
  kind: 'variable',
  ...definition,
});

export const defineFunction = (definition: Omit<FunctionDefinition, 'kind'>): FunctionDefinition => ({
  kind: 'function',
  ...definition,
});

export const defineAggregation = (
  definition: Omit<AggregationDefinition, 'kind'>,
): AggregationDefinition => ({
  kind: 'aggregation',
  ...definition,
});

/** An event of fixed shape; the handler gets its fields by name. */
export function defineEvent<const F extends EventFields>(
  name: string,
  fields: F,
  handle: (
    values: { readonly [K in keyof F]: EventFieldValue<F[K]> },
    host: EventHost,
    event: EventPlan,
  ) => void,
  options: { readonly control?: boolean } = {},
): EventDefinition<F> {
  const names = Object.keys(fields);
  return {
    name,
    fields,
    control: options.control ?? false,
    prepare: (event, host) => (values) =>
      handle(
        Object.fromEntries(names.map((field, index) => [field, values[index]])) as {
          readonly [K in keyof F]: EventFieldValue<F[K]>;
        },
        host,
        event,
      ),
  };
}

/** An event whose fields are a call's arguments. */
export function defineArgumentsEvent(
  name: string,
  prepare: (event: EventPlan, host: EventHost) => EventSink,
  options: { readonly control?: boolean } = {},
): EventDefinition<EventFields> {
  return { name, fields: {}, control: options.control ?? false, prepare };
}
