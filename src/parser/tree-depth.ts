/** How deep an expression's tree is. Later passes recurse over trees, so the parser has to keep them shallow. */

import { assertNever } from '../base/assert.ts';
import type { Expr } from './ast.ts';

/** The deepest nesting of an expression, found without recursion. */
export function expressionDepth(root: Expr): number {
  const waiting: { readonly expr: Expr; readonly depth: number }[] = [{ expr: root, depth: 1 }];
  let deepest = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    deepest = Math.max(deepest, next.depth);
    for (const expr of childrenOf(next.expr)) waiting.push({ expr, depth: next.depth + 1 });
  }
  return deepest;
}

/** The expressions directly inside another. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'int':
    case 'bool':
    case 'string':
    case 'identifier':
    case 'variable':
    case 'parameter':
    case 'error':
      return [];
    case 'map':
      return expr.keys ?? [];
    case 'unary':
    case 'cast':
      return [expr.operand];
    case 'step':
      return [expr.target];
    case 'binary':
      return [expr.left, expr.right];
    case 'conditional':
      return expr.then ? [expr.condition, expr.then, expr.else] : [expr.condition, expr.else];
    case 'field':
      return [expr.object];
    case 'index':
      return [expr.object, expr.index];
    case 'call':
      return expr.args;
    case 'tuple':
      return expr.elements;
    case 'sizeof':
      return 'expr' in expr.of ? [expr.of.expr] : [];
    default:
      return assertNever(expr);
  }
}
