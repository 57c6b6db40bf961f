/** Pointers of which the kernel's verifier knows what they lead to: what a tracing program was given, and what lies behind that. */

import type { TypedExpr } from './typed-tree.ts';

/** A pointer of that kind, or a struct that lies behind one. */
export function isGiven(expr: TypedExpr): boolean {
  if (expr.kind === 'convert')
    return expr.type.kind === 'pointer' && expr.operand.type.kind === 'pointer' && isGiven(expr.operand);
  if (expr.kind !== 'load' || expr.bits || expr.dynamic) return false;
  const { pointer, type } = expr;
  if (type.kind === 'struct') return !isContext(pointer) && isGiven(pointer);
  return type.kind === 'pointer' && type.space === 'kernel' && (isContext(pointer) || isGiven(pointer));
}

const isContext = ({ type }: TypedExpr): boolean => type.kind === 'pointer' && type.space === 'context';
