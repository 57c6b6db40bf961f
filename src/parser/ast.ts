/** The surface tree: a script as it was written. Names are text, nothing has a type, every node has a span. */

import type { Span } from '../base/span.ts';

/** Sections by kind, each in the order of the text. */
export interface Program {
  /** What libclang is to read: preprocessor lines, typedefs, and definitions of structs, unions and enums. */
  readonly definitions: readonly CDefinition[];
  readonly config?: Config;
  readonly imports: readonly Import[];
  /** Those of its statements: they stand there too. */
  readonly innerImports: readonly Import[];
  readonly macros: readonly Macro[];
  /** Of the standard library: each gives way to one of the script with the same name and kinds of parameters. */
  readonly standardMacros?: readonly Macro[];
  readonly functions: readonly FunctionDeclaration[];
  readonly maps: readonly MapDeclaration[];
  readonly probes: readonly Probe[];
  readonly span: Span;
}

/** C as written, comments inside included. */
export interface CDefinition {
  /** A whole file of C, that an import names. */
  readonly isHeader?: true;
  readonly text: string;
  readonly span: Span;
}

/** config = { key = value; … } */
export interface Config {
  readonly entries: readonly ConfigEntry[];
  readonly span: Span;
}

export interface ConfigEntry {
  readonly key: Name;
  readonly value: ConfigValue;
}

/** A word without quotes is an identifier: missing_probes = warn. */
export type ConfigValue = Extract<Expr, { readonly kind: 'int' | 'bool' | 'string' | 'identifier' }>;

/** import "path"; the path has its escapes done, and is text, not bytes. */
export interface Import {
  readonly path: Name;
  readonly span: Span;
}

export interface Macro {
  readonly name: Name;
  readonly parameters: readonly MacroParameter[];
  readonly body: MacroBody;
  readonly span: Span;
}

/** $v, @m, or a bare name, which stands for any expression. The name has no mark. */
export interface MacroParameter {
  readonly kind: 'variable' | 'map' | 'expression';
  readonly name: Name;
}

/** With a result, a macro is a value: its last item has no semicolon. */
export interface MacroBody extends Block {
  readonly result?: Expr;
}

/** fn name($a: T): T { … } */
export interface FunctionDeclaration {
  readonly name: Name;
  readonly parameters: readonly FunctionParameter[];
  readonly returns: TypeSyntax;
  readonly body: Block;
  readonly span: Span;
}

export interface FunctionParameter {
  /** Without its $. */
  readonly name: Name;
  readonly type: TypeSyntax;
}

/** let @name = lruhash(10); */
export interface MapDeclaration {
  /** Without its @. */
  readonly name: Name;
  readonly mapKind: Name;
  /** At least 1. */
  readonly entries: { readonly value: bigint; readonly span: Span };
  readonly span: Span;
}

export interface Probe {
  readonly attachPoints: readonly AttachPoint[];
  readonly predicate?: Expr;
  readonly body: Block;
  readonly span: Span;
}

/** Text as written, parameters ($1) already put in; its meaning belongs to the probe's definition. */
export interface AttachPoint {
  /** name=kprobe:f */
  readonly label?: Name;
  /** The part before the first colon, or all of it: kprobe, begin. As written (BEGIN stays BEGIN). */
  readonly provider: Name;
  /** What follows the first colon, split at colons outside quotes; quotes removed. None for begin and end. */
  readonly parts: readonly Name[];
  readonly span: Span;
}

export interface Name {
  readonly text: string;
  readonly span: Span;
}

export interface Block {
  readonly statements: readonly Statement[];
  readonly span: Span;
}

/** Types as written: uint64, string[16], struct task_struct *. */
export type TypeSyntax =
  | { readonly kind: 'named'; readonly name: string; readonly span: Span }
  | {
      readonly kind: 'tagged';
      readonly keyword: 'struct' | 'union' | 'enum';
      readonly name: string;
      readonly span: Span;
    }
  | { readonly kind: 'pointer'; readonly to: TypeSyntax; readonly span: Span }
  /** uint8[4], string[16]; the length is absent in uint8[]. */
  | { readonly kind: 'array'; readonly of: TypeSyntax; readonly length?: bigint; readonly span: Span }
  | { readonly kind: 'typeof'; readonly of: TypeOrExpr; readonly span: Span };

/** What sizeof, typeof and their like are of. A bare name that may be either is an expression. */
export type TypeOrExpr = { readonly type: TypeSyntax } | { readonly expr: Expr };

export type AssignOp = '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=';

