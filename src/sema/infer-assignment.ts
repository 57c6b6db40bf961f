/** Declarations and assignments: values take their target's type, aggregations fill maps. */

import type { Span } from '../base/span.ts';
import { findBuiltin } from '../builtins/registry.ts';
import type { AggregationDefinition } from '../builtins/define.ts';
import type { Expr } from '../parser/ast.ts';
import { typeName } from '../types/type-name.ts';
import type { EnumType, PointerType, Type } from '../types/type.ts';
import { errorType, i64 } from '../types/type.ts';
import { inferArguments, isAcceptedBy } from './check-call.ts';
import { bends, convertTo, fits } from './convert.ts';
import { wrap } from './fold.ts';
import type { Inferred } from './infer-expression.ts';
import { asInt, firm, infer, isWrong, knownOf, signOf, value, warnSignChange } from './infer-expression.ts';
import { hasVariant, variantHints } from './infer-cast.ts';
import { inferKey, isPlain } from './infer-map.ts';
import { inferArithmetic, updatedType } from './infer-operators.ts';
import type { StatementOf } from './infer-statement.ts';
import { inferTarget, poisonTarget, reportValue, typeBefore } from './infer-target.ts';
import { resolveType } from './resolve-type.ts';
import type { Scope } from './scope.ts';
import type { ArithmeticOp, TypedExpr, TypedStatement, TypedTarget } from './typed-tree.ts';

type Assign = StatementOf<'assign'>;
type VariableExpr = Extract<Expr, { kind: 'variable' }>;

export function inferLet(
  scope: Scope,
  { variable: name, type: syntax, value: initial, span }: StatementOf<'let'>,
): readonly TypedStatement[] {
  const earlier = scope.find(name.text);
  if (earlier) {
    scope.report.error(
      'shadowed-variable',
      `$${name.text} exists already: a variable can't be declared twice`,
      name.span,
      { labels: [{ span: earlier.span, text: 'it is declared here' }] },
    );
    if (initial) infer(scope, initial);
    return [];
  }
  const declared = syntax && declarable(scope, resolveType(scope, syntax), syntax.span);
  const inferred = initial && storable(scope, infer(scope, initial));
  const variable = scope.declare(name.text, name.span, declared);
  const target: VariableExpr = { kind: 'variable', name: name.text, span: name.span };
  return [
    { kind: 'declare', variable: scope.symbolOf(variable), span },
    ...(inferred ? store(scope, target, inferred, span) : []),
  ];
}

/** A type that a variable can have. */
function declarable(scope: Scope, type: Type, span: Span): Type {
  if (canBeHeld(type)) return type;
  scope.report.error('type-mismatch', `A variable can not hold a value of type ${typeName(type)}`, span, {
    hints: type.kind === 'struct' ? [`Declare a pointer: ${typeName(type)} *`] : [],
  });
  return errorType;
}

function canBeHeld(type: Type): boolean {
  switch (type.kind) {
    case 'none':
    case 'aggregate':
      return false;
    case 'array':
      return type.length > 0;
    case 'struct':
      return type.bytes > 0;
    case 'pointer':
      return type.space !== 'context';
    default:
      return true;
  }
}

export function inferAssign(scope: Scope, statement: Assign): readonly TypedStatement[] {
  const { op, target, value: written, span } = statement;
  if (op !== '=') return inferUpdate(scope, statement, op.slice(0, -1) as ArithmeticOp);
  const aggregation = aggregationOf(written);
  if (aggregation) return inferAggregate(scope, statement, aggregation.definition, aggregation.args);
  const inferred = storable(scope, infer(scope, written));
  if (target.kind !== 'variable' || scope.find(target.name)) return store(scope, target, inferred, span);
  // The first assignment declares.
  const variable = scope.declare(target.name, target.span);
  return [
    { kind: 'declare', variable: scope.symbolOf(variable), span: target.span },
    ...store(scope, target, inferred, span),
  ];
}

