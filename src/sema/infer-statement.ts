/** Statements: declarations, assignments, aggregations, branches. */

import { assertNever } from '../base/assert.ts';
import type { Span } from '../base/span.ts';
import { findBuiltin } from '../builtins/registry.ts';
import type { AggregationDefinition } from '../builtins/define.ts';
import type { Block, Expr, Statement } from '../parser/ast.ts';
import { typeName } from '../types/type-name.ts';
import type { Type } from '../types/type.ts';
import { i64 } from '../types/type.ts';
import { inferArguments } from './check-call.ts';
import { convertTo, fits, known, widen } from './convert.ts';
import { wrap } from './fold.ts';
import { resolveType } from './infer-access.ts';
import type { Inferred } from './infer-expression.ts';
import { asInt, infer, inferTruth, isWrong, knownOf, signOf, wrong } from './infer-expression.ts';
import { inferKey, inferTarget, joinVariable, reportValue, storable } from './infer-map.ts';
import { inferArithmetic } from './infer-operators.ts';
import type { Scope } from './scope.ts';
import type { ArithmeticOp, TypedExpr, TypedStatement } from './typed-tree.ts';

type StatementOf<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** A block with variables of its own. */
export function inferBlock(scope: Scope, block: Block): readonly TypedStatement[] {
  return scope.block(() => inferStatements(scope, block.statements));
}

export function inferStatements(scope: Scope, statements: readonly Statement[]): readonly TypedStatement[] {
  const typed: TypedStatement[] = [];
  for (const [index, statement] of statements.entries()) {
    typed.push(...inferStatement(scope, statement));
    const next = statements[index + 1];
    if (typed.at(-1)?.kind !== 'return' || !next) continue;
    const last = statements.at(-1) ?? next;
    scope.report.warning('unreachable', 'This is never reached: the block ends before it', {
      ...next.span,
      end: last.span.end,
    });
    break;
  }
  return typed;
}

function inferStatement(scope: Scope, statement: Statement): readonly TypedStatement[] {
  switch (statement.kind) {
    case 'let':
      return inferLet(scope, statement);
    case 'assign':
      return inferAssign(scope, statement);
    case 'discard':
      return evaluated(infer(scope, statement.value), statement.span);
    case 'expression':
      return inferExpressionStatement(scope, statement);
    case 'if':
      return inferIf(scope, statement);
    case 'unroll':
      return inferUnroll(scope, statement);
    case 'return':
      return inferReturn(scope, statement);
    case 'block':
      return [{ kind: 'block', body: inferBlock(scope, statement.body), span: statement.span }];
    default:
      return assertNever(statement);
  }
}

const evaluated = (inferred: Inferred, span: Span): readonly TypedStatement[] =>
  isWrong(inferred) ? [] : [{ kind: 'evaluate', value: inferred.expr, span }];

function inferLet(
  scope: Scope,
  { variable: name, type: syntax, value: initial, span }: StatementOf<'let'>,
): readonly TypedStatement[] {
  const earlier = scope.find(name.text);
  if (earlier) {
    scope.report.error(
      'shadowed-variable',
      `$${name.text} exists already: a variable can't be declared twice`,
      name.span,
      {
        labels: [{ span: earlier.span, text: 'it is declared here' }],
      },
    );
    return [];
  }
  const declared = syntax && resolveType(scope, syntax);
  const inferred = initial && storable(scope, infer(scope, initial));
  const variable = scope.declare(name.text, name.span, declared);
  const declaration = (): TypedStatement => ({ kind: 'declare', variable: scope.symbolOf(variable), span });
  if (!inferred) return [declaration()];
  variable.assigned = true;
  if (isWrong(inferred)) return [declaration()];
  const value = assignedTo(scope, variable.id, declared, inferred, name.span);
  if (!value) return [declaration()];
  const target = { kind: 'variable', variable: scope.symbolOf(variable), span: name.span } as const;
  return [declaration(), { kind: 'assign', target, value, span }];
}

/** The value as the variable's type has it. */
function assignedTo(
  scope: Scope,
  id: number,
  declared: Type | undefined,
  inferred: Inferred,
  span: Span,
): TypedExpr | undefined {
  const { expr } = inferred;
  if (expr.type.kind === 'aggregate') return undefined;
  if (!joinVariable(scope, id, knownOf(inferred), span, declared)) return undefined;
  const type = declared ?? scope.round.before.variables.get(id)?.known.type ?? expr.type;
  return convertAssigned(scope, inferred, type, declared !== undefined);
}

