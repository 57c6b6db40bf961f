/** Operators: arithmetic in 64 bits, comparison of joined types, short circuits; constants are folded. */

import type { Span } from '../base/span.ts';
import type { BinaryOp, Expr, UnaryOp } from '../parser/ast.ts';
import { typeName } from '../types/type-name.ts';
import type { IntType } from '../types/type.ts';
import { bool, i64, string, u64 } from '../types/type.ts';
import type { Flexible, Known } from './convert.ts';
import { bends, widen, withOrigin } from './convert.ts';
import { foldArithmetic, literalType, wrap } from './fold.ts';
import { compare } from './infer-comparison.ts';
import type { Inferred } from './infer-expression.ts';
import {
  asInt,
  firm,
  infer,
  inferText,
  inferTruth,
  isWrong,
  knownTruth,
  opposite,
  strideOf,
  truthOf,
  value,
  wrong,
} from './infer-expression.ts';
import type { Scope } from './scope.ts';
import type { ArithmeticOp, ComparisonOp, TypedExpr } from './typed-tree.ts';

type Binary = Extract<Expr, { kind: 'binary' }>;

const comparisonOps: readonly BinaryOp[] = ['==', '!=', '<', '>', '<=', '>='];

const isComparison = (op: BinaryOp): op is ComparisonOp => comparisonOps.includes(op);
const isLogical = (op: BinaryOp): op is '&&' | '||' => op === '&&' || op === '||';

/** Chains of operators nest to the left, as deep as they are long: they are walked, not descended. */
export function inferBinary(scope: Scope, expr: Binary): Inferred {
  const chain: Binary[] = [];
  let first: Expr = expr;
  for (; first.kind === 'binary'; first = first.left) chain.push(first);
  let result = infer(scope, first);
  for (const { op, right, span } of chain.reverse())
    result = isLogical(op)
      ? inferLogical(scope, op, result, right, span)
      : inferOperation(scope, op, result, infer(scope, right), span);
  return result;
}

function inferLogical(scope: Scope, op: '&&' | '||', first: Inferred, second: Expr, span: Span): Inferred {
  const left = truthOf(scope, first);
  const holds = knownTruth(left);
  const right = scope.nesting.behind(op === '&&' ? holds : opposite(holds), () => inferTruth(scope, second));
  if (left.type.kind === 'error' || right.type.kind === 'error') return wrong(span);
  if (left.kind === 'constant') {
    const decides = op === '&&' ? left.value === 0n : left.value === 1n;
    return firm({ ...(decides ? left : right), span });
  }
  return firm({ kind: 'logical', type: bool, op, left, right, span });
}

function inferOperation(scope: Scope, op: BinaryOp, left: Inferred, right: Inferred, span: Span): Inferred {
  if (isWrong(left) || isWrong(right)) return wrong(span);
  if (value(scope, left).type.kind === 'error' || value(scope, right).type.kind === 'error')
    return wrong(span);
  if (isComparison(op)) return compare(scope, op, left, right, span);
  return inferArithmetic(scope, op as ArithmeticOp, left, right, span);
}

export function inferArithmetic(
  scope: Scope,
  op: ArithmeticOp,
  left: Inferred,
  right: Inferred,
  span: Span,
): Inferred {
  const [first, second] = [left.expr, right.expr];
  if (first.type.kind === 'pointer' || second.type.kind === 'pointer')
    return inferPointerArithmetic(scope, op, left, right, span);
  if (op === '+' && first.kind === 'text' && second.kind === 'text')
    return inferText(scope, first.value + second.value, span);
  if (op === '+' && first.kind === 'text' && second.kind === 'constant' && right.literal)
    return tailOf(first, second.value, span);
  const [a, b] = [asInt(first.type), asInt(second.type)];
  if (!a || !b) {
    const culprit = a ? second : first;
    scope.report.error('bad-operand', `'${op}' takes integers, not ${typeName(culprit.type)}`, culprit.span);
    return wrong(span);
  }
  if ((op === '/' || op === '%') && second.kind === 'constant' && second.value === 0n) {
    scope.report.error('division-by-zero', 'This divides by zero', span);
    return wrong(span);
  }
  const signed = isSigned(op, a, bends(left), b, bends(right));
  if (op === '/' || op === '%') warnMixedDivision(scope, op, left, right, span);
  const isShift = op === '<<' || op === '>>';
  const operands = [widen(first, signed), widen(second, isShift ? b.signed : signed)] as const;
  const type = resultType(op, signed, a, b);
  const literal = left.literal && right.literal;
  const folded = fold(op, operands, type, span);
  if (!folded) return firm({ kind: 'arithmetic', type, op, left: operands[0], right: operands[1], span });
  const isPositive = folded.kind === 'constant' && folded.value >= 0n;
  return { expr: folded, flexible: bends(left) && bends(right) && isPositive, ...(literal && { literal }) };
}

function fold(
  op: ArithmeticOp,
  [left, right]: readonly [TypedExpr, TypedExpr],
  type: IntType,
  span: Span,
): TypedExpr | undefined {
  if (left.kind !== 'constant' || right.kind !== 'constant') return undefined;
  const result = foldArithmetic(op, left.value, right.value, (asInt(left.type) ?? type).signed, type);
  return result === undefined ? undefined : { kind: 'constant', type, value: result, span };
}

/** "abc" + 1 is "bc": how str($1 + 1) drops a first character. */
function tailOf({ value: text }: Extract<TypedExpr, { kind: 'text' }>, count: bigint, span: Span): Inferred {
  const tail = text.slice(Number(count < 0n ? 0n : count));
  return firm({ kind: 'text', type: string(tail.length + 1), value: tail, span });
}