/** A value on its way into a map or variable. */
function storable(scope: Scope, inferred: Inferred): Inferred {
  const expr = value(scope, inferred);
  return expr === inferred.expr ? inferred : firm(expr);
}

function store(scope: Scope, target: Expr, inferred: Inferred, span: Span): readonly TypedStatement[] {
  if (isWrong(inferred) || (target.kind === 'map' && !isPlain(scope, inferred))) {
    poisonTarget(scope, target);
    return [];
  }
  const typed = inferTarget(scope, target, knownOf(inferred));
  if (!typed || typed.type.kind === 'error') return [];
  const converted = convertAssigned(scope, inferred, typed.type, typed.declared);
  return converted ? [{ kind: 'assign', target: typed.target, value: converted, span }] : [];
}

/** The value as the target's type has it. Of a fixed type, literals must lie in its range; other values are cut, with a warning. */
export function convertAssigned(
  scope: Scope,
  inferred: Inferred,
  type: Type,
  declared: { readonly span: Span } | undefined,
): TypedExpr | undefined {
  const { expr } = inferred;
  if (!fits(expr.type, type)) {
    scope.report.error(
      'type-mismatch',
      `A value of type ${typeName(expr.type)} does not fit where ${typeName(type)} is wanted`,
      expr.span,
      { labels: declared ? [{ span: declared.span, text: `it is declared as ${typeName(type)} here` }] : [] },
    );
    return undefined;
  }
  if (declared && !checkFixed(scope, inferred, type)) return undefined;
  if (!declared && !bends(inferred) && expr.kind !== 'constant')
    warnSignChange(scope, expr.type, type, expr.span);
  return convertTo(expr, type);
}

/** False if a literal is out of a fixed type's range. */
function checkFixed(scope: Scope, { expr, literal, flexible }: Inferred, type: Type): boolean {
  const isCutText =
    expr.type.kind === 'string' && type.kind === 'string' && expr.type.capacity > type.capacity;
  if (isCutText && expr.kind === 'text') {
    scope.report.error(
      'literal-out-of-range',
      `This text has ${expr.value.length} bytes, ${typeName(type)} holds ${type.capacity - 1}`,
      expr.span,
    );
    return false;
  }
  if (type.kind === 'enum' && !checkVariant(scope, expr, type)) return false;
  const from = asInt(expr.type);
  if (type.kind !== 'int' || !from) {
    if (isCutText) warnCut(scope, expr, type);
    return true;
  }
  if (expr.kind === 'constant' && wrap(expr.value, type) === expr.value) return true;
  if (literal && expr.kind === 'constant') {
    scope.report.error(
      'literal-out-of-range',
      `${expr.value} is out of the range of ${typeName(type)}`,
      expr.span,
    );
    return false;
  }
  const isCut =
    from.bytes > type.bytes || (from.signed !== type.signed && (from.signed || from.bytes === type.bytes));
  if (isCut && !bends({ flexible })) warnCut(scope, expr, type);
  return true;
}

/** False if a constant is no value of an enum that the script has fixed as the type. */
function checkVariant(scope: Scope, expr: TypedExpr, type: EnumType): boolean {
  if (expr.kind !== 'constant' || hasVariant(type, expr.value)) return true;
  scope.report.error('literal-out-of-range', `${expr.value} is no value of ${typeName(type)}`, expr.span, {
    hints: variantHints(type),
  });
  return false;
}

function warnCut(scope: Scope, { type: from, span }: TypedExpr, type: Type): void {
  scope.report.warning('sign-change', `A value of type ${typeName(from)} is cut to ${typeName(type)}`, span, {
    hints: type.kind === 'int' ? [`Cast it to say so: (${typeName(type)})`] : [],
  });
}