/** Literals must lie in a fixed type's range; other integers are cut, with a warning where that may lose something. */
function convertAssigned(
  scope: Scope,
  { expr, flexible }: Inferred,
  type: Type,
  fixed: boolean,
): TypedExpr | undefined {
  if (!fits(expr.type, type)) {
    scope.report.error(
      'type-mismatch',
      `A value of type ${typeName(expr.type)} does not fit where ${typeName(type)} is wanted`,
      expr.span,
    );
    return undefined;
  }
  if (
    fixed &&
    type.kind === 'int' &&
    expr.kind === 'constant' &&
    flexible &&
    wrap(expr.value, type) !== expr.value
  ) {
    scope.report.error(
      'literal-out-of-range',
      `${expr.value} is out of the range of ${typeName(type)}`,
      expr.span,
    );
    return undefined;
  }
  const from = asInt(expr.type);
  if (
    fixed &&
    type.kind === 'int' &&
    from &&
    !flexible &&
    (from.bytes > type.bytes || (from.signed !== type.signed && from.bytes >= type.bytes))
  )
    scope.report.warning(
      'sign-change',
      `A value of type ${typeName(expr.type)} is cut to ${typeName(type)}`,
      expr.span,
      {
        hints: [`Cast it to say so: (${typeName(type)})`],
      },
    );
  return convertTo(expr, type);
}

function inferAssign(scope: Scope, statement: StatementOf<'assign'>): readonly TypedStatement[] {
  const { op, target, value, span } = statement;
  if (op !== '=') return inferUpdate(scope, statement, op.slice(0, -1) as ArithmeticOp);
  const aggregation = aggregationOf(value);
  if (aggregation) return inferAggregate(scope, statement, aggregation.definition, aggregation.args);
  const inferred = storable(scope, infer(scope, value));
  if (target.kind === 'variable' && !scope.find(target.name)) return assignNew(scope, target, inferred, span);
  if (target.kind === 'variable') {
    const variable = scope.find(target.name);
    if (!variable || isWrong(inferred)) return [];
    variable.assigned = true;
    const converted = assignedTo(scope, variable.id, variable.declared, inferred, target.span);
    if (!converted) return [];
    return [
      {
        kind: 'assign',
        target: { kind: 'variable', variable: scope.symbolOf(variable), span: target.span },
        value: converted,
        span,
      },
    ];
  }
  if (isWrong(inferred)) {
    if (target.kind === 'map') inferKey(scope, target);
    return [];
  }
  const typed = inferTarget(scope, target, knownOf(inferred));
  const converted =
    typed &&
    convertAssigned(scope, inferred, typed.type.kind === 'error' ? inferred.expr.type : typed.type, false);
  return typed && converted ? [{ kind: 'assign', target: typed.target, value: converted, span }] : [];
}

/** The first assignment declares. */
function assignNew(
  scope: Scope,
  target: Extract<Expr, { kind: 'variable' }>,
  inferred: Inferred,
  span: Span,
): readonly TypedStatement[] {
  const variable = scope.declare(target.name, target.span);
  variable.assigned = true;
  variable.used = true;
  if (isWrong(inferred)) return [];
  const converted = assignedTo(scope, variable.id, undefined, inferred, target.span);
  if (!converted) return [];
  const symbol = scope.symbolOf(variable);
  return [
    { kind: 'declare', variable: symbol, span: target.span },
    {
      kind: 'assign',
      target: { kind: 'variable', variable: symbol, span: target.span },
      value: converted,
      span,
    },
  ];
}

function aggregationOf(
  value: Expr,
): { readonly definition: AggregationDefinition; readonly args: readonly Expr[] } | undefined {
  const name = value.kind === 'call' ? value.callee.text : value.kind === 'identifier' ? value.name : '';
  const builtin = findBuiltin(name);
  if (builtin?.kind !== 'aggregation') return undefined;
  return { definition: builtin, args: value.kind === 'call' ? value.args : [] };
}

function inferAggregate(
  scope: Scope,
  { target, value, span }: StatementOf<'assign'>,
  definition: AggregationDefinition,
  args: readonly Expr[],
): readonly TypedStatement[] {
  if (target.kind !== 'map') {
    scope.report.error(
      'misplaced-aggregation',
      `${definition.name}() fills a map, nothing else can hold it`,
      target.span,
      {
        hints: [`Write @ = ${definition.name}(…);`],
      },
    );
    return [];
  }
  const key = inferKey(scope, target);
  const typed = inferArguments(scope, definition.name, definition.params, args, value.span);
  if (!typed) return [];
  const errorsBefore = scope.report.diagnostics.length;
  definition.check?.(typed, scope.context, scope.report, value.span);
  if (scope.report.diagnostics.slice(errorsBefore).some(({ severity }) => severity === 'error')) return [];
  const type = definition.type(typed);
  if (!scope.round.next.joinValue(target.name, known(type), target.span, definition)) {
    reportValue(scope, target.name, known(type), target.span);
    return [];
  }
  if (key === 'wrong') return [];
  const map = scope.mapSymbol(target.name, target.span);
  return [{ kind: 'aggregate', map, ...(key && { key }), definition, type, args: typed, span }];
}

