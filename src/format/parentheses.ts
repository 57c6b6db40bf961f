/** Which parentheses of a script are an expression's own, and which are mere parentheses around it: those are kept as they are. */

import { assertNever } from '../base/assert.ts';
import type { Expr } from '../parser/ast.ts';
import type { Script } from './script.ts';

/** The span of an expression covers the parentheses around it; there are some if it begins before its own first word. */
export function isParenthesised(script: Script, expr: Expr): boolean {
  const { start } = expr.span;
  if (script.text[start] !== '(') return false;
  const first = firstPart(expr);
  if (first === 'itself') return true;
  if (!ownsParenthesis(expr)) return first === undefined || first > start;
  // Its own parenthesis is the only one before its first part.
  const next = script.skip(start + 1);
  return first === undefined ? script.text[next] === '(' : next !== first;
}

function ownsParenthesis({ kind }: Expr): boolean {
  return kind === 'cast' || kind === 'tuple' || kind === 'record';
}

/** Where the first part of an expression begins; 'itself' if it begins with a word or mark of its own. */
function firstPart(expr: Expr): number | 'itself' | undefined {
  switch (expr.kind) {
    case 'binary':
      return expr.left.span.start;
    case 'conditional':
      return expr.condition.span.start;
    case 'field':
    case 'index':
      return expr.object.span.start;
    case 'step':
      return expr.prefix ? 'itself' : expr.target.span.start;
    case 'cast':
      return expr.type.span.start;
    case 'tuple':
      return expr.elements[0]?.span.start;
    case 'record':
      return expr.fields[0]?.name.span.start;
    case 'int':
    case 'bool':
    case 'string':
    case 'identifier':
    case 'variable':
    case 'map':
    case 'parameter':
    case 'unary':
    case 'call':
    case 'block':
    case 'if':
    case 'comptime':
    case 'sizeof':
    case 'typeinfo':
    case 'offsetof':
    case 'type':
    case 'error':
      return 'itself';
    default:
      return assertNever(expr);
  }
}

/** Where an expression begins within the parentheses around it: its first part, its first word, or a parenthesis of its own. */
export function ownStart(script: Script, expr: Expr): number {
  const first = firstPart(expr);
  if (typeof first === 'number' && !ownsParenthesis(expr)) return first;
  let at = expr.span.start;
  while (script.text[at] === '(') {
    const next = script.skip(at + 1);
    if (ownsParenthesis(expr) && (next === first || script.text[next] !== '(')) return at;
    at = next;
  }
  return at;
}
