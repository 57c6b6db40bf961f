/** Tokens to nodes of the surface tree. The grammar calls these; they know nothing of chevrotain but its tokens. */

import type { IToken } from 'chevrotain';
import { present } from '../base/assert.ts';
import type { Report } from '../base/diagnostic.ts';
import { join, type Span } from '../base/span.ts';
import type { BinaryOp, Block, Expr, Name, Statement, TypeSyntax, UnaryOp } from './ast.ts';
import { readInteger } from './integer.ts';
import { readString } from './string-literal.ts';

/** What building needs beside tokens: where they come from, where faults go, and the script's parameters. */
export interface BuildContext {
  readonly file: string;
  readonly report: Report;
  readonly parameters: readonly string[];
}

export function spanOf(context: BuildContext, token: IToken): Span {
  return { file: context.file, start: token.startOffset, end: token.startOffset + token.image.length };
}

export function nameOf(context: BuildContext, token: IToken): Name {
  return { text: token.image, span: spanOf(context, token) };
}

/** A name without its mark: $x. */
export function unmarkedName(context: BuildContext, token: IToken): Name {
  return { text: token.image.slice(1), span: spanOf(context, token) };
}

// Literals and names ---------------------------------------------------------------------------------------------

export function integerOf(context: BuildContext, token: IToken): bigint | undefined {
  const reading = readInteger(token.image);
  if ('value' in reading) return reading.value;
  const start = token.startOffset;
  const span = { file: context.file, start: start + reading.from, end: start + reading.to };
  context.report.error('bad-number', reading.problem, span, {
    hints: reading.hint === undefined ? [] : [reading.hint],
  });
  return undefined;
}

export function integerLiteral(context: BuildContext, token: IToken): Expr {
  const value = integerOf(context, token);
  const span = spanOf(context, token);
  return value === undefined ? { kind: 'error', span } : { kind: 'int', value, span };
}

export function stringLiteral(context: BuildContext, token: IToken): Expr {
  const span = spanOf(context, token);
  return { kind: 'string', value: readString(token.image, span, context.report), span };
}

const parameterIndexMax = 2n ** 63n - 1n;

/** $1, $#. */
export function parameterReference(context: BuildContext, token: IToken): Expr {
  const span = spanOf(context, token);
  if (token.image === '$#') return { kind: 'parameter', index: 0, span };
  // Twenty digits are more than 2^63 has; the conversion of a longer text would not be linear in time.
  const digits = token.image.slice(1).replace(/^0+(?=.)/, '');
  const index = digits.length > 20 ? parameterIndexMax + 1n : BigInt(digits);
  if (index < 1n || index > parameterIndexMax) {
    const message =
      index < 1n ? 'Positional parameters are counted from 1' : 'There can be no such positional parameter';
    context.report.error('bad-number', message, span, { hints: ['Their number is $#, the first is $1.'] });
    return { kind: 'error', span };
  }
  return { kind: 'parameter', index: Number(index), span };
}

// Expressions ----------------------------------------------------------------------------------------------------

/** Binding strength of binary operators, weakest first: levels 2 to 11 of b.9. All associate to the left. */
const precedence = {
  '||': 2,
  '&&': 3,
  '|': 4,
  '^': 5,
  '&': 6,
  '==': 7,
  '!=': 7,
  '<': 8,
  '>': 8,
  '<=': 8,
  '>=': 8,
  '<<': 9,
  '>>': 9,
  '+': 10,
  '-': 10,
  '*': 11,
  '/': 11,
  '%': 11,
} as const satisfies Record<BinaryOp, number>;

/** Operands a, b, c … with operators between them, as one tree by precedence. Linear in time, without recursion. */
export function binaryTree(operands: readonly Expr[], operators: readonly IToken[]): Expr {
  const waiting: { readonly left: Expr; readonly op: BinaryOp }[] = [];
  let right = present(operands[0], 'the first operand');
  operators.forEach((token, index) => {
    const op = token.image as BinaryOp;
    right = reduce(waiting, right, precedence[op]);
    waiting.push({ left: right, op });
    right = present(operands[index + 1], 'the operand after an operator');
  });
  return reduce(waiting, right, 0);
}

/** Take from the stack all operators that bind at least as strongly as what comes next. */
function reduce(
  waiting: { readonly left: Expr; readonly op: BinaryOp }[],
  operand: Expr,
  strength: number,
): Expr {
  let right = operand;
  for (let top = waiting.at(-1); top && precedence[top.op] >= strength; top = waiting.at(-1)) {
    waiting.pop();
    right = { kind: 'binary', op: top.op, left: top.left, right, span: join(top.left.span, right.span) };
  }
  return right;
}

/** One arm of a chain of conditionals: c ? a : …, or c ?: … */
export interface ConditionalArm {
  readonly condition: Expr;
  readonly then: Expr | undefined;
}