function inferUpdate(
  scope: Scope,
  { target, value, span }: StatementOf<'assign'>,
  op: ArithmeticOp,
): readonly TypedStatement[] {
  const inferred = storable(scope, infer(scope, value));
  if (isWrong(inferred)) return [];
  const isMap = target.kind === 'map';
  const typed = inferTarget(
    scope,
    target,
    isMap || !asInt(inferred.expr.type) ? widened(inferred) : knownOf(inferred),
  );
  if (!typed || typed.type.kind === 'error') return [];
  if (!asInt(typed.type)) {
    scope.report.error('bad-operand', `'${op}=' changes integers, not ${typeName(typed.type)}`, span);
    return [];
  }
  const current: Inferred = { expr: currentValue(typed.target, typed.type, span), flexible: false };
  const combined = inferArithmetic(scope, op, current, inferred, span);
  if (isWrong(combined)) return [];
  const signed =
    combined.expr.kind === 'arithmetic' ? signOf(combined.expr.left.type) : signOf(combined.expr.type);
  const operand = combined.expr.kind === 'arithmetic' ? combined.expr.right : widen(inferred.expr, signed);
  return [{ kind: 'update', target: typed.target, op, value: operand, signed, span }];
}

/** A map that only `+=` gives values holds 64 bits: it is there to count. */
function widened(inferred: Inferred): ReturnType<typeof knownOf> {
  const type = asInt(inferred.expr.type);
  if (!type) return knownOf(inferred);
  return { type: type.signed ? i64 : { ...i64, signed: false }, flexible: inferred.flexible };
}

function currentValue(
  target: Extract<TypedStatement, { kind: 'update' }>['target'],
  type: Type,
  span: Span,
): TypedExpr {
  if (target.kind === 'variable') return { kind: 'variable', type, variable: target.variable, span };
  return { kind: 'map-get', type, map: target.map, ...(target.key && { key: target.key }), span };
}

function inferExpressionStatement(
  scope: Scope,
  { value, span }: StatementOf<'expression'>,
): readonly TypedStatement[] {
  const inferred = infer(scope, value);
  const { expr } = inferred;
  if (isWrong(inferred)) return [];
  const discardable = expr.kind === 'call' ? expr.definition.discardable === true : expr.kind === 'step';
  if (expr.type.kind !== 'none' && !discardable)
    scope.report.warning('unused-result', 'This has a value that is not used', span, {
      hints: ['Write _ = …; if that is meant.'],
    });
  const ends = expr.kind === 'call' && expr.definition.endsProgram === true;
  return [{ kind: 'evaluate', value: expr, span }, ...(ends ? [{ kind: 'return', span } as const] : [])];
}

function inferIf(scope: Scope, statement: StatementOf<'if'>): readonly TypedStatement[] {
  const condition = inferTruth(scope, statement.condition);
  const then = inferBlock(scope, statement.then);
  const otherwise = statement.else ? inferBlock(scope, statement.else) : [];
  if (condition.type.kind === 'error') return [];
  return [{ kind: 'if', condition, then, else: otherwise, span: statement.span }];
}

const roundsMax = 100n;

function inferUnroll(scope: Scope, { count, body, span }: StatementOf<'unroll'>): readonly TypedStatement[] {
  const { expr } = infer(scope, count);
  const typed = inferBlock(scope, body);
  if (expr.type.kind === 'error') return [];
  if (expr.kind !== 'constant' || expr.value < 1n || expr.value > roundsMax) {
    scope.report.error(
      'bad-argument',
      `unroll() takes a number from 1 to ${roundsMax} that is known when compiling`,
      count.span,
    );
    return [];
  }
  return [{ kind: 'unroll', times: Number(expr.value), body: typed, span }];
}

function inferReturn(scope: Scope, { value, span }: StatementOf<'return'>): readonly TypedStatement[] {
  if (!value) return [{ kind: 'return', span }];
  const inferred = infer(scope, value);
  if (!isWrong(inferred) && !asInt(inferred.expr.type))
    scope.report.error(
      'type-mismatch',
      `A probe returns an integer, not ${typeName(inferred.expr.type)}`,
      value.span,
    );
  const typed = isWrong(inferred) ? wrong(span).expr : inferred.expr;
  return [{ kind: 'return', value: typed, span }];
}
