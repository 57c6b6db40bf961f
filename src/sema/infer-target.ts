/** What stands on the left of an assignment: variables and maps take up the types of what they are given. */

import type { Span } from '../base/span.ts';
import type { Expr, Name } from '../parser/ast.ts';
import { sizeOf } from '../types/layout.ts';
import { typeName } from '../types/type-name.ts';
import type { Type } from '../types/type.ts';
import { errorType, pointerTo } from '../types/type.ts';
import type { Known } from './convert.ts';
import { known } from './convert.ts';
import type { MapExpr } from './infer-map.ts';
import { inferKey } from './infer-map.ts';
import type { Scope, Variable } from './scope.ts';
import type { TypedExpr, TypedTarget } from './typed-tree.ts';

interface InferredTarget {
  readonly target: TypedTarget;
  readonly type: Type;
  /** A variable whose type the script fixed. */
  readonly declared?: Variable;
}

/** What can be assigned to. `assigned` is what it gets, which its type takes up. Undefined if it can't, which has been told then. */
export function inferTarget(scope: Scope, expr: Expr, assigned: Known): InferredTarget | undefined {
  if (!scope.isEvaluated) {
    scope.report.error('not-assignable', 'Only types are looked at here: nothing can be assigned', expr.span);
    return undefined;
  }
  if (expr.kind === 'variable') return variableTarget(scope, expr.name, expr.span, assigned);
  if (expr.kind === 'map') return mapTarget(scope, expr, assigned);
  if (expr.kind === 'error') return undefined;
  const isPart = expr.kind === 'field' || expr.kind === 'index';
  scope.report.error(
    'not-assignable',
    isPart ? 'Fields and elements can not be changed' : 'Only variables and maps can be assigned to',
    expr.span,
    { hints: isPart ? ['Tuples are immutable, and the memory of kernel and programs is only read.'] : [] },
  );
  return undefined;
}

/** What a target holds before it is changed; undefined if that is not known (yet). */
export function typeBefore(scope: Scope, expr: Expr): Known | undefined {
  if (expr.kind === 'map') return scope.factsOf(expr.name, expr.span).value;
  const variable = expr.kind === 'variable' ? scope.find(expr.name) : undefined;
  return variable && scope.typeOfVariable(variable);
}

/** A value that was wrong is stored: uses of the target keep quiet then. */
export function poisonTarget(scope: Scope, expr: Expr): void {
  if (expr.kind === 'map') mapTarget(scope, expr, known(errorType));
  if (expr.kind !== 'variable') return;
  const variable = scope.find(expr.name) ?? scope.declare(expr.name, expr.span);
  variable.assigned = true;
}

function variableTarget(scope: Scope, name: string, span: Span, assigned: Known): InferredTarget | undefined {
  const variable = scope.find(name);
  if (!variable) {
    scope.report.error('undefined-variable', `$${name} has no value yet that could be changed`, span, {
      hints: [`Assign one first: $${name} = 0;`],
    });
    return undefined;
  }
  variable.assigned = true;
  if (!joinVariable(scope, variable, assigned, span)) return undefined;
  const symbol = scope.symbolOf(variable);
  return {
    target: { kind: 'variable', variable: symbol, span },
    type: symbol.type,
    ...(variable.declared && { declared: variable }),
  };
}

/** A variable takes up the type of what it is given; reported where that can't be. */
function joinVariable(scope: Scope, variable: Variable, assigned: Known, span: Span): boolean {
  const { id, name, declared } = variable;
  const { next } = scope.round;
  const fixed = declared && inMemoryOf(declared, assigned.type);
  if (fixed && fixed === declared) return true;
  if (next.joinVariable(id, fixed ? known(fixed) : assigned, span)) return true;
  const before = next.variables.get(id);
  const [type, held] = [assigned.type, before?.known.type ?? errorType];
  scope.report.error(
    'type-mismatch',
    `$${name} has one type: ${typeName(type)} does not go with ${typeName(held)}`,
    span,
    {
      labels: before ? [{ span: before.span, text: `it is ${typeName(held)} here` }] : [],
      hints: mismatchHints(type, held),
    },
  );
  return false;
}

/**
 * A pointer that is handed to or back by a function of the script leads into the memory that it led into before: what its signature says,
 * as the program that calls it uses it. Reported where it would have to lead into two.
 */
