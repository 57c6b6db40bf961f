/** Tokens to nodes of the surface tree. The grammar calls these; they know nothing of chevrotain but its tokens. */

import type { IToken } from 'chevrotain';
import { present } from '../base/assert.ts';
import type { Report } from '../base/diagnostic.ts';
import { join, type Span } from '../base/span.ts';
import type { BinaryOp, Expr, Import, Name, RecordField, TypeSyntax, UnaryOp } from './ast.ts';
import { readInteger } from './integer.ts';
import { readString } from './string-literal.ts';
import { Integer } from './tokens.ts';

/** What building needs beside tokens: where they come from, where faults go, and the script's parameters. */
export interface BuildContext {
  readonly file: string;
  readonly report: Report;
  readonly parameters: readonly string[];
  /** Imports that are statements, as they are read. */
  readonly innerImports: Import[];
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

type ExprOf<K extends Expr['kind']> = Extract<Expr, { readonly kind: K }>;

export function integerLiteral(context: BuildContext, token: IToken): ExprOf<'int' | 'error'> {
  const value = integerOf(context, token);
  const span = spanOf(context, token);
  return value === undefined ? { kind: 'error', span } : { kind: 'int', value, span };
}

export function stringLiteral(context: BuildContext, token: IToken): ExprOf<'string'> {
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
  | { readonly kind: 'operator' | 'step' | 'comptime'; readonly token: IToken }
  | { readonly kind: 'cast'; readonly type: TypeSyntax; readonly open: IToken };

/** Put prefixes on an operand: the innermost is the last. */
export function prefixed(context: BuildContext, prefixes: readonly Prefix[], operand: Expr): Expr {
  return prefixes.reduceRight<Expr>((inner, prefix) => {
    if (prefix.kind === 'cast') {
      const span = join(spanOf(context, prefix.open), inner.span);
      return { kind: 'cast', type: prefix.type, operand: inner, span };
    }
    const span = join(spanOf(context, prefix.token), inner.span);
    if (prefix.kind === 'comptime') return { kind: 'comptime', operand: inner, span };
    if (prefix.kind === 'operator') {
      if (prefix.token.image === '&') checkAddressable(context, inner, span);
      return { kind: 'unary', op: prefix.token.image as UnaryOp, operand: inner, span };
    }
    return { kind: 'step', op: prefix.token.image as '++' | '--', prefix: true, target: inner, span };
  }, operand);
}

/** Only what is stored has an address. A bare name may stand for a macro's argument, so it is judged later. */
function checkAddressable({ report }: BuildContext, operand: Expr, span: Span): void {
  if (['variable', 'map', 'identifier', 'error'].includes(operand.kind)) return;
  report.error('no-address', 'Only a variable or a map has an address', span, {
    hints: ['Store the value first: $x = …; then take &$x.'],
  });
}

export function postfixStep(context: BuildContext, target: Expr, token: IToken): Expr {
  const span = join(target.span, spanOf(context, token));
  return { kind: 'step', op: token.image as '++' | '--', prefix: false, target, span };
}

/** `last` is the last token of the object. */
export function fieldAccess(context: BuildContext, object: Expr, last: IToken, token: IToken): Expr {
  const name = nameOf(context, token);
  const span = join(object.span, name.span);
  if (!/^[0-9]/.test(name.text)) return { kind: 'field', object, name, span };
  // `1.5` lexes as a tuple access on a number.
  if (object.kind === 'int' && last.tokenType === Integer && object.span.end + 1 === name.span.start) {
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

export function booleanLiteral(context: BuildContext, token: IToken): ExprOf<'bool'> {
  return { kind: 'bool', value: token.image === 'true', span: spanOf(context, token) };
}

/** The text of a string literal as text, not as bytes: for paths and the like. */
export function textOf(context: BuildContext, token: IToken): Name {
  const span = spanOf(context, token);
  const bytes = readString(token.image, span, context.report);
  return { text: Buffer.from(bytes, 'latin1').toString('utf8'), span };
}

/** $x. */
export function variable(context: BuildContext, token: IToken): Expr {
  return { kind: 'variable', name: token.image.slice(1), span: spanOf(context, token) };
}

/** A bare word. */
export function identifier(context: BuildContext, token: IToken): ExprOf<'identifier'> {
  return { kind: 'identifier', name: token.image, span: spanOf(context, token) };
}

/** A name, or a call where there are arguments, be it none of them. */
export function named(
  context: BuildContext,
  token: IToken,
  args: readonly Expr[] | undefined,
  span: Span,
): Expr {
  return args ? { kind: 'call', callee: nameOf(context, token), args, span } : identifier(context, token);
}

/** One field of a record: x=1. */
export interface ReadField {
  readonly name: IToken;
  readonly value: Expr;
}

/** (x=1, y="s"). Of two fields of one name, the first stays. */
export function record(context: BuildContext, written: readonly ReadField[], span: Span): Expr {
  const fields = new Map<string, RecordField>();
  for (const { name, value } of written) {
    const field = { name: nameOf(context, name), value };
    const first = fields.get(field.name.text);
    if (first) reportSameName(context, field.name, first.name);
    else fields.set(field.name.text, field);
  }
  return { kind: 'record', fields: [...fields.values()], span };
}

function reportSameName({ report }: BuildContext, name: Name, first: Name): void {
  report.error('duplicate-field', `This record has a field '${name.text}' already`, name.span, {
    labels: [{ span: first.span, text: 'the first is here' }],
    hints: ['Give each field a name of its own.'],
  });
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
