/** Expressions get types. One small function for each kind; what is wrong is reported and becomes the error type. */

import { assertNever } from '../base/assert.ts';
import { didYouMean } from '../base/did-you-mean.ts';
import type { Span } from '../base/span.ts';
import { builtinNames, findBuiltin } from '../builtins/registry.ts';
import type { Builtin, VariableDefinition } from '../builtins/define.ts';
import type { Expr } from '../parser/ast.ts';
import { sizeOf } from '../types/layout.ts';
import { typeName } from '../types/type-name.ts';
import type { IntType, Type } from '../types/type.ts';
import { bool, errorType, i64, string, tuple, u64 } from '../types/type.ts';
import { byteText } from '../types/value.ts';
import { inferCall } from './check-call.ts';
import type { Known } from './convert.ts';
import { convertTo, hasTruth, joinKnown, known } from './convert.ts';
import { literalType } from './fold.ts';
import { inferCast, inferDereference, inferField, inferIndex, resolveType } from './infer-access.ts';
import { inferMapRead, inferTarget } from './infer-map.ts';
import { inferBinary, inferUnary } from './infer-operators.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed-tree.ts';

/** A typed expression, and whether its sign may still bend. */
export interface Inferred {
  readonly expr: TypedExpr;
  readonly flexible: boolean;
}

export const firm = (expr: TypedExpr): Inferred => ({ expr, flexible: false });

/** The value of what was wrong; whoever gets it keeps quiet. */
export const wrong = (span: Span): Inferred => firm({ kind: 'constant', type: errorType, value: 0n, span });

export const knownOf = ({ expr, flexible }: Inferred): Known => ({ type: expr.type, flexible });

export const isWrong = ({ expr }: Inferred): boolean => expr.type.kind === 'error';

export function infer(scope: Scope, expr: Expr): Inferred {
  const { span } = expr;
  switch (expr.kind) {
    case 'int':
      return literal(expr.value, span);
    case 'bool':
      return firm({ kind: 'constant', type: bool, value: expr.value ? 1n : 0n, span });
    case 'string':
      return inferText(scope, expr.value, span);
    case 'identifier':
      return inferName(scope, expr.name, span);
    case 'variable':
      return inferVariable(scope, expr.name, span);
    case 'map':
      return inferMapRead(scope, expr);
    case 'parameter':
      return inferParameter(scope, expr.index, span);
    case 'unary':
      return expr.op === '*'
        ? inferDereference(scope, expr.operand, span)
        : inferUnary(scope, expr.op, expr.operand, span);
    case 'step':
      return inferStep(scope, expr);
    case 'binary':
      return inferBinary(scope, expr);
    case 'conditional':
      return inferConditional(scope, expr);
    case 'cast':
      return inferCast(scope, expr);
    case 'field':
      return inferField(scope, expr);
    case 'index':
      return inferIndex(scope, expr);
    case 'call':
      return inferCall(scope, expr.callee, expr.args, span);
    case 'tuple':
      return inferTuple(scope, expr.elements, span);
    case 'sizeof':
      return inferSize(scope, expr);
    case 'error':
      return wrong(span);
    default:
      return assertNever(expr);
  }
}

export const literal = (value: bigint, span: Span): Inferred => ({
  expr: { kind: 'constant', type: literalType(value), value, span },
  flexible: true,
});

function inferText(scope: Scope, value: string, span: Span): Inferred {
  const { maxStrlen } = scope.facts.settings;
  if (value.length + 1 > maxStrlen) {
    scope.report.error(
      'value-too-large',
      `This text is too long: ${value.length} bytes, at most ${maxStrlen - 1} fit`,
      span,
      {
        hints: [`Set TSTRACE_MAX_STRLEN=${value.length + 1} to allow it.`],
      },
    );
    return wrong(span);
  }
  return firm({ kind: 'text', type: string(value.length + 1), value, span });
}