/** A literal takes the other operand's sign; shifts have their left operand's. */
function isSigned(op: ArithmeticOp, a: IntType, aBends: boolean, b: IntType, bBends: boolean): boolean {
  if (op === '<<' || op === '>>') return a.signed;
  if (aBends !== bBends) return aBends ? b.signed : a.signed;
  return aBends ? a.signed && b.signed : a.signed || b.signed;
}

/** Differences may be negative, whatever they are of. A time and a span make a time, an address and a distance an address. */
function resultType(op: ArithmeticOp, signed: boolean, a: IntType, b: IntType): IntType {
  if (op === '-') return b.clock === undefined && b.space === undefined ? withOrigin(i64, a, b) : i64;
  const type = signed ? i64 : u64;
  return op === '+' ? withOrigin(type, a, b) : type;
}

/** The type of a target that is changed by `op=`. What it held before may not be known yet: then the value alone tells. */
export function updatedType(op: ArithmeticOp, before: Known | undefined, value: Known): Known {
  const held = before && before.type.kind !== 'error' ? before : undefined;
  if (held && !asInt(held.type)) return held;
  const operand = asInt(value.type);
  if (!operand) return held ?? value;
  const own = held && asInt(held.type);
  const signed = isSigned(op, own ?? operand, own ? bends(held) : true, operand, bends(value));
  const flexible: Flexible = op !== '-' && (held ? bends(held) : true) && bends(value);
  return { type: resultType(op, signed, own ?? operand, operand), flexible };
}

/** Of 64 bits each: one of them is read with a sign that it doesn't have. */
function warnMixedDivision(scope: Scope, op: string, left: Inferred, right: Inferred, span: Span): void {
  if (left.expr.kind === 'constant' || right.expr.kind === 'constant') return;
  const [a, b] = [asInt(left.expr.type), asInt(right.expr.type)];
  if (!a || !b || a.signed === b.signed || bends(left) || bends(right)) return;
  if ((a.signed ? b : a).bytes < 8) return;
  scope.report.warning(
    'sign-change',
    `The operands of '${op}' differ in sign: both are taken as signed`,
    span,
    {
      hints: ['Cast one of them to say what you mean: (uint64) or (int64).'],
    },
  );
}

function inferPointerArithmetic(
  scope: Scope,
  op: ArithmeticOp,
  left: Inferred,
  right: Inferred,
  span: Span,
): Inferred {
  const [pointer, count] =
    left.expr.type.kind === 'pointer' ? [left.expr, right.expr] : [right.expr, left.expr];
  const { type } = pointer;
  const isDefined = op === '+' || (op === '-' && pointer === left.expr);
  if (type.kind !== 'pointer' || !isDefined || !asInt(count.type)) {
    scope.report.error(
      'bad-operand',
      `'${op}' is not defined for ${typeName(left.expr.type)} and ${typeName(right.expr.type)}`,
      span,
      { hints: ['Cast the pointer to compute with its address: (uint64)pointer.'] },
    );
    return wrong(span);
  }
  const stride = strideOf(type.to) * (op === '-' ? -1 : 1);
  return firm({ kind: 'advance', type, pointer, count: widen(count, true), stride, span });
}

export function inferUnary(
  scope: Scope,
  op: Exclude<UnaryOp, '*' | '&'>,
  operand: Expr,
  span: Span,
): Inferred {
  if (op === '!') return inferNot(scope, operand, span);
  const inferred = infer(scope, operand);
  if (isWrong(inferred)) return wrong(span);
  const type = asInt(inferred.expr.type);
  if (!type) {
    scope.report.error('bad-operand', `'${op}' takes an integer, not ${typeName(inferred.expr.type)}`, span);
    return wrong(span);
  }
  const [wide, wideType] = [widen(inferred.expr, type.signed), type.signed ? i64 : u64];
  if (wide.kind === 'constant') {
    if (inferred.literal && op === '-' && wide.value > -lowest) return tooLow(scope, wide.value, span);
    return negated(op, wide.value, wideType, inferred.literal, span);
  }
  return firm({ kind: 'unary', type: wideType, op, operand: wide, span });
}

function inferNot(scope: Scope, operand: Expr, span: Span): Inferred {
  const truth = inferTruth(scope, operand);
  if (truth.type.kind === 'error') return wrong(span);
  if (truth.kind === 'constant') return firm({ ...truth, value: truth.value === 0n ? 1n : 0n, span });
  return firm({ kind: 'not', type: bool, operand: truth, span });
}

/** Of an int64. */
const lowest = -(2n ** 63n);

function tooLow(scope: Scope, operand: bigint, span: Span): Inferred {
  scope.report.error('literal-out-of-range', `-${operand} is below what 64 bits hold`, span, {
    hints: [`The lowest number is ${lowest}.`],
  });
  return wrong(span);
}

/** -5 is a literal too: the smallest type that holds it, at most 64 bits. */
function negated(
  op: '-' | '~',
  operand: bigint,
  wide: IntType,
  literal: true | undefined,
  span: Span,
): Inferred {
  const number = op === '-' ? -operand : ~operand;
  if (!literal) return firm({ kind: 'constant', value: wrap(number, wide), type: wide, span });
  const value = wrap(number, i64);
  return {
    expr: { kind: 'constant', value, type: literalType(value), span },
    flexible: value >= 0n,
    literal,
  };
}
