/** Calls: arguments against a builtin's signature. Generic: it reads `params` and knows no builtin by name. */

import { didYouMean } from '../base/did-you-mean.ts';
import { hasErrors } from '../base/outcome.ts';
import type { Span } from '../base/span.ts';
import { builtinNames, findBuiltin } from '../builtins/registry.ts';
import type { AggregationDefinition, FunctionDefinition, Param, ParamTakes } from '../builtins/define.ts';
import type { Expr, Name } from '../parser/ast.ts';
import { typeName } from '../types/type-name.ts';
import { string } from '../types/type.ts';
import { isNumber } from './convert.ts';
import { inferExternal } from './external.ts';
import { wholeContext } from './fields.ts';
import { known } from './convert.ts';
import { isGiven } from './given-pointer.ts';
import type { Inferred } from './infer-expression.ts';
import { firm, fitsAsValue, infer, isWrong, value, wrong } from './infer-expression.ts';
import { inferInvoke } from './infer-function.ts';
import type { MapExpr } from './infer-map.ts';
import { inferKey, inferKeyFor, reportUnknown } from './infer-map.ts';
import { inferBuiltin, inferParameterText, isAvailable } from './infer-name.ts';
import { inferTarget } from './infer-target.ts';
import type { Scope } from './scope.ts';
import { pathArgument, typeArgument } from './type-arguments.ts';
import type { TypedArgument, TypedExpr } from './typed-tree.ts';

export function inferCall(scope: Scope, callee: Name, args: readonly Expr[], span: Span): Inferred {
  const builtin = findBuiltin(callee.text);
  if (!builtin) {
    const { functions } = scope.round;
    const declaration = functions.get(callee.text);
    if (declaration) return inferInvoke(scope, declaration, args, span);
    const external = scope.facts.externalFunction(callee.text);
    if (external) return inferExternal(scope, external, args, span);
    scope.report.error('unknown-function', `There is no function '${callee.text}'`, callee.span, {
      hints: didYouMean(callee.text, [
        ...builtinNames(),
        ...functions.keys(),
        ...scope.facts.externalNames(),
      ]),
    });
    return wrong(span);
  }
  if (builtin.kind === 'aggregation') {
    scope.report.error(
      'misplaced-aggregation',
      `${builtin.name}() fills a map: it must be the whole right side of an assignment`,
      span,
      {
        hints: [`Write @${builtin.name} = ${builtin.name}(…);`],
      },
    );
    return wrong(span);
  }
  if (builtin.kind === 'variable') {
    if (args.length === 0) return inferBuiltin(scope, builtin, span);
    scope.report.error(
      'wrong-argument-count',
      `${builtin.name} takes no arguments (${args.length} given)`,
      span,
    );
    return wrong(span);
  }
  return inferFunction(scope, builtin, args, span);
}

function inferFunction(
  scope: Scope,
  definition: FunctionDefinition,
  args: readonly Expr[],
  span: Span,
): Inferred {
  if (!isAvailable(scope, definition, span)) return wrong(span);
  if (definition.unsafe && !scope.facts.unsafe) {
    scope.report.error('unsafe', `${definition.name}() can change the system: it needs --unsafe`, span);
    return wrong(span);
  }
  const typed = inferArguments(scope, definition.name, definition.params, args, span);
  if (!typed) return wrong(span);
  if (!isAcceptedBy(scope, definition, typed, span)) return wrong(span);
  const { context } = scope;
  const type =
    typeof definition.returns === 'function' ? definition.returns(typed, context) : definition.returns;
  const constant = definition.constant?.(typed, context);
  if (typeof constant === 'string')
    return firm({ kind: 'text', type: string(constant.length + 1), value: constant, span });
  if (constant !== undefined) return firm({ kind: 'constant', type, value: BigInt(constant), span });
  return firm({ kind: 'call', type, definition, args: typed, span });
}

/** What a definition checks itself. False if it found an error. */
export function isAcceptedBy(
  { context, report }: Scope,
  definition: FunctionDefinition | AggregationDefinition,
  args: readonly TypedArgument[],
  span: Span,
): boolean {
  const found = report.diagnostics.length;
  definition.check?.(args, context, report, span);
  return !hasErrors(report.diagnostics.slice(found));
}

