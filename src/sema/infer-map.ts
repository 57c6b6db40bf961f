/** Maps and variables as places: reading them, and what stands on the left of an assignment. */

import { didYouMean } from '../base/did-you-mean.ts';
import type { Span } from '../base/span.ts';
import type { Expr } from '../parser/ast.ts';
import { typeName } from '../types/type-name.ts';
import type { Type } from '../types/type.ts';
import { errorType, tuple } from '../types/type.ts';
import type { Known } from './convert.ts';
import { convertTo } from './convert.ts';
import type { Inferred } from './infer-expression.ts';
import { firm, infer, isWrong, knownOf, value, wrong } from './infer-expression.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr, TypedTarget } from './typed-tree.ts';

type MapExpr = Extract<Expr, { kind: 'map' }>;

const unkeyable: ReadonlySet<Type['kind']> = new Set(['aggregate', 'none', 'struct', 'timestamp']);

/** The key as the map stores it: undefined for a scalar map, 'wrong' if it doesn't go with the map's other uses. */
export function inferKey(scope: Scope, map: MapExpr): TypedExpr | undefined | 'wrong' {
  const { name, span } = map;
  const inferred = map.keys?.map((key) => infer(scope, key));
  if (inferred?.some(isWrong)) return 'wrong';
  const parts = flatten(inferred ?? []);
  const bad = parts.find(
    ({ expr }) =>
      unkeyable.has(expr.type.kind) || (expr.type.kind === 'pointer' && expr.type.space === 'context'),
  );
  if (bad) {
    scope.report.error('type-mismatch', `${typeName(bad.expr.type)} can not be a key`, bad.expr.span);
    return 'wrong';
  }
  if (!scope.round.next.joinKey(name, parts.map(knownOf), span)) return reportKey(scope, map, parts);
  if (!inferred) return undefined;
  const { key } = scope.mapSymbol(name, span);
  return keyOf(parts, key, span);
}

/** @m[(a, b)] is @m[a, b]. */
function flatten(keys: readonly Inferred[]): readonly Inferred[] {
  const [only] = keys;
  if (keys.length !== 1 || only?.expr.kind !== 'tuple') return keys;
  return only.expr.elements.map((element) => ({ expr: element, flexible: false }));
}

export function keyOf(parts: readonly Inferred[], types: readonly Type[], span: Span): TypedExpr | 'wrong' {
  const converted = parts.map(({ expr }, index) => convertTo(expr, types[index] ?? expr.type));
  const [only] = converted;
  if (converted.length === 1 && only) return only;
  return { kind: 'tuple', type: tuple(converted.map(({ type }) => type)), elements: converted, span };
}

function reportKey(scope: Scope, { name, span, keys }: MapExpr, parts: readonly Inferred[]): 'wrong' {
  const facts = scope.factsOf(name, span);
  const count = facts.key?.length ?? 0;
  const labels = facts.keySpan ? [{ span: facts.keySpan, text: `@${name} is used this way here` }] : [];
  const shape = (number: number): string =>
    number === 0 ? 'without a key' : number === 1 ? 'with one key' : `with ${number} keys`;
  const message =
    count !== parts.length
      ? `@${name} is used ${shape(parts.length)} here, but ${shape(count)} elsewhere`
      : `The key of @${name} has types that do not go together: ${parts.map(({ expr }) => typeName(expr.type)).join(', ')} here, ${(facts.key ?? []).map(({ type }) => typeName(type)).join(', ')} elsewhere`;
  scope.report.error('map-key-mismatch', message, span, {
    labels,
    hints: keys && count === 0 ? ['Choose another name for the second map.'] : [],
  });
  return 'wrong';
}

export function inferMapRead(scope: Scope, map: MapExpr): Inferred {
  const { name, span } = map;
  const key = inferKey(scope, map);
  const facts = scope.factsOf(name, span);
  if (!facts.value) {
    if (scope.round.final)
      scope.report.error('unknown-map', `Nothing is ever stored in @${name}`, span, {
        hints: didYouMean(name, writtenMaps(scope)).map((hint) => hint.replaceAll(/'(\w+)'/g, "'@$1'")),
      });
    return wrong(span);
  }
  if (key === 'wrong') return wrong(span);
  if (facts.value.type.kind === 'aggregate') {
    scope.report.error(
      'misplaced-aggregation',
      `@${name} holds what ${facts.value.type.name}() gathers, one part on each CPU: it can't be read in the script in this version`,
      span,
      {
        hints: [`print(@${name}) shows it.`],
      },
    );
    return wrong(span);
  }
  const symbol = scope.mapSymbol(name, span);
  return {
    expr: { kind: 'map-get', type: symbol.value, map: symbol, ...(key && { key }), span },
    flexible: facts.value.flexible,
  };
}

