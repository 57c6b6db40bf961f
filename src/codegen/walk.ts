/** Looks through a whole program for what must be known before the first line of code is written. */

import { assertNever } from '../base/assert.ts';
import type {
  TypedArgument,
  TypedExpr,
  TypedProgram,
  TypedStatement,
  TypedTarget,
} from '../sema/typed-tree.ts';

/** True if some call may send a control event: then data must leave room for it. */
export function sendsControlEvents({ probes }: TypedProgram): boolean {
  return probes.some(
    ({ predicate, body }) =>
      (predicate !== undefined && contains(predicate, isControl)) ||
      body.some((statement) => expressionsOf(statement).some((expr) => contains(expr, isControl))),
  );
}

const isControl = (expr: TypedExpr): boolean =>
  expr.kind === 'call' && (expr.definition.events ?? []).some((event) => event.control);

function contains(expr: TypedExpr, wanted: (expr: TypedExpr) => boolean): boolean {
  return wanted(expr) || childrenOf(expr).some((child) => contains(child, wanted));
}

/** All expressions that a statement evaluates, those of the statements within it too. */
function expressionsOf(statement: TypedStatement): readonly TypedExpr[] {
  switch (statement.kind) {
    case 'declare':
      return [];
    case 'assign':
    case 'update':
      return [...inTarget(statement.target), statement.value];
    case 'aggregate':
      return [...optional(statement.key), ...inArguments(statement.args)];
    case 'evaluate':
      return [statement.value];
    case 'if':
      return [statement.condition, ...[...statement.then, ...statement.else].flatMap(expressionsOf)];
    case 'block':
    case 'unroll':
      return statement.body.flatMap(expressionsOf);
    case 'return':
      return optional(statement.value);
    default:
      return assertNever(statement);
  }
}

function childrenOf(expr: TypedExpr): readonly TypedExpr[] {
  switch (expr.kind) {
    case 'constant':
    case 'text':
    case 'variable':
    case 'builtin':
      return [];
    case 'map-get':
      return optional(expr.key);
    case 'unary':
    case 'not':
    case 'convert':
      return [expr.operand];
    case 'arithmetic':
    case 'comparison':
    case 'logical':
      return [expr.left, expr.right];
    case 'conditional':
      return [expr.condition, expr.then, expr.else];
    case 'elvis':
      return [expr.value, expr.else];
    case 'tuple':
      return expr.elements;
    case 'element':
      return [expr.tuple];
    case 'part':
      return [expr.whole];
    case 'array-element':
      return [expr.array, expr.index];
    case 'load':
      return [expr.pointer];
    case 'advance':
      return [expr.pointer, expr.count];
    case 'step':
      return inTarget(expr.target);
    case 'call':
      return inArguments(expr.args);
    default:
      return assertNever(expr);
  }
}

const optional = (expr: TypedExpr | undefined): readonly TypedExpr[] => (expr ? [expr] : []);
const inTarget = (target: TypedTarget): readonly TypedExpr[] =>
  target.kind === 'map' ? optional(target.key) : [];
const inArguments = (args: readonly TypedArgument[]): readonly TypedExpr[] =>
  args.flatMap(({ expr }) => optional(expr));

/** A `return` with a value, which the kernel takes from all but programs on trampolines (kernel/bpf/verifier.c, check_return_code). */
export function givesValue(statement: TypedStatement): boolean {
  switch (statement.kind) {
    case 'return':
      return statement.value !== undefined;
    case 'if':
      return statement.then.some(givesValue) || statement.else.some(givesValue);
    case 'block':
    case 'unroll':
      return statement.body.some(givesValue);
    default:
      return false;
  }
}
