/** The resolved, typed, desugared tree: code generation's only input. It has fewer kinds than the surface tree, and no errors. */

import type { Span } from '../base/span.ts';
import type {
  AggregationDefinition,
  FunctionDefinition,
  ScriptOption,
  VariableDefinition,
} from '../builtins/define.ts';
import type { Argument, ProgramInfo } from '../builtins/emitter.ts';
import type { ExternalFunction } from './facts.ts';
import type { Attachment, MapType, ProgramPlan, Requirement } from '../plan/plan.ts';
import type {
  AggregateType,
  BoolType,
  IntType,
  PointerType,
  StringType,
  TupleType,
  Type,
} from '../types/type.ts';
import type { ByteText } from '../types/value.ts';

export interface TypedProgram {
  readonly probes: readonly TypedProbe[];
  readonly maps: readonly MapSymbol[];
  readonly requires: readonly Requirement[];
  /** What it asks for on the command line. */
  readonly options: readonly ScriptOption[];
}

/** One BPF program: a block, for all the places that share it. */
export interface TypedProbe {
  /** kprobe_f_1. */
  readonly name: string;
  readonly info: ProgramInfo;
  readonly attachments: readonly Attachment[];
  readonly tracing?: NonNullable<ProgramPlan['tracing']>;
  /** Runs for this process only (-p), where the kernel itself does not see to that. */
  readonly onlyProcess?: number;
  readonly predicate?: TypedExpr;
  readonly body: readonly TypedStatement[];
  /** Functions of the script that it calls, and those that these call: typed for this program. */
  readonly functions: readonly TypedFunction[];
  /** How many functions may be under way at one time: the program itself, bodies of `for` loops, functions of the script. */
  readonly depth: number;
  /** The attach point. */
  readonly span: Span;
}

/** fn name($a: T): T { … }, as one program calls it. */
export interface TypedFunction {
  readonly name: string;
  /** Of types that fit a register. */
  readonly parameters: readonly VariableSymbol[];
  /** Fits a register, or none. */
  readonly returns: Type;
  /** Every way through it returns a value, unless it returns none. */
  readonly body: readonly TypedStatement[];
  /** Its name. */
  readonly span: Span;
}

/** $x; its type is the join of all its uses. */
export interface VariableSymbol {
  /** Without $. */
  readonly name: string;
  readonly type: Type;
  /** Distinguishes it from all other variables of the script, also of its own name. */
  readonly id: string;
  readonly span: Span;
}

export interface MapSymbol {
  /** As written: @x. */
  readonly name: string;
  /** AT_x. */
  readonly symbol: string;
  readonly index: number;
  readonly type: MapType;
  /** Types of the key's parts; none for a scalar map. */
  readonly key: readonly Type[];
  readonly value: Type;
  readonly entriesMax: number;
  /** By let @x = kind(N). */
  readonly isDeclared: boolean;
  /** Set if an aggregation fills it. */
  readonly aggregation?: AggregationDefinition;
  /** First use. */
  readonly span: Span;
}