/** Undefined if something was wrong, which has been reported. The number is checked first, so that one mistake gives one error. */
export function inferArguments(
  scope: Scope,
  name: string,
  params: readonly Param[],
  args: readonly Expr[],
  span: Span,
): readonly TypedArgument[] | undefined {
  if (!checkCount(scope, name, params, args.length, span)) return undefined;
  const typed: TypedArgument[] = [];
  let allRight = true;
  args.forEach((arg, index) => {
    const param = params[index] ?? params.at(-1);
    const argument = param && inferArgument(scope, name, param, arg, allRight ? typed : []);
    if (argument) typed.push(argument);
    else allRight = false;
  });
  return allRight ? typed : undefined;
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function checkCount(
  scope: Scope,
  name: string,
  params: readonly Param[],
  count: number,
  span: Span,
): boolean {
  const least = params.filter((param) => !param.optional && !param.rest).length;
  const rest = params.at(-1)?.rest;
  const most = rest === undefined ? params.length : params.length - 1 + rest;
  if (count >= least && count <= most) return true;
  const wanted =
    least === most
      ? plural(least, 'argument')
      : count < least
        ? `at least ${plural(least, 'argument')}`
        : `at most ${plural(most, 'argument')}`;
  const names = params.map((param) => (param.optional ? `[${param.name}]` : param.name)).join(', ');
  scope.report.error(
    'wrong-argument-count',
    `${name}() takes ${most === 0 ? 'no arguments' : wanted}, ${count} given`,
    span,
    {
      hints: most === 0 ? [] : [`${name}(${names})`],
    },
  );
  return false;
}

function inferArgument(
  scope: Scope,
  name: string,
  param: Param,
  arg: Expr,
  before: readonly TypedArgument[],
): TypedArgument | undefined {
  const { span } = arg;
  const keyword = arg.kind === 'identifier' && param.keywords?.includes(arg.name) ? arg.name : undefined;
  if (keyword !== undefined && param.takes.includes('keyword'))
    return { type: { kind: 'none' }, span, keyword };
  if (arg.kind === 'map') {
    const map = mapArgument(scope, param, arg);
    if (map !== 'value') return map;
  }
  if (param.takes.every((takes) => takes === 'map' || takes === 'element')) {
    scope.report.error('wrong-argument-type', taking(name, 'a map', param), span);
    return undefined;
  }
  if (arg.kind === 'identifier' && param.takes.every((takes) => takes === 'keyword')) {
    scope.report.error('bad-argument', `${name}() does not know '${arg.name}'`, span, {
      hints: [`It knows ${(param.keywords ?? []).join(', ')}.`],
    });
    return undefined;
  }
  if (param.takes.includes('key')) return keyArgument(scope, arg, before);
  if (param.takes.includes('variable')) return variableArgument(scope, name, param, arg, before);
  if (param.takes.includes('type')) return typeArgument(scope, arg);
  if (param.takes.includes('path')) return pathArgument(scope, name, arg, before);
  const found = takesText(param, arg) ? inferParameterText(scope, arg.index, span) : infer(scope, arg);
  const inferred = param.takes.includes('any') ? wholeContext(scope, found) : found;
  if (isWrong(inferred)) return undefined;
  const argument = plainArgument(inferred.expr);
  if (param.takes.some((takes) => accepts(takes, argument))) return argument;
  // What has no value at all says so itself; all other mistakes are about this parameter.
  if (!param.takes.includes('any') || value(scope, inferred) === inferred.expr)
    reportArgument(scope, name, param, argument);
  return undefined;
}

/** str($1) is the parameter's text, also if it reads as a number. */
function takesText(param: Param, arg: Expr): arg is Extract<Expr, { kind: 'parameter' }> {
  const [first] = param.takes;
  return arg.kind === 'parameter' && arg.index > 0 && (first === 'string' || first === 'text');
}

const plainArgument = (expr: TypedExpr): TypedArgument => ({
  type: expr.type,
  span: expr.span,
  expr,
  ...(expr.kind === 'text' && { constant: expr.value }),
  ...(expr.kind === 'constant' && { constant: expr.type.kind === 'bool' ? expr.value !== 0n : expr.value }),
});

function accepts(takes: ParamTakes, { type, constant, expr }: TypedArgument): boolean {
  switch (takes) {
    case 'integer':
    case 'pointer':
      return isNumber(type) || (type.kind === 'pointer' && type.space !== 'context');
    case 'string':
      return type.kind === 'string';
    case 'any':
      return (
        type.kind !== 'none' &&
        !(type.kind === 'struct' && !fitsAsValue(type)) &&
        type.kind !== 'aggregate' &&
        !(type.kind === 'array' && type.length === 0) &&
        !(type.kind === 'pointer' && type.space === 'context')
      );
    case 'number':
      return typeof constant === 'bigint';
    case 'truth':
      return typeof constant === 'boolean';
    case 'text':
      return typeof constant === 'string';
    case 'place':
      return type.kind === 'array' || type.kind === 'struct';
    case 'given':
      return expr !== undefined && isGiven(expr);
    case 'keyword':
    case 'map':
    case 'element':
    case 'key':
    case 'variable':
    case 'type':
    case 'path':
      return false;
  }
}

const takesInWords: Readonly<Record<ParamTakes, string>> = {
  integer: 'an integer',
  pointer: 'a pointer',
  string: 'text',
  any: 'a value',
  number: 'a number known when compiling',
  truth: 'true or false',
  text: 'text in quotes',
  keyword: 'a word',
  map: 'a map',
  element: 'a map',
  key: 'a key',
  variable: 'a variable',
  place: 'an array',
  given: 'a pointer that the probe was given, or what lies behind one',
  type: 'a type',
  path: 'names of members',
};

function reportArgument(scope: Scope, name: string, param: Param, { type, span }: TypedArgument): void {
  const wanted = [
    ...new Set(
      param.takes.map((takes) =>
        takes === 'keyword' ? (param.keywords ?? []).join(', ') : takesInWords[takes],
      ),
    ),
  ].join(' or ');
  const what = type.kind === 'none' ? 'something without a value' : `a value of type ${typeName(type)}`;
  scope.report.error('wrong-argument-type', `${taking(name, wanted, param)}, not ${what}`, span);
}

/** A map that is named `map` is told once. */
const taking = (name: string, wanted: string, param: Param): string =>
  `${name}() takes ${wanted}${wanted.endsWith(` ${param.name}`) ? '' : ` as its ${param.name}`}`;

/** 'value' if the map's element is to be read like any other value. */
function mapArgument(scope: Scope, param: Param, arg: MapExpr): TypedArgument | undefined | 'value' {
  const isWhole = arg.keys === undefined && param.takes.includes('map');
  if (!isWhole && !param.takes.includes('element')) return 'value';
  const { value: held } = scope.factsOf(arg.name, arg.span);
  if (!isWhole && param.takes.includes('any') && held?.type.kind !== 'aggregate') return 'value';
  if (!held) reportUnknown(scope, arg.name, arg.span);
  const key = arg.keys && inferKey(scope, arg);
  if (!held || held.type.kind === 'error' || key === 'wrong') return undefined;
  const mapSymbol = scope.mapSymbol(arg.name, arg.span);
  const { name: written, symbol, key: keyTypes, value: type } = mapSymbol;
  const whole = { name: written, symbol, keyed: keyTypes.length > 0, key: keyTypes, value: type };
  const map = key ? { ...whole, element: plainArgument(key) } : whole;
  return { type, span: arg.span, map, mapSymbol };
}

/** A key of the map that an argument before it names. */
function keyArgument(scope: Scope, arg: Expr, before: readonly TypedArgument[]): TypedArgument | undefined {
  const symbol = before.find(({ mapSymbol }) => mapSymbol)?.mapSymbol;
  if (!symbol) return undefined;
  // A scalar map has no key that could be joined: the definition's own check tells.
  if (symbol.key.length === 0) {
    const inferred = infer(scope, arg);
    return isWrong(inferred) ? undefined : plainArgument(inferred.expr);
  }
  const key = inferKeyFor(scope, symbol.name.slice(1), arg);
  return key && plainArgument(key);
}

/** A variable that the call fills with a value of the map that an argument before it names. */
function variableArgument(
  scope: Scope,
  name: string,
  param: Param,
  arg: Expr,
  before: readonly TypedArgument[],
): TypedArgument | undefined {
  if (arg.kind !== 'variable') {
    scope.report.error('wrong-argument-type', taking(name, 'a variable', param), arg.span);
    return undefined;
  }
  const symbol = before.find(({ mapSymbol }) => mapSymbol)?.mapSymbol;
  if (!scope.find(arg.name)) scope.introduce(arg.name, arg.span);
  const target = symbol && inferTarget(scope, arg, known(symbol.value));
  return target?.target.kind === 'variable'
    ? plainArgument({ kind: 'variable', type: target.type, variable: target.target.variable, span: arg.span })
    : undefined;
}