/** a ? b : c ? d : e groups from the right. */
export function conditionalTree(arms: readonly ConditionalArm[], last: Expr): Expr {
  return arms.reduceRight<Expr>((otherwise, { condition, then }) => {
    const span = join(condition.span, otherwise.span);
    return { kind: 'conditional', condition, ...(then && { then }), else: otherwise, span };
  }, last);
}

/** What may stand before an operand. */
export type Prefix =
  | { readonly kind: 'operator' | 'step'; readonly token: IToken }
  | { readonly kind: 'cast'; readonly type: TypeSyntax; readonly open: IToken };

/** Put prefixes on an operand: the innermost is the last. */
export function prefixed(context: BuildContext, prefixes: readonly Prefix[], operand: Expr): Expr {
  return prefixes.reduceRight<Expr>((inner, prefix) => {
    if (prefix.kind === 'cast') {
      const span = join(spanOf(context, prefix.open), inner.span);
      return { kind: 'cast', type: prefix.type, operand: inner, span };
    }
    const span = join(spanOf(context, prefix.token), inner.span);
    if (prefix.kind === 'operator')
      return { kind: 'unary', op: prefix.token.image as UnaryOp, operand: inner, span };
    return { kind: 'step', op: prefix.token.image as '++' | '--', prefix: true, target: inner, span };
  }, operand);
}

export function postfixStep(context: BuildContext, target: Expr, token: IToken): Expr {
  const span = join(target.span, spanOf(context, token));
  return { kind: 'step', op: token.image as '++' | '--', prefix: false, target, span };
}

export function fieldAccess(context: BuildContext, object: Expr, token: IToken): Expr {
  const name = nameOf(context, token);
  const span = join(object.span, name.span);
  if (!/^[0-9]/.test(name.text)) return { kind: 'field', object, name, span };
  // `1.5` lexes as a tuple access on a number.
  if (object.kind === 'int' && object.span.end + 1 === name.span.start) {
    context.report.error('bad-number', "Numbers with a fraction aren't supported", span, {
      hints: ['Use whole numbers.'],
    });
    return { kind: 'error', span };
  }
  const index = integerOf(context, token);
  if (index === undefined) return { kind: 'error', span };
  return { kind: 'field', object, name: { text: index.toString(), span: name.span }, span };
}

/** An expression in parentheses is the expression itself, wider; with a comma or without content it is a tuple. */
export function parenthesised(elements: readonly Expr[], comma: boolean, span: Span): Expr {
  const [only] = elements;
  return only && !comma ? { ...only, span } : { kind: 'tuple', elements, span };
}

export function booleanLiteral(context: BuildContext, token: IToken): Expr {
  return { kind: 'bool', value: token.image === 'true', span: spanOf(context, token) };
}

/** $x. */
export function variable(context: BuildContext, token: IToken): Expr {
  return { kind: 'variable', name: token.image.slice(1), span: spanOf(context, token) };
}

/** A name, or a call where there are arguments, be it none of them. */
export function named(
  context: BuildContext,
  token: IToken,
  args: readonly Expr[] | undefined,
  span: Span,
): Expr {
  const callee = nameOf(context, token);
  return args
    ? { kind: 'call', callee, args, span }
    : { kind: 'identifier', name: callee.text, span: callee.span };
}

// Statements -----------------------------------------------------------------------------------------------------

/** One `if c { … }` of a chain; `first` is the word if. */
export interface IfArm {
  readonly first: IToken;
  readonly condition: Expr;
  readonly then: Block;
}

/** if … else if … else …: each further arm is a block with one statement. */
export function ifTree(context: BuildContext, arms: readonly IfArm[], last: Block | undefined): Statement {
  const tree = arms.reduceRight<Block | undefined>((otherwise, { first, condition, then }) => {
    const span = join(spanOf(context, first), (otherwise ?? then).span);
    return {
      statements: [{ kind: 'if', condition, then, ...(otherwise && { else: otherwise }), span }],
      span,
    };
  }, last);
  return present(tree?.statements[0], 'the first arm of an if statement');
}

// Types ----------------------------------------------------------------------------------------------------------

export type TypeSuffix =
  { readonly kind: 'pointer' } | { readonly kind: 'array'; readonly length: IToken | undefined };

export function namedType(context: BuildContext, token: IToken): TypeSyntax {
  return { kind: 'named', name: token.image, span: spanOf(context, token) };
}

export function taggedType(context: BuildContext, keyword: IToken, name: IToken): TypeSyntax {
  const span = join(spanOf(context, keyword), spanOf(context, name));
  return { kind: 'tagged', keyword: keyword.image as 'struct' | 'union' | 'enum', name: name.image, span };
}

export function suffixedType(
  context: BuildContext,
  type: TypeSyntax,
  suffix: TypeSuffix,
  span: Span,
): TypeSyntax {
  if (suffix.kind === 'pointer') return { kind: 'pointer', to: type, span };
  const length = suffix.length && integerOf(context, suffix.length);
  return { kind: 'array', of: type, ...(length !== undefined && { length }), span };
}