const writtenMaps = (scope: Scope): readonly string[] =>
  [...scope.round.before.maps.values()].filter((map) => map.value).map((map) => map.name);

export interface InferredTarget {
  readonly target: TypedTarget;
  readonly type: Type;
}

/** What can be assigned to. `assigned` is what it gets, which its type takes up. Undefined if it can't, which has been told then. */
export function inferTarget(scope: Scope, expr: Expr, assigned: Known): InferredTarget | undefined {
  if (expr.kind === 'variable') return variableTarget(scope, expr.name, expr.span, assigned);
  if (expr.kind === 'map') return mapTarget(scope, expr, assigned);
  if (expr.kind === 'error') return undefined;
  const isPart = expr.kind === 'field' || expr.kind === 'index';
  scope.report.error(
    'not-assignable',
    isPart ? 'Fields and elements can not be changed' : 'Only variables and maps can be assigned to',
    expr.span,
    {
      hints: isPart ? ['Tuples are immutable, and the memory of kernel and programs is only read.'] : [],
    },
  );
  return undefined;
}

function variableTarget(scope: Scope, name: string, span: Span, assigned: Known): InferredTarget | undefined {
  const variable = scope.find(name);
  if (!variable) {
    scope.report.error('undefined-variable', `$${name} has no value yet that could be changed`, span, {
      hints: [`Assign one first: $${name} = 0;`],
    });
    return undefined;
  }
  variable.used = true;
  joinVariable(scope, variable.id, assigned, span, variable.declared);
  const symbol = scope.symbolOf(variable);
  return { target: { kind: 'variable', variable: symbol, span }, type: symbol.type };
}

/** A variable takes up the type of what it is given; reported where that can't be. */
export function joinVariable(
  scope: Scope,
  id: number,
  assigned: Known,
  span: Span,
  declared?: Type,
): boolean {
  if (declared || scope.round.next.joinVariable(id, assigned, span)) return true;
  const facts = scope.round.next.variables.get(id);
  scope.report.error(
    'type-mismatch',
    `A variable has one type: ${typeName(assigned.type)} does not go with ${facts ? typeName(facts.known.type) : 'it'}`,
    span,
    {
      labels: facts ? [{ span: facts.span, text: `it is ${typeName(facts.known.type)} here` }] : [],
    },
  );
  return false;
}

function mapTarget(scope: Scope, map: MapExpr, assigned: Known): InferredTarget | undefined {
  const { name, span } = map;
  const key = inferKey(scope, map);
  if (key === 'wrong') {
    // The value still teaches: one mistake is not to make the map unknown elsewhere.
    scope.round.next.joinValue(name, assigned, span);
    return undefined;
  }
  if (!scope.round.next.joinValue(name, assigned, span)) {
    reportValue(scope, name, assigned, span);
    return undefined;
  }
  const symbol = scope.mapSymbol(name, span);
  return { target: { kind: 'map', map: symbol, ...(key && { key }), span }, type: symbol.value };
}

export function reportValue(scope: Scope, name: string, assigned: Known, span: Span): void {
  const facts = scope.round.next.maps.get(name);
  const before = facts?.value?.type ?? errorType;
  const describe = (type: Type): string => (type.kind === 'aggregate' ? `${type.name}()` : typeName(type));
  scope.report.error(
    'type-mismatch',
    `@${name} holds values of one type: ${describe(assigned.type)} does not go with ${describe(before)}`,
    span,
    {
      labels: facts?.written ? [{ span: facts.written, text: `it gets ${describe(before)} here` }] : [],
    },
  );
}

/** A value on its way into a map or variable. */
export function storable(scope: Scope, inferred: Inferred): Inferred {
  const expr = value(scope, inferred);
  return expr === inferred.expr ? inferred : firm(expr);
}
