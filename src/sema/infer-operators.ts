/** Operators: arithmetic in 64 bits, comparison of joined types, short circuits; constants are folded. */

import type { Span } from '../base/span.ts';
import type { BinaryOp, Expr, UnaryOp } from '../parser/ast.ts';
import { typeName } from '../types/type-name.ts';
import type { IntType, Type } from '../types/type.ts';
import { bool, i64, intType, sameType, u64 } from '../types/type.ts';
import { changesSign, convertTo, fits, isNumber, joinInts, joinKnown, widen } from './convert.ts';
import { foldArithmetic, foldComparison, wrap } from './fold.ts';
import type { Inferred } from './infer-expression.ts';
import { asInt, firm, infer, inferTruth, isWrong, knownOf, strideOf, wrong } from './infer-expression.ts';
import type { Scope } from './scope.ts';
import type { ArithmeticOp, ComparisonOp } from './typed-tree.ts';

const comparisonOps: readonly BinaryOp[] = ['==', '!=', '<', '>', '<=', '>='];

const isComparison = (op: BinaryOp): op is ComparisonOp => comparisonOps.includes(op);

/** Chains of one operator nest to the left, as deep as they are long: they are walked, not descended. */
export function inferBinary(scope: Scope, expr: Extract<Expr, { kind: 'binary' }>): Inferred {
  const chain: Extract<Expr, { kind: 'binary' }>[] = [];
  let first: Expr = expr;
  while (first.kind === 'binary') {
    chain.push(first);
    first = first.left;
  }
  if (chain.some(({ op }) => op === '&&' || op === '||')) return inferLogicalOrNot(scope, expr);
  let result = infer(scope, first);
  for (const step of chain.reverse())
    result = inferStepOf(scope, step.op, result, infer(scope, step.right), step.span);
  return result;
}

function inferLogicalOrNot(scope: Scope, expr: Extract<Expr, { kind: 'binary' }>): Inferred {
  const { op, span } = expr;
  if (op !== '&&' && op !== '||')
    return inferStepOf(scope, op, infer(scope, expr.left), infer(scope, expr.right), span);
  const left = inferTruth(scope, expr.left);
  const right = inferTruth(scope, expr.right);
  if (left.type.kind === 'error' || right.type.kind === 'error') return wrong(span);
  if (left.kind === 'constant') {
    const decides = op === '&&' ? left.value === 0n : left.value === 1n;
    return firm(decides ? { ...left, span } : right);
  }
  return firm({ kind: 'logical', type: bool, op, left, right, span });
}

function inferStepOf(scope: Scope, op: BinaryOp, left: Inferred, right: Inferred, span: Span): Inferred {
  if (isWrong(left) || isWrong(right)) return wrong(span);
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
  const pointer = inferPointerArithmetic(scope, op, left, right, span);
  if (pointer) return pointer;
  const [a, b] = [asInt(left.expr.type), asInt(right.expr.type)];
  if (!a || !b) {
    const culprit = a ? right.expr : left.expr;
    scope.report.error('bad-operand', `'${op}' takes integers, not ${typeName(culprit.type)}`, culprit.span);
    return wrong(span);
  }
  if ((op === '/' || op === '%') && right.expr.kind === 'constant' && right.expr.value === 0n) {
    scope.report.error('division-by-zero', 'This divides by zero', span);
    return wrong(span);
  }
  const signed = operandsSigned(op, a, left.flexible, b, right.flexible);
  if (changesSign(knownOf(left), knownOf(right)) && ['/', '%', '*'].includes(op))
    scope.report.warning(
      'sign-change',
      `The operands of '${op}' differ in sign: both are taken as signed`,
      span,
      {
        hints: ['Cast one of them to say what you mean: (uint64) or (int64).'],
      },
    );
  const result = op === '-' ? i64 : signed ? i64 : u64;
  const isShift = op === '<<' || op === '>>';
  const first = widen(left.expr, isShift ? a.signed && !(left.flexible && !signed) : signed);
  const second = widen(right.expr, isShift ? b.signed : signed);
  if (first.kind === 'constant' && second.kind === 'constant') {
    const value = foldArithmetic(op, first.value, second.value, signed, result);
    if (value !== undefined)
      return {
        expr: { kind: 'constant', type: result, value: wrap(value, result), span },
        flexible: left.flexible && right.flexible,
      };
  }
  return firm({ kind: 'arithmetic', type: result, op, left: first, right: second, span });
}

/** A literal takes the other operand's sign; shifts are their left operand's. */
function operandsSigned(
  op: ArithmeticOp,
  a: IntType,
  aFlexible: boolean,
  b: IntType,
  bFlexible: boolean,
): boolean {
  if (op === '<<' || op === '>>') return a.signed;
  if (aFlexible !== bFlexible) return aFlexible ? b.signed : a.signed;
  return a.signed || b.signed;
}

function inferPointerArithmetic(
  scope: Scope,
  op: ArithmeticOp,
  left: Inferred,
  right: Inferred,
  span: Span,
): Inferred | undefined {
  const isPointer = ({ expr }: Inferred): boolean => expr.type.kind === 'pointer';
  if (!isPointer(left) && !isPointer(right)) return undefined;
  const [pointer, count] = isPointer(left) ? [left, right] : [right, left];
  const possible = (op === '+' || (op === '-' && isPointer(left))) && asInt(count.expr.type) !== undefined;
  if (!possible || pointer.expr.type.kind !== 'pointer') {
    scope.report.error(
      'bad-operand',
      `'${op}' is not defined for ${typeName(left.expr.type)} and ${typeName(right.expr.type)}`,
      span,
      {
        hints: ['Cast the pointer to compute with its address: (uint64)pointer.'],
      },
    );
    return wrong(span);
  }
  const stride = strideOf(pointer.expr.type.to);
  const steps = widen(count.expr, true);
  return firm({
    kind: 'advance',
    type: pointer.expr.type,
    pointer: pointer.expr,
    count: steps,
    stride: op === '-' ? -stride : stride,
    span,
  });
}