/** A bare word: a builtin, a function that needs no argument, an enumerator of the kernel. */
function inferName(scope: Scope, name: string, span: Span): Inferred {
  const builtin = findBuiltin(name);
  if (builtin?.kind === 'variable') return inferBuiltin(scope, builtin, span);
  if (builtin) return inferCall(scope, { text: name, span }, [], span);
  const enumerator = scope.facts.enumerator(name);
  if (enumerator) return firm({ kind: 'constant', type: enumerator.type, value: enumerator.value, span });
  scope.report.error('unknown-identifier', `There is no builtin '${name}'`, span, {
    hints: [
      ...didYouMean(name, builtinNames()),
      ...(scope.find(name) ? [`The variable is written $${name}.`] : []),
    ],
  });
  return wrong(span);
}

export function inferBuiltin(scope: Scope, definition: VariableDefinition, span: Span): Inferred {
  if (!isAvailable(scope, definition, span)) return wrong(span);
  const { context } = scope;
  const type = typeof definition.type === 'function' ? definition.type(context) : definition.type;
  const value = definition.constant?.(context);
  if (typeof value === 'string') return firm({ kind: 'text', type: string(value.length + 1), value, span });
  if (value !== undefined) return firm({ kind: 'constant', type, value: BigInt(value), span });
  return firm({ kind: 'builtin', type, definition, span });
}

/** Whether a builtin may stand in this probe; also notes what the kernel must have for it. */
export function isAvailable(
  scope: Scope,
  definition: Exclude<Builtin, { kind: 'aggregation' }>,
  span: Span,
): boolean {
  const refusal = definition.available?.(scope.context.program);
  for (const feature of definition.requires ?? []) scope.round.requires.push({ feature, span });
  if (!refusal) return true;
  scope.report.error('not-available-here', `${definition.name} can't be used here: ${refusal.reason}`, span, {
    hints: refusal.hint === undefined ? [] : [refusal.hint],
  });
  return false;
}

function inferVariable(scope: Scope, name: string, span: Span): Inferred {
  const variable = scope.find(name);
  if (!variable) {
    scope.report.error(
      'undefined-variable',
      `$${name} has no value yet: nothing is assigned to it before`,
      span,
      {
        hints: didYouMean(name, scope.variableNames).map((hint) =>
          hint.replaceAll("'", '$').replaceAll(/\$(\w+)\$/g, "'$$$1'"),
        ),
      },
    );
    return wrong(span);
  }
  variable.used = true;
  const { type, flexible } = scope.typeOfVariable(variable);
  return { expr: { kind: 'variable', type, variable: scope.symbolOf(variable), span }, flexible };
}

