/** Arguments of calls that are no values: types, and the names of members in them. */

import type { Expr, Name } from '../parser/ast.ts';
import { u64 } from '../types/type.ts';
import type { Scope } from './scope.ts';
import { offsetOfPath, typeOfOperand } from './type-operand.ts';
import type { TypedArgument } from './typed-tree.ts';

export function typeArgument(scope: Scope, arg: Expr): TypedArgument | undefined {
  const type = typeOfOperand(scope, arg.kind === 'type' ? arg : { expr: arg });
  return type.kind === 'error' ? undefined : { type, span: arg.span };
}

/** The member that names lead to, in the type that the argument before gives. */
export function pathArgument(
  scope: Scope,
  name: string,
  arg: Expr,
  before: readonly TypedArgument[],
): TypedArgument | undefined {
  const { span } = arg;
  const path = namesIn(arg);
  const within = before.at(-1);
  if (!path)
    scope.report.error('wrong-argument-type', `${name}() takes the names of members here, as in a.b.c`, span);
  const offset = path && within && offsetOfPath(scope, within.type, path, span);
  return offset === undefined ? undefined : { type: u64, span, constant: BigInt(offset) };
}

/** a.b.c as names; undefined for anything else. */
function namesIn(expr: Expr): readonly Name[] | undefined {
  if (expr.kind === 'identifier') return [{ text: expr.name, span: expr.span }];
  if (expr.kind !== 'field') return undefined;
  const outer = namesIn(expr.object);
  return outer && [...outer, expr.name];
}