function compare(scope: Scope, op: ComparisonOp, left: Inferred, right: Inferred, span: Span): Inferred {
  const type = comparedType(scope, op, left, right, span);
  if (!type) return wrong(span);
  const [a, b] =
    type === 'as-they-are'
      ? [left.expr, right.expr]
      : [convertTo(left.expr, type), convertTo(right.expr, type)];
  if (a.kind === 'constant' && b.kind === 'constant')
    return firm({
      kind: 'constant',
      type: bool,
      value: foldComparison(op, a.value, b.value) ? 1n : 0n,
      span,
    });
  return firm({ kind: 'comparison', type: bool, op, left: a, right: b, span });
}

/** The type in which two values are compared. Texts of any two capacities are compared as they are. */
function comparedType(
  scope: Scope,
  op: ComparisonOp,
  left: Inferred,
  right: Inferred,
  span: Span,
): Type | 'as-they-are' | undefined {
  const [a, b] = [left.expr.type, right.expr.type];
  const equality = op === '==' || op === '!=';
  if (isNumber(a) && isNumber(b)) return comparedNumbers(scope, left, right, span);
  if (a.kind === 'pointer' && (isNumber(b) || b.kind === 'pointer')) {
    if (b.kind === 'pointer' && !sameType(a.to, b.to) && a.to.kind !== 'none' && b.to.kind !== 'none')
      scope.report.warning(
        'type-mismatch',
        `These pointers lead to different types: ${typeName(a)} and ${typeName(b)}`,
        span,
      );
    return a;
  }
  if (b.kind === 'pointer' && isNumber(a)) return b;
  if (equality && a.kind === 'string' && b.kind === 'string') return 'as-they-are';
  if (
    equality &&
    a.kind === b.kind &&
    ['tuple', 'array', 'buffer', 'inet', 'symbol'].includes(a.kind) &&
    fits(a, b)
  ) {
    const joined = joinKnown(knownOf(left), knownOf(right));
    if (joined) return joined.type;
  }
  scope.report.error('type-mismatch', `'${op}' can not compare ${typeName(a)} with ${typeName(b)}`, span, {
    hints: a.kind === 'string' && b.kind === 'string' ? ['Texts can be compared with == and != only.'] : [],
  });
  return undefined;
}

function comparedNumbers(scope: Scope, left: Inferred, right: Inferred, span: Span): Type {
  const [a, b] = [left.expr.type, right.expr.type];
  if (a.kind === 'bool' && b.kind === 'bool') return bool;
  const [first, second] = [asInt(a) ?? i64, asInt(b) ?? i64];
  if (changesSign(knownOf(left), knownOf(right)))
    scope.report.warning(
      'sign-change',
      `${typeName(a)} and ${typeName(b)} are compared as int64: large unsigned values count as negative`,
      span,
      {
        hints: ['Cast one of them to say what you mean: (uint64) or (int64).'],
      },
    );
  const joined = joinInts(first, left.flexible, second, right.flexible);
  // A literal whose value the other's type can't hold needs the wider one, or its sign.
  const holdsBoth = [left, right].every(
    ({ expr }) => expr.kind !== 'constant' || wrap(expr.value, joined) === expr.value,
  );
  return holdsBoth ? joined : intType(8, true);
}

export function inferUnary(scope: Scope, op: Exclude<UnaryOp, '*'>, operand: Expr, span: Span): Inferred {
  if (op === '!') {
    const truth = inferTruth(scope, operand);
    if (truth.type.kind === 'error') return wrong(span);
    if (truth.kind === 'constant') return firm({ ...truth, value: truth.value === 0n ? 1n : 0n, span });
    return firm({ kind: 'not', type: bool, operand: truth, span });
  }
  if (op === '&') {
    scope.report.error(
      'unsupported-syntax',
      "The address of a variable or map can't be taken in this version",
      span,
    );
    return wrong(span);
  }
  const inferred = infer(scope, operand);
  if (isWrong(inferred)) return wrong(span);
  const type = asInt(inferred.expr.type);
  if (!type) {
    scope.report.error('bad-operand', `'${op}' takes an integer, not ${typeName(inferred.expr.type)}`, span);
    return wrong(span);
  }
  if (inferred.expr.kind === 'constant' && inferred.flexible) return negated(op, inferred.expr.value, span);
  const signed = op === '-' || type.signed;
  return firm({ kind: 'unary', type: signed ? i64 : u64, op, operand: widen(inferred.expr, signed), span });
}

/** -5 is a literal too: the smallest type that holds it. */
function negated(op: '-' | '~', value: bigint, span: Span): Inferred {
  const result = BigInt.asIntN(64, op === '-' ? -value : ~value);
  const type = [1, 2, 4, 8].find((bytes) => BigInt.asIntN(bytes * 8, result) === result) ?? 8;
  return {
    expr: { kind: 'constant', type: intType(type as IntType['bytes'], true), value: result, span },
    flexible: op === '-' && result >= 0n,
  };
}
