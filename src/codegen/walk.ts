/** Looks through typed trees for what must be known before the first line of code is written. */

import { assertNever } from '../base/assert.ts';
import type { Machine } from '../plan/machine.ts';
import type {
  TypedArgument,
  TypedExpr,
  TypedProbe,
  TypedProgram,
  TypedStatement,
  TypedTarget,
} from '../sema/typed-tree.ts';

/** What stands directly within a statement or expression. */
export interface Parts {
  readonly exprs: readonly TypedExpr[];
  readonly statements: readonly TypedStatement[];
}

interface Wanted {
  readonly expr?: (expr: TypedExpr) => boolean;
  readonly statement?: (statement: TypedStatement) => boolean;
}

/** True if some call may send a control event: then data must leave room for it. */
export const sendsControlEvents = ({ probes }: TypedProgram): boolean =>
  probes.some((probe) => contains(partsOfProbe(probe), { expr: isControl }));

export const partsOfProbe = ({ predicate, body, functions }: TypedProbe): Parts => ({
  exprs: optional(predicate),
  statements: [...body, ...functions.flatMap((called) => called.body)],
});

/** True if the program looks at more of its context than links to many functions hand over. */
export const wantsWholeContext = (probe: TypedProbe, machine: Machine): boolean =>
  contains(partsOfProbe(probe), {
    expr: (expr) =>
      (expr.kind === 'builtin' || expr.kind === 'call') && expr.definition.wholeContext?.(machine) === true,
  });

const isControl = (expr: TypedExpr): boolean =>
  expr.kind === 'call' && (expr.definition.events ?? []).some((event) => event.control);

/** Whether these statements, or what stands within them, hold a `return`. */
export const returnsWithin = (statements: readonly TypedStatement[]): boolean =>
  contains({ exprs: [], statements }, { statement: ({ kind }) => kind === 'return' });

/** A `return` with a value, which the kernel takes from all but programs on trampolines (kernel/bpf/verifier.c, check_return_code). */
export const givesValue = (statements: readonly TypedStatement[]): boolean =>
  contains(
    { exprs: [], statements },
    { statement: (statement) => statement.kind === 'return' && statement.value !== undefined },
  );

function contains({ exprs, statements }: Parts, wanted: Wanted): boolean {
  return (
    exprs.some((expr) => wanted.expr?.(expr) === true || contains(partsOfExpr(expr), wanted)) ||
    statements.some(
      (statement) => wanted.statement?.(statement) === true || contains(partsOfStatement(statement), wanted),
    )
  );
}

/** Also those within others, and within statements. */
export function forEachExpr({ exprs, statements }: Parts, act: (expr: TypedExpr) => void): void {
  for (const expr of exprs) {
    act(expr);
    forEachExpr(partsOfExpr(expr), act);
  }
  for (const statement of statements) forEachExpr(partsOfStatement(statement), act);
}

export function partsOfStatement(statement: TypedStatement): Parts {
  const parts = (exprs: readonly TypedExpr[], statements: readonly TypedStatement[] = []): Parts => ({
    exprs,
    statements,
  });
  switch (statement.kind) {
    case 'declare':
    case 'break':
    case 'continue':
      return parts([]);
    case 'assign':
    case 'update':
      return parts([...inTarget(statement.target), statement.value]);
    case 'aggregate':
      return parts([...optional(statement.key), ...inArguments(statement.args)]);
    case 'evaluate':
      return parts([statement.value]);
    case 'if':
      return parts([statement.condition], [...statement.then, ...statement.else]);
    case 'block':
    case 'unroll':
    case 'for-map':
      return parts([], statement.body);
    case 'for-range':
      return parts([statement.from, statement.to], statement.body);
    case 'while':
      return parts([statement.condition], statement.body);
    case 'return':
      return parts(optional(statement.value));
    default:
      return assertNever(statement);
  }
}

export const partsOfExpr = (expr: TypedExpr): Parts => ({
  exprs: childrenOf(expr),
  statements: expr.kind === 'block' ? expr.body : [],
});

function childrenOf(expr: TypedExpr): readonly TypedExpr[] {
  switch (expr.kind) {
    case 'constant':
    case 'text':
    case 'variable':
    case 'variable-address':
    case 'map-address':
    case 'builtin':
      return [];
    case 'map-get':
    case 'aggregate-get':
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
    case 'invoke':
    case 'external':
      return expr.args;
    case 'block':
      return [expr.result];
    default:
      return assertNever(expr);
  }
}

const optional = (expr: TypedExpr | undefined): readonly TypedExpr[] => (expr ? [expr] : []);
const inTarget = (target: TypedTarget): readonly TypedExpr[] =>
  target.kind === 'map' ? optional(target.key) : [];
const inArguments = (args: readonly TypedArgument[]): readonly TypedExpr[] =>
  args.flatMap(({ expr, map }) => {
    const element: TypedArgument | undefined = map?.element;
    return [...optional(expr), ...optional(element?.expr)];
  });
