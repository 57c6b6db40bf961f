/** Addresses of what the script itself keeps: variables, whose bytes lie there, and maps as a whole. For functions of C, and for `*`. */

import type { Span } from '../base/span.ts';
import type { Expr } from '../parser/ast.ts';
import { sizeOf } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import { none, pointerTo } from '../types/type.ts';
import type { Inferred } from './infer-expression.ts';
import { firm, isWrong, wrong } from './infer-expression.ts';
import type { MapExpr } from './infer-map.ts';
import { reportUnknown } from './infer-map.ts';
import { inferVariable } from './infer-name.ts';
import type { Scope } from './scope.ts';

export function inferAddress(scope: Scope, operand: Expr, span: Span): Inferred {
  if (operand.kind === 'variable') return addressOfVariable(scope, operand.name, operand.span, span);
  if (operand.kind === 'map') return addressOfMap(scope, operand, span);
  if (operand.kind !== 'error') reportNoAddress(scope, span);
  return wrong(span);
}

function reportNoAddress(scope: Scope, span: Span): void {
  scope.report.error('no-address', 'Only a variable or a whole map has an address', span, {
    hints: ['Store the value first: $x = …; then take &$x.'],
  });
}

function addressOfVariable(scope: Scope, name: string, at: Span, span: Span): Inferred {
  const variable = scope.find(name);
  if (variable && scope.isEvaluated) variable.addressed = true;
  const inferred = inferVariable(scope, name, at);
  const { expr } = inferred;
  if (isWrong(inferred) || expr.kind !== 'variable') return wrong(span);
  if (depthOf(expr.type) >= depthMax) {
    scope.report.error('no-address', `$${name} would hold an address that leads to itself`, at, {
      hints: ['No type says that: cast the address to a number, (uint64)&$x.'],
    });
    return wrong(span);
  }
  if (sizeOf(expr.type) === 0) {
    scope.report.error('no-address', `$${name} is an empty tuple, of which nothing lies anywhere`, at);
    return wrong(span);
  }
  const type = pointerTo(expr.type, 'program');
  return {
    expr: { kind: 'variable-address', type, variable: expr.variable, span },
    flexible: inferred.flexible,
  };
}

/** Addresses of addresses: a type with more was made of itself, in ever more rounds of inference. */
const depthMax = 8;

function depthOf(type: Type): number {
  if (type.kind === 'pointer') return 1 + depthOf(type.to);
  return type.kind === 'tuple' ? Math.max(0, ...type.of.map(depthOf)) : 0;
}

/** What it leads to is the kernel's own, not the map's values: those are behind helpers. */
function addressOfMap(scope: Scope, map: MapExpr, span: Span): Inferred {
  const { name, keys } = map;
  if (keys) {
    reportNoAddress(scope, span);
    return wrong(span);
  }
  const { value } = scope.factsOf(name, map.span);
  if (!value) reportUnknown(scope, name, map.span);
  if (!value || value.type.kind === 'error') return wrong(span);
  const symbol = scope.mapSymbol(name, map.span);
  return firm({ kind: 'map-address', type: pointerTo(none, 'program'), map: symbol, span });
}