/** $1: a number if it reads as one, else text; $#: how many there are. */
function inferParameter(scope: Scope, index: number, span: Span): Inferred {
  const { parameters, final } = scope.round;
  if (index === 0) return literal(BigInt(parameters.length), span);
  const text = parameters[index - 1];
  if (text === undefined) {
    if (final)
      scope.report.warning(
        'unknown-parameter',
        `Parameter $${index} was not given: it counts as 0 or as empty text`,
        span,
        {
          hints: ['Parameters follow the script on the command line.'],
        },
      );
    return literal(0n, span);
  }
  if (/^-?(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) {
    const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
    if (value < 1n << 64n && value >= -(1n << 63n)) return literal(value, span);
  }
  return inferText(scope, byteText(text), span);
}

function inferStep(scope: Scope, expr: Extract<Expr, { kind: 'step' }>): Inferred {
  const { span, prefix } = expr;
  const target = inferTarget(scope, expr.target, known(i64));
  if (!target) return wrong(span);
  const { type } = target;
  if (type.kind === 'error') return wrong(span);
  if (type.kind !== 'int' && type.kind !== 'pointer') {
    scope.report.error('bad-operand', `${expr.op} counts integers and pointers, not ${typeName(type)}`, span);
    return wrong(span);
  }
  const stride = type.kind === 'pointer' ? strideOf(type.to) : 1;
  return firm({
    kind: 'step',
    type,
    target: target.target,
    delta: expr.op === '++' ? stride : -stride,
    prefix,
    span,
  });
}

/** How far pointer arithmetic goes by one: the size of what is pointed to, a byte where that has none. */
export const strideOf = (to: Type): number =>
  to.kind === 'none' || to.kind === 'error' || to.kind === 'aggregate'
    ? 1
    : Math.max(1, to.kind === 'string' ? 1 : sizeOf(to));

/** A condition, as a bool. */
export function inferTruth(scope: Scope, expr: Expr): TypedExpr {
  return truthOf(scope, infer(scope, expr));
}

export function truthOf(scope: Scope, { expr }: Inferred): TypedExpr {
  if (!hasTruth(expr.type)) {
    scope.report.error(
      'type-mismatch',
      `A condition is a number, a truth value, a pointer or text, not ${typeName(expr.type)}`,
      expr.span,
    );
    return wrong(expr.span).expr;
  }
  return convertTo(expr, bool);
}

function inferConditional(scope: Scope, expr: Extract<Expr, { kind: 'conditional' }>): Inferred {
  const { span } = expr;
  if (!expr.then) {
    const value = infer(scope, expr.condition);
    truthOf(scope, value);
    const branches = joinBranches(scope, value, infer(scope, expr.else), span);
    if (!branches) return wrong(span);
    return firm({ kind: 'elvis', type: branches.type, value: branches.left, else: branches.right, span });
  }
  const condition = inferTruth(scope, expr.condition);
  const branches = joinBranches(scope, infer(scope, expr.then), infer(scope, expr.else), span);
  if (!branches || condition.type.kind === 'error') return wrong(span);
  return {
    expr: {
      kind: 'conditional',
      type: branches.type,
      condition,
      then: branches.left,
      else: branches.right,
      span,
    },
    flexible: branches.flexible,
  };
}

function joinBranches(
  scope: Scope,
  left: Inferred,
  right: Inferred,
  span: Span,
):
  | { readonly type: Type; readonly left: TypedExpr; readonly right: TypedExpr; readonly flexible: boolean }
  | undefined {
  if (isWrong(left) || isWrong(right)) return undefined;
  const joined = joinKnown(knownOf(left), knownOf(right));
  if (!joined || joined.type.kind === 'none') {
    scope.report.error(
      'type-mismatch',
      `Both branches must give values of one type, not ${typeName(left.expr.type)} and ${typeName(right.expr.type)}`,
      span,
    );
    return undefined;
  }
  const { type, flexible } = joined;
  return { type, flexible, left: convertTo(left.expr, type), right: convertTo(right.expr, type) };
}

function inferTuple(scope: Scope, elements: readonly Expr[], span: Span): Inferred {
  const typed = elements.map((element) => value(scope, infer(scope, element)));
  if (typed.some((element) => element.type.kind === 'error')) return wrong(span);
  return firm({ kind: 'tuple', type: tuple(typed.map(({ type }) => type)), elements: typed, span });
}

/** Something that can be stored, passed or printed; everything else is reported. */
export function value(scope: Scope, { expr }: Inferred): TypedExpr {
  const { type, span } = expr;
  if (type.kind === 'none') scope.report.error('type-mismatch', 'This has no value', span);
  else if (type.kind === 'struct')
    scope.report.error('type-mismatch', `A whole ${typeName(type)} can not be used as a value`, span, {
      hints: ['Name one of its fields.'],
    });
  else if (type.kind === 'pointer' && type.space === 'context')
    scope.report.error('type-mismatch', "The probe's context can not be used as a value", span, {
      hints: ['Name one of its fields: args.NAME.'],
    });
  else return expr;
  return wrong(span).expr;
}

function inferSize(scope: Scope, expr: Extract<Expr, { kind: 'sizeof' }>): Inferred {
  const type = 'type' in expr.of ? resolveType(scope, expr.of.type) : infer(scope, expr.of.expr).expr.type;
  if (type.kind === 'error') return wrong(expr.span);
  if (type.kind === 'none' || type.kind === 'aggregate') {
    scope.report.error('bad-argument', `${typeName(type)} has no size`, expr.span);
    return wrong(expr.span);
  }
  return firm({ kind: 'constant', type: u64, value: BigInt(sizeOf(type)), span: expr.span });
}

/** Signedness of a number of any kind. */
export function signOf(type: Type): boolean {
  return (type.kind === 'int' || type.kind === 'enum') && type.signed;
}

export const asInt = (type: Type): IntType | undefined => {
  if (type.kind === 'int') return type;
  if (type.kind === 'enum') return { kind: 'int', bytes: type.bytes, signed: type.signed };
  return type.kind === 'bool' ? { kind: 'int', bytes: 1, signed: false } : undefined;
};