/** An argument of a call, with what code generation needs beside what the builtin sees. */
export interface TypedArgument extends Argument {
  /** Absent for maps and keywords. */
  readonly expr?: TypedExpr;
  /** For `element`: the map's symbol; its key is `map.element`. */
  readonly mapSymbol?: MapSymbol;
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';
export type ComparisonOp = '==' | '!=' | '<' | '>' | '<=' | '>=';

export type TypedExpr =
  /** A number, truth value, enumerator or pointer known when compiling; within its type's range (bool: 0 or 1). */
  | { readonly kind: 'constant'; readonly type: Type; readonly value: bigint; readonly span: Span }
  | { readonly kind: 'text'; readonly type: StringType; readonly value: ByteText; readonly span: Span }
  | { readonly kind: 'variable'; readonly type: Type; readonly variable: VariableSymbol; readonly span: Span }
  /** &$x: a pointer in the space 'program', good as long as the probe's run lasts. */
  | {
      readonly kind: 'variable-address';
      readonly type: PointerType;
      readonly variable: VariableSymbol;
      readonly span: Span;
    }
  /** &@m: the map itself, as helpers take it; a void pointer. */
  | {
      readonly kind: 'map-address';
      readonly type: PointerType;
      readonly map: MapSymbol;
      readonly span: Span;
    }
  /** The value under a key, zero bytes if there is none. A scalar map has no key. */
  | {
      readonly kind: 'map-get';
      readonly type: Type;
      readonly map: MapSymbol;
      readonly key?: TypedExpr;
      readonly span: Span;
    }
  /** The number that an aggregation's map holds under a key, all CPUs' parts taken together. */
  | {
      readonly kind: 'aggregate-get';
      readonly type: IntType;
      readonly map: MapSymbol;
      readonly key?: TypedExpr;
      readonly span: Span;
    }
  /** -x and ~x of a 64-bit integer; the type is the operand's. */
  | {
      readonly kind: 'unary';
      readonly type: IntType;
      readonly op: '-' | '~';
      readonly operand: TypedExpr;
      readonly span: Span;
    }
  /** !x of a bool. */
  | { readonly kind: 'not'; readonly type: BoolType; readonly operand: TypedExpr; readonly span: Span }
  /**
   * Both operands are 64-bit integers. The result is 64 bits wide too; its sign may differ from the operands' (subtraction).
   * Division and modulo are signed if `left` is signed (sema has made both operands the same then), `>>` is arithmetic if `left` is.
   */
  | {
      readonly kind: 'arithmetic';
      readonly type: IntType;
      readonly op: ArithmeticOp;
      readonly left: TypedExpr;
      readonly right: TypedExpr;
      readonly span: Span;
    }
  /** Operands of one type: integers of one width and sign, bools, pointers; for == and != also strings (of any two capacities), tuples, arrays. */
  | {
      readonly kind: 'comparison';
      readonly type: BoolType;
      readonly op: ComparisonOp;
      readonly left: TypedExpr;
      readonly right: TypedExpr;
      readonly span: Span;
    }
  /** Of bools; the right one is evaluated only if the left one doesn't decide. */
  | {
      readonly kind: 'logical';
      readonly type: BoolType;
      readonly op: '&&' | '||';
      readonly left: TypedExpr;
      readonly right: TypedExpr;
      readonly span: Span;
    }
  /** Both branches have the whole's type. */
  | {
      readonly kind: 'conditional';
      readonly type: Type;
      readonly condition: TypedExpr;
      readonly then: TypedExpr;
      readonly else: TypedExpr;
      readonly span: Span;
    }
  /** c ?: b with the value of c used twice but evaluated once; `truth` gives a bool of `value`'s type. */
  | {
      readonly kind: 'elvis';
      readonly type: Type;
      readonly value: TypedExpr;
      readonly else: TypedExpr;
      readonly span: Span;
    }
  /** A record, if the type has names. */
  | {
      readonly kind: 'tuple';
      readonly type: TupleType;
      readonly elements: readonly TypedExpr[];
      readonly span: Span;
    }
  | {
      readonly kind: 'element';
      readonly type: Type;
      readonly tuple: TypedExpr;
      readonly index: number;
      readonly span: Span;
    }
  /** What lies `offset` bytes from the start of a struct or array value: a field, or an element at an index known when compiling. */
  | {
      readonly kind: 'part';
      readonly type: Type;
      readonly whole: TypedExpr;
      readonly offset: number;
      /** A bitfield: first bit from the start of the whole, width in bits; the type is its integer type. */
      readonly bits?: { readonly start: number; readonly width: number };
      readonly span: Span;
    }
  /** An element of an array value, at an index that is not known when compiling. Out of bounds reads as zero with a run-time warning. */
  | {
      readonly kind: 'array-element';
      readonly type: Type;
      readonly array: TypedExpr;
      readonly index: TypedExpr;
      readonly span: Span;
    }
  /**
   * What lies `offset` bytes behind a pointer, read in the pointer's space (type.space, the probe's default for 'none').
   * Reading a struct or array copies it, but a field or index of one is again a `load` from the same pointer.
   */
  | {
      readonly kind: 'load';
      readonly type: Type;
      readonly pointer: TypedExpr;
      readonly offset: number;
      /** A bitfield: first bit from `pointer`, width in bits; the type is its integer type. */
      readonly bits?: { readonly start: number; readonly width: number };
      /** A tracepoint's __data_loc: the text or array lies where the u32 at `offset` says. */
      readonly dynamic?: true;
      readonly span: Span;
    }
  /**
   * pointer + count × stride bytes; the type is the pointer's. count is a 64-bit integer. With a `length`, a count beyond it gives a null
   * pointer and a run-time warning.
   */
  | {
      readonly kind: 'advance';
      readonly type: Type;
      readonly pointer: TypedExpr;
      readonly count: TypedExpr;
      readonly stride: number;
      readonly length?: number;
      readonly span: Span;
    }
  /**
   * To another type: integers of any width (cut or extended by the operand's sign), integer ↔ bool, pointer, enum; anything to bool
   * (is not zero; a string isn't empty); a string to another capacity; a tuple element by element; integer ↔ array of equal size.
   */
  | { readonly kind: 'convert'; readonly type: Type; readonly operand: TypedExpr; readonly span: Span }
  /** ++ and -- as an expression: the value after (prefix) or before it. */
  | {
      readonly kind: 'step';
      readonly type: Type;
      readonly target: TypedTarget;
      /** What is added: 1 or −1, or a pointer's stride. */
      readonly delta: number;
      readonly prefix: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'builtin';
      readonly type: Type;
      readonly definition: VariableDefinition;
      readonly span: Span;
    }
  | {
      readonly kind: 'call';
      readonly type: Type;
      readonly definition: FunctionDefinition;
      readonly args: readonly TypedArgument[];
      readonly span: Span;
    }
  /** A call of a function of the script, by its name; arguments have the parameters' types. */
  | {
      readonly kind: 'invoke';
      readonly type: Type;
      readonly function: string;
      readonly args: readonly TypedExpr[];
      readonly span: Span;
    }
  /** A call of a function of C; text stands for its address. */
  | {
      readonly kind: 'external';
      readonly type: Type;
      readonly function: ExternalFunction;
      readonly args: readonly TypedExpr[];
      readonly span: Span;
    }
  /** Statements, and the value that they come to. */
  | {
      readonly kind: 'block';
      readonly type: Type;
      readonly body: readonly TypedStatement[];
      readonly result: TypedExpr;
      readonly span: Span;
    };

export type TypedTarget =
  | { readonly kind: 'variable'; readonly variable: VariableSymbol; readonly span: Span }
  | { readonly kind: 'map'; readonly map: MapSymbol; readonly key?: TypedExpr; readonly span: Span };

export type TypedStatement =
  /** A variable comes to life, zeroed. */
  | { readonly kind: 'declare'; readonly variable: VariableSymbol; readonly span: Span }
  /** The value has the target's type. */
  | { readonly kind: 'assign'; readonly target: TypedTarget; readonly value: TypedExpr; readonly span: Span }
  /** target op= value. On a map's integer + and − are atomic. `value` and the arithmetic are 64 bits wide; `signed` as in 'arithmetic'. */
  | {
      readonly kind: 'update';
      readonly target: TypedTarget;
      readonly op: ArithmeticOp;
      readonly value: TypedExpr;
      readonly signed: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'aggregate';
      readonly map: MapSymbol;
      readonly key?: TypedExpr;
      readonly definition: AggregationDefinition;
      readonly type: AggregateType;
      readonly args: readonly TypedArgument[];
      readonly span: Span;
    }
  /** For what it does. `_ = …` says that its value does not matter. */
  | {
      readonly kind: 'evaluate';
      readonly value: TypedExpr;
      readonly isDiscarded?: true;
      readonly span: Span;
    }
  | {
      readonly kind: 'if';
      readonly condition: TypedExpr;
      readonly then: readonly TypedStatement[];
      readonly else: readonly TypedStatement[];
      readonly span: Span;
    }
  | { readonly kind: 'block'; readonly body: readonly TypedStatement[]; readonly span: Span }
  | {
      readonly kind: 'unroll';
      readonly times: number;
      readonly body: readonly TypedStatement[];
      readonly span: Span;
    }
  /** From `from` to before `to`, 64-bit integers of one sign, the variable's type; both are evaluated once. */
  | {
      readonly kind: 'for-range';
      readonly variable: VariableSymbol;
      readonly from: TypedExpr;
      readonly to: TypedExpr;
      readonly body: readonly TypedStatement[];
      readonly span: Span;
    }
  /** For each key of a map; the variable is a tuple of key and value, an aggregation's as in 'aggregate-get'. */
  | {
      readonly kind: 'for-map';
      readonly variable: VariableSymbol;
      readonly map: MapSymbol;
      readonly body: readonly TypedStatement[];
      readonly span: Span;
    }
  | {
      readonly kind: 'while';
      readonly condition: TypedExpr;
      readonly body: readonly TypedStatement[];
      readonly span: Span;
    }
  /** Out of the innermost loop or unroll; on with its next round. */
  | { readonly kind: 'break'; readonly span: Span }
  | { readonly kind: 'continue'; readonly span: Span }
  /** Ends the program or function; 0 if no value. In a function of the script the value has its type. */
  | { readonly kind: 'return'; readonly value?: TypedExpr; readonly span: Span };
