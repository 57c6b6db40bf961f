/** Comparisons: both operands become values of one type, except for texts, which are compared as they are. */

import type { Span } from '../base/span.ts';
import { typeName } from '../types/type-name.ts';
import type { PointerType, Type } from '../types/type.ts';
import { bool, i64, pointerTo, sameType } from '../types/type.ts';
import { bends, convertTo, isNumber, joinInts, joinKnown } from './convert.ts';
import { foldComparison, wrap } from './fold.ts';
import type { Inferred } from './infer-expression.ts';
import { asInt, firm, knownOf, wrong } from './infer-expression.ts';
import type { Scope } from './scope.ts';
import type { ComparisonOp, TypedExpr } from './typed-tree.ts';

export function compare(
  scope: Scope,
  op: ComparisonOp,
  left: Inferred,
  right: Inferred,
  span: Span,
): Inferred {
  const [a, b] = [left.expr, right.expr];
  const isEquality = op === '==' || op === '!=';
  if (isEquality && a.type.kind === 'string' && b.type.kind === 'string') return compareTexts(op, a, b, span);
  const type = comparedType(scope, isEquality, left, right, span);
  if (!type) {
    reportIncomparable(scope, op, a, b, span);
    return wrong(span);
  }
  const [first, second] = [convertTo(a, type), convertTo(b, type)];
  if (first.kind === 'constant' && second.kind === 'constant')
    return truth(foldComparison(op, first.value, second.value), span);
  return firm({ kind: 'comparison', type: bool, op, left: first, right: second, span });
}

const truth = (value: boolean, span: Span): Inferred =>
  firm({ kind: 'constant', type: bool, value: value ? 1n : 0n, span });

function compareTexts(op: '==' | '!=', left: TypedExpr, right: TypedExpr, span: Span): Inferred {
  if (left.kind === 'text' && right.kind === 'text')
    return truth((left.value === right.value) === (op === '=='), span);
  return firm({ kind: 'comparison', type: bool, op, left, right, span });
}

/** Whose bytes say whether two are the same. */
const comparedByBytes: ReadonlySet<Type['kind']> = new Set([
  'tuple',
  'array',
  'buffer',
  'inet',
  'symbol',
  'username',
  'macaddr',
]);

function comparedType(
  scope: Scope,
  isEquality: boolean,
  left: Inferred,
  right: Inferred,
  span: Span,
): Type | undefined {
  const [a, b] = [left.expr.type, right.expr.type];
  if (isNumber(a) && isNumber(b)) return comparedNumbers(scope, left, right, span);
  if (a.kind === 'pointer' && b.kind === 'pointer') return comparedPointers(scope, a, b, span);
  if (a.kind === 'pointer' && isNumber(b)) return a;
  if (b.kind === 'pointer' && isNumber(a)) return b;
  if (!isEquality || !comparedByBytes.has(a.kind)) return undefined;
  return joinKnown(knownOf(left), knownOf(right))?.type;
}

/** Addresses are compared, whatever lies there. */
function comparedPointers(scope: Scope, a: PointerType, b: PointerType, span: Span): Type {
  if (!sameType(a.to, b.to) && a.to.kind !== 'none' && b.to.kind !== 'none')
    scope.report.warning(
      'type-mismatch',
      `These pointers lead to different types: ${typeName(a)} and ${typeName(b)}`,
      span,
    );
  return a.space === b.space ? a : pointerTo(a.to, 'none');
}

function comparedNumbers(scope: Scope, left: Inferred, right: Inferred, span: Span): Type {
  const [a, b] = [left.expr.type, right.expr.type];
  if (a.kind === 'bool' && b.kind === 'bool') return bool;
  const [first, second] = [asInt(a) ?? i64, asInt(b) ?? i64];
  const joined = joinInts(first, bends(left), second, bends(right));
  // A literal whose value the other's type can't hold needs the wider one, or its sign.
  const type = [left, right].every((side) => holds(side, joined)) ? joined : i64;
  const lost = [left, right].find((side) => {
    const own = asInt(side.expr.type);
    return side.expr.kind === 'constant'
      ? !holds(side, type)
      : !bends(side) && type.signed && own?.signed === false && own.bytes === 8;
  });
  if (lost && !isLiteral(left, lost) && !isLiteral(right, lost))
    scope.report.warning(
      'sign-change',
      `${typeName(a)} and ${typeName(b)} are compared as int64: large unsigned values count as negative`,
      span,
      { hints: ['Cast one of them to say what you mean: (uint64) or (int64).'] },
    );
  return type;
}

const holds = ({ expr }: Inferred, type: Parameters<typeof wrap>[1]): boolean =>
  expr.kind !== 'constant' || wrap(expr.value, type) === expr.value;

/** x == -1 says what is meant, though x has no sign. */
const isLiteral = (side: Inferred, lost: Inferred): boolean => side.literal === true && side !== lost;

function reportIncomparable(scope: Scope, op: ComparisonOp, a: TypedExpr, b: TypedExpr, span: Span): void {
  const [first, second] = [typeName(a.type), typeName(b.type)];
  const areTexts = a.type.kind === 'string' && b.type.kind === 'string';
  scope.report.error('type-mismatch', `'${op}' can not compare ${first} with ${second}`, span, {
    labels: areTexts
      ? []
      : [
          { span: a.span, text: `this is ${first}` },
          { span: b.span, text: `this is ${second}` },
        ],
    hints: areTexts ? ['Texts can be compared with == and != only.'] : [],
  });
}
