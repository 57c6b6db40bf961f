/** The surface tree: a script as it was written. Names are text, nothing has a type, every node has a span. */

import type { Span } from '../base/span.ts';

export interface Program {
  readonly probes: readonly Probe[];
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
  | { readonly kind: 'array'; readonly of: TypeSyntax; readonly length?: bigint; readonly span: Span };

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
  | { readonly kind: 'return'; readonly value?: Expr; readonly span: Span }
  | { readonly kind: 'block'; readonly body: Block; readonly span: Span };

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
  | {
      readonly kind: 'sizeof';
      readonly of: { readonly type: TypeSyntax } | { readonly expr: Expr };
      readonly span: Span;
    }
  /** Stands where nothing sensible could be read; already reported. */
  | { readonly kind: 'error'; readonly span: Span };
