/**
 * Blocks as they are read, made into statements or values. `{ a; b }` and `if c { a } else { b }` are either: which of them
 * is known only where they stand, and for the last of a block only when what holds the block is known.
 */

import { join, type Span } from '../base/span.ts';
import type {
  Block,
  BlockExpr,
  Expr,
  IfExpr,
  LoopMap,
  LoopRange,
  MacroBody,
  Name,
  Statement,
} from './ast.ts';

/** A block as it was read. `last` is there if the last item may be the block's value. */
export interface ReadBlock {
  readonly statements: readonly Statement[];
  readonly last?: OpenItem;
  readonly span: Span;
}

/** What may be a statement or a value: an expression without semicolon, a block, an if. */
export type OpenItem =
  | { readonly open: 'expression'; readonly value: Expr }
  | { readonly open: 'block'; readonly block: ReadBlock }
  | { readonly open: 'if'; readonly chain: IfChain };

export type Item = Statement | OpenItem;

/** if … else if … else …; at least one arm. */
export interface IfChain {
  readonly arms: readonly [IfArm, ...IfArm[]];
  readonly otherwise?: ReadBlock;
}

export interface IfArm {
  /** The word if. */
  readonly first: Span;
  readonly condition: Expr;
  readonly then: ReadBlock;
}

/** Why something that was read is no value, and the place to blame. */
export interface NoValue {
  readonly lacks: 'result' | 'else';
  readonly span: Span;
}

/** The items of a block, in order. */
export function readBlock(items: readonly Item[], span: Span): ReadBlock {
  const last = items.at(-1);
  if (!last || !('open' in last)) return { statements: items.map(statementOf), span };
  return { statements: items.slice(0, -1).map(statementOf), last, span };
}

// Statements -----------------------------------------------------------------------------------------------------

export function blockOf({ statements, last, span }: ReadBlock): Block {
  return { statements: last ? [...statements, statementOf(last)] : statements, span };
}

function statementOf(item: Item): Statement {
  if (!('open' in item)) return item;
  switch (item.open) {
    case 'expression':
      return { kind: 'expression', value: item.value, span: item.value.span };
    case 'block':
      return { kind: 'block', body: blockOf(item.block), span: item.block.span };
    case 'if':
      return ifStatement(item.chain);
  }
}

/** Each further arm is a block with one statement. */
function ifStatement({ arms, otherwise }: IfChain): Statement {
  const [head, ...more] = arms;
  const rest = more.reduceRight<Block | undefined>(
    (last, arm) => {
      const statement = ifOf(arm, last);
      return { statements: [statement], span: statement.span };
    },
    otherwise && blockOf(otherwise),
  );
  return ifOf(head, rest);
}

function ifOf({ first, condition, then }: IfArm, otherwise: Block | undefined): Statement {
  const span = join(first, (otherwise ?? then).span);
  return { kind: 'if', condition, then: blockOf(then), ...(otherwise && { else: otherwise }), span };
}

/** What a for loop names and goes over. */
export interface LoopHead {
  readonly variable: Name;
  readonly over: LoopRange | LoopMap;
}

/** A range, a map, or neither. */
export function loopOver(from: Expr, to: Expr | undefined): LoopHead['over'] | undefined {
  if (to) return { kind: 'range', from, to };
  return from.kind === 'map' ? { kind: 'map', map: from } : undefined;
}

// Values ---------------------------------------------------------------------------------------------------------

export type Value = Expr | NoValue;

export function blockValue({ statements, last, span }: ReadBlock): BlockExpr | NoValue {
  const result: Value = last ? itemValue(last) : { lacks: 'result', span: statements.at(-1)?.span ?? span };
  return 'lacks' in result ? result : { kind: 'block', statements, result, span };
}

function itemValue(item: OpenItem): Value {
  switch (item.open) {
    case 'expression':
      return item.value;
    case 'block':
      return blockValue(item.block);
    case 'if':
      return ifValue(item.chain);
  }
}

export function ifValue({ arms, otherwise }: IfChain): IfExpr | NoValue {
  const [head, ...more] = arms;
  const last: BlockExpr | NoValue = otherwise
    ? blockValue(otherwise)
    : { lacks: 'else', span: (more.at(-1) ?? head).first };
  return ifExprOf(
    head,
    more.reduceRight<BlockExpr | IfExpr | NoValue>((rest, arm) => ifExprOf(arm, rest), last),
  );
}

/** The first of what is missing is to blame. */
function ifExprOf({ first, condition, then }: IfArm, rest: BlockExpr | IfExpr | NoValue): IfExpr | NoValue {
  const value = blockValue(then);
  if ('lacks' in value) return value;
  if ('lacks' in rest) return rest;
  return { kind: 'if', condition, then: value, else: rest, span: join(first, rest.span) };
}

/** A macro is a value if its last item is one. */
export function macroBody(block: ReadBlock): MacroBody {
  const result = block.last && itemValue(block.last);
  if (!result || 'lacks' in result) return blockOf(block);
  return { statements: block.statements, result, span: block.span };
}