function aggregationOf(
  written: Expr,
): { readonly definition: AggregationDefinition; readonly args: readonly Expr[] } | undefined {
  const name =
    written.kind === 'call' ? written.callee.text : written.kind === 'identifier' ? written.name : '';
  const builtin = findBuiltin(name);
  if (builtin?.kind !== 'aggregation') return undefined;
  return { definition: builtin, args: written.kind === 'call' ? written.args : [] };
}

function inferAggregate(
  scope: Scope,
  { target, value: call, span }: Assign,
  definition: AggregationDefinition,
  args: readonly Expr[],
): readonly TypedStatement[] {
  if (target.kind !== 'map') {
    scope.report.error(
      'misplaced-aggregation',
      `${definition.name}() fills a map, nothing else can hold it`,
      target.span,
      { hints: [`Write @ = ${definition.name}(…);`] },
    );
    poisonTarget(scope, target);
    return [];
  }
  const typed = inferArguments(scope, definition.name, definition.params, args, call.span);
  if (!typed || !isAcceptedBy(scope, definition, typed, call.span)) {
    poisonTarget(scope, target);
    return [];
  }
  const key = inferKey(scope, target);
  const type = definition.type(typed);
  const [first] = typed;
  const flexible = typeof first?.constant === 'bigint' && first.constant >= 0n;
  if (!scope.round.next.joinValue(target.name, { type, flexible }, target.span, definition)) {
    reportValue(scope, target.name, type, target.span);
    return [];
  }
  const map = scope.mapSymbol(target.name, target.span);
  // Of all that fills the map, which may have a sign where this has none.
  const filled = map.value.kind === 'aggregate' ? map.value : type;
  if (first && filled.signed) warnSignChange(scope, first.type, i64, first.span);
  if (key === 'wrong') return [];
  return [{ kind: 'aggregate', map, ...(key && { key }), definition, type: filled, args: typed, span }];
}

function inferUpdate(
  scope: Scope,
  { target, value: written, span }: Assign,
  op: ArithmeticOp,
): readonly TypedStatement[] {
  const inferred = storable(scope, infer(scope, written));
  if (isWrong(inferred)) {
    if (target.kind === 'map') poisonTarget(scope, target);
    return [];
  }
  const before = typeBefore(scope, target);
  const typed = inferTarget(scope, target, updatedType(op, before, knownOf(inferred)));
  if (!typed || typed.type.kind === 'error') return [];
  const { type } = typed;
  const current: Inferred = {
    expr: currentValue(typed.target, type, span),
    flexible: before?.flexible ?? false,
  };
  if (type.kind === 'pointer') return movePointer(scope, op, typed.target, type, current, inferred, span);
  if (type.kind !== 'int') {
    scope.report.error('bad-operand', `'${op}=' changes integers and pointers, not ${typeName(type)}`, span);
    return [];
  }
  const combined = inferArithmetic(scope, op, current, inferred, span);
  if (combined.expr.kind !== 'arithmetic') return [];
  const { left, right } = combined.expr;
  return [{ kind: 'update', target: typed.target, op, value: right, signed: signOf(left.type), span }];
}

function movePointer(
  scope: Scope,
  op: ArithmeticOp,
  target: TypedTarget,
  type: PointerType,
  current: Inferred,
  count: Inferred,
  span: Span,
): readonly TypedStatement[] {
  if (target.kind === 'map') {
    scope.report.error('bad-operand', `'${op}=' changes integers, not ${typeName(type)} in a map`, span, {
      hints: [`Write it out: ${target.map.name} = ${target.map.name} ${op} …;`],
    });
    return [];
  }
  const moved = inferArithmetic(scope, op, current, count, span);
  return isWrong(moved) ? [] : [{ kind: 'assign', target, value: moved.expr, span }];
}

function currentValue(target: TypedTarget, type: Type, span: Span): TypedExpr {
  if (target.kind === 'variable') return { kind: 'variable', type, variable: target.variable, span };
  return { kind: 'map-get', type, map: target.map, ...(target.key && { key: target.key }), span };
}