export function joinMemory(scope: Scope, place: Name, declared: Type, given: TypedExpr): void {
  if (declared.kind !== 'pointer' || given.kind === 'constant') return;
  const { next } = scope.round;
  const id = scope.idOf(place);
  const isOne =
    given.type.kind !== 'pointer' ||
    next.joinVariable(id, known(inMemoryOf(declared, given.type)), given.span);
  if (isOne && !isDefaultAmongOthers(scope, typeInMemory(scope, place, declared), given.type)) return;
  const held = next.variables.get(id);
  scope.report.error(
    'type-mismatch',
    'This leads into another memory than what is given elsewhere',
    given.span,
    {
      labels: held && isOne === false ? [{ span: held.span, text: 'it leads into the other one here' }] : [],
      hints: [
        "One is the kernel's memory, the other the process's: kptr() and uptr() say which. Use a function for each.",
      ],
    },
  );
}

/** What does not tell its memory takes that of the probe: known for sure in the last round only. */
function isDefaultAmongOthers(scope: Scope, joined: Type, given: Type): boolean {
  if (!scope.round.final || joined.kind !== 'pointer' || joined.space === 'none') return false;
  const space = given.kind === 'pointer' || given.kind === 'int' ? (given.space ?? 'none') : 'none';
  return space === 'none' && joined.space !== scope.context.program.context.space;
}

/** The type of such a pointer, as far as it is known. */
export function typeInMemory(scope: Scope, place: Name, declared: Type): Type {
  const { before, next, final } = scope.round;
  const id = scope.idOf(place);
  return (before.variables.get(id) ?? (final ? undefined : next.variables.get(id)))?.known.type ?? declared;
}

/** A declared type is fixed, but for the memory that an address is of: no declaration tells. */
function inMemoryOf(declared: Type, assigned: Type): Type {
  if (declared.kind === 'pointer' && assigned.kind === 'pointer' && declared.space === 'none')
    return pointerTo(declared.to, assigned.space);
  if (declared.kind === 'struct' && assigned.kind === 'struct' && assigned.space)
    return { ...declared, space: assigned.space };
  return declared;
}

function mapTarget(scope: Scope, map: MapExpr, assigned: Known): InferredTarget | undefined {
  const { name, span } = map;
  const key = inferKey(scope, map);
  // With a wrong key the value still teaches: one mistake is not to make the map unknown elsewhere.
  if (!scope.round.next.joinValue(name, assigned, span)) {
    if (key !== 'wrong') reportValue(scope, name, assigned.type, span);
    return undefined;
  }
  if (key === 'wrong') return undefined;
  if (assigned.type.kind === 'tuple' && sizeOf(assigned.type) === 0) {
    scope.report.error('type-mismatch', 'An empty tuple has nothing that a map could hold', span);
    return undefined;
  }
  const symbol = scope.mapSymbol(name, span);
  return { target: { kind: 'map', map: symbol, ...(key && { key }), span }, type: symbol.value };
}

export function reportValue(scope: Scope, name: string, type: Type, span: Span): void {
  const { value, written } = scope.round.next.map(name, span);
  const held = value?.type ?? errorType;
  const isOneAggregation = type.kind === 'aggregate' && held.kind === 'aggregate' && type.name === held.name;
  scope.report.error(
    'type-mismatch',
    isOneAggregation
      ? `@${name} is filled by ${type.name}() with different parameters`
      : `@${name} holds values of one type: ${describe(type)} does not go with ${describe(held)}`,
    span,
    {
      labels: written ? [{ span: written, text: `it gets ${describe(held)} here` }] : [],
      hints: mismatchHints(type, held),
    },
  );
}

function describe(type: Type): string {
  if (type.kind !== 'aggregate') return typeName(type);
  return `${type.name}(${type.parameters.length === 0 ? '' : ['…', ...type.parameters].join(', ')})`;
}

function mismatchHints(a: Type, b: Type): readonly string[] {
  const kinds = [a.kind, b.kind];
  if (kinds.includes('aggregate')) return ['Use a map of its own for each.'];
  if (typeName(a) === typeName(b))
    return ["One of them comes from the kernel's memory, the other from the process's: keep them apart."];
  if (kinds.includes('pointer') && kinds.includes('int')) return ['Cast the pointer to a number: (uint64).'];
  return [];
}