export type Statement =
  /** let $x; let $x: T; let $x = e; */
  | {
      readonly kind: 'let';
      readonly variable: Name;
      readonly type?: TypeSyntax;
      readonly value?: Expr;
      readonly span: Span;
    }
  /** The target is whatever stood there; sema says if it can be assigned. */
  | {
      readonly kind: 'assign';
      readonly op: AssignOp;
      readonly target: Expr;
      readonly value: Expr;
      readonly span: Span;
    }
  /** _ = e; */
  | { readonly kind: 'discard'; readonly value: Expr; readonly span: Span }
  | { readonly kind: 'expression'; readonly value: Expr; readonly span: Span }
  | {
      readonly kind: 'if';
      readonly condition: Expr;
      readonly then: Block;
      readonly else?: Block;
      readonly span: Span;
    }
  | { readonly kind: 'unroll'; readonly count: Expr; readonly body: Block; readonly span: Span }
  | {
      readonly kind: 'for';
      readonly variable: Name;
      readonly over: LoopRange | LoopMap;
      readonly body: Block;
      readonly span: Span;
    }
  | { readonly kind: 'while'; readonly condition: Expr; readonly body: Block; readonly span: Span }
  | { readonly kind: 'break'; readonly span: Span }
  | { readonly kind: 'continue'; readonly span: Span }
  /** import "stdlib/x.bpf.c"; inside a block. */
  | { readonly kind: 'import'; readonly path: Name; readonly span: Span }
  | { readonly kind: 'return'; readonly value?: Expr; readonly span: Span }
  | { readonly kind: 'block'; readonly body: Block; readonly span: Span };

/** for $i : from..to, without `to` itself. */
export interface LoopRange {
  readonly kind: 'range';
  readonly from: Expr;
  readonly to: Expr;
}

/** for $kv : @map. */
export interface LoopMap {
  readonly kind: 'map';
  readonly map: Extract<Expr, { readonly kind: 'map' }>;
}

export type BinaryOp =
  | '||'
  | '&&'
  | '|'
  | '^'
  | '&'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | '<<'
  | '>>'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';

export type UnaryOp = '-' | '!' | '~' | '*' | '&';

export type Expr =
  /** 0 … 2^64−1 as written; a duration (5ms) is its nanoseconds. */
  | { readonly kind: 'int'; readonly value: bigint; readonly span: Span }
  | { readonly kind: 'bool'; readonly value: boolean; readonly span: Span }
  /** Escapes done; a ByteText (src/types/value.ts): every character is one byte of the UTF-8 of what was written, or of an \x escape. */
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  /** comm, args, pid … also a call without parentheses. */
  | { readonly kind: 'identifier'; readonly name: string; readonly span: Span }
  /** $x; the name has no $. */
  | { readonly kind: 'variable'; readonly name: string; readonly span: Span }
  /** @x, @x[k, l]; the name has no @, the anonymous map's is empty. No `keys` for a scalar map. */
  | { readonly kind: 'map'; readonly name: string; readonly keys?: readonly Expr[]; readonly span: Span }
  /** $1 … ; index 0 is $#. */
  | { readonly kind: 'parameter'; readonly index: number; readonly span: Span }
  | { readonly kind: 'unary'; readonly op: UnaryOp; readonly operand: Expr; readonly span: Span }
  /** ++ and --. */
  | {
      readonly kind: 'step';
      readonly op: '++' | '--';
      readonly prefix: boolean;
      readonly target: Expr;
      readonly span: Span;
    }
  | {
      readonly kind: 'binary';
      readonly op: BinaryOp;
      readonly left: Expr;
      readonly right: Expr;
      readonly span: Span;
    }
  /** c ? a : b; without `then` it is the elvis form, c ?: b. */
  | {
      readonly kind: 'conditional';
      readonly condition: Expr;
      readonly then?: Expr;
      readonly else: Expr;
      readonly span: Span;
    }
  | { readonly kind: 'cast'; readonly type: TypeSyntax; readonly operand: Expr; readonly span: Span }
  /** a.b and a->b mean the same; a.0 is a tuple's element. */
  | { readonly kind: 'field'; readonly object: Expr; readonly name: Name; readonly span: Span }
  | { readonly kind: 'index'; readonly object: Expr; readonly index: Expr; readonly span: Span }
  | { readonly kind: 'call'; readonly callee: Name; readonly args: readonly Expr[]; readonly span: Span }
  | { readonly kind: 'tuple'; readonly elements: readonly Expr[]; readonly span: Span }
  /** (x=1, y="s"); the names differ. */
  | { readonly kind: 'record'; readonly fields: readonly RecordField[]; readonly span: Span }
  | BlockExpr
  | IfExpr
  /** comptime e; also as the condition of an if. */
  | { readonly kind: 'comptime'; readonly operand: Expr; readonly span: Span }
  | { readonly kind: 'sizeof'; readonly of: TypeOrExpr; readonly span: Span }
  | { readonly kind: 'typeinfo'; readonly of: TypeOrExpr; readonly span: Span }
  /** offsetof(T, a.b.c) */
  | {
      readonly kind: 'offsetof';
      readonly of: TypeOrExpr;
      readonly path: readonly Name[];
      readonly span: Span;
    }
  /** An argument of a call that is a type: f(typeof(T)). */
  | { readonly kind: 'type'; readonly type: TypeSyntax; readonly span: Span }
  /** Stands where nothing sensible could be read; already reported. */
  | { readonly kind: 'error'; readonly span: Span };

export interface RecordField {
  readonly name: Name;
  readonly value: Expr;
}

/** { … e } as a value: the last item has no semicolon. */
export interface BlockExpr {
  readonly kind: 'block';
  readonly statements: readonly Statement[];
  readonly result: Expr;
  readonly span: Span;
}

/** if c { a } else { b } as a value. */
export interface IfExpr {
  readonly kind: 'if';
  readonly condition: Expr;
  readonly then: BlockExpr;
  readonly else: BlockExpr | IfExpr;
  readonly span: Span;
}
