/** comptime: what must be known when compiling, and the branches that it leaves out before their types matter. */

import type { Expr } from '../parser/ast.ts';
import { hasTruth } from './convert.ts';
import type { Inferred } from './infer-expression.ts';
import { infer, isWrong, truthOf, wrong } from './infer-expression.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed-tree.ts';

type Comptime = Extract<Expr, { kind: 'comptime' }>;

/** Nothing of it remains to be computed. */
export const isKnown = (expr: TypedExpr): boolean =>
  expr.kind === 'constant' || expr.kind === 'text' || (expr.kind === 'tuple' && expr.elements.every(isKnown));

/** Types that are not final yet may still make it known: only the last round tells. */
export function inferComptime(scope: Scope, { operand, span }: Comptime): Inferred {
  const inferred = infer(scope, operand);
  if (isWrong(inferred) || isKnown(inferred.expr)) return inferred;
  scope.report.error('not-constant', "This is not known when compiling: comptime can't compute it", span, {
    hints: [
      'Numbers, text, sizeof, typeinfo, is_integer() and its like, probetype and what is computed from them are.',
    ],
  });
  return wrong(span);
}

/** Which branch a condition leaves; undefined if both stay, for it is computed when the program runs. */
export type Branch = 'then' | 'else' | 'neither';

/** 'neither' as long as it can't be told, which is an error in the last round. */
export function branchOf(scope: Scope, condition: Expr): Branch | undefined {
  if (condition.kind !== 'comptime') return undefined;
  const inferred = infer(scope, condition);
  if (isWrong(inferred)) return 'neither';
  const { expr } = hasTruth(inferred.expr.type) ? { expr: truthOf(scope, inferred) } : inferred;
  if (expr.kind === 'constant') return expr.value === 0n ? 'else' : 'then';
  truthOf(scope, inferred);
  return 'neither';
}
