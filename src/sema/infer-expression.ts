/** Expressions get types. One small function for each kind; what is wrong is reported and becomes the error type. */

import { assertNever } from '../base/assert.ts';
import type { Span } from '../base/span.ts';
import type { AggregationDefinition } from '../builtins/define.ts';
import type { Expr } from '../parser/ast.ts';
import { sizeOf } from '../types/layout.ts';
import { typeName } from '../types/type-name.ts';
import { matchedElements } from '../types/tuple.ts';
import type { IntType, StructType, Type } from '../types/type.ts';
import { bool, errorType, string } from '../types/type.ts';
import { inferCall } from './check-call.ts';
import { inferAddress } from './infer-address.ts';
import { branchOf, inferComptime } from './comptime.ts';
import type { Flexible, Known } from './convert.ts';
import { bends, convertTo, hasTruth, joinKnown } from './convert.ts';
import { endsFlow } from './flow.ts';
import { literalType } from './fold.ts';
import { inferDereference, inferIndex } from './elements.ts';
import { inferField } from './fields.ts';
import { inferCast } from './infer-cast.ts';
import { inferMapRead } from './infer-map.ts';
import { inferStatements, reportUnreachable } from './infer-statement.ts';
import { inferName, inferParameter, inferVariable } from './infer-name.ts';
import { inferBinary, inferUnary, updatedType } from './infer-operators.ts';
import { inferRecord, inferTuple } from './infer-tuple.ts';
import { inferTarget, typeBefore } from './infer-target.ts';
import type { Scope } from './scope.ts';
import { inferOffset, inferSize, inferTypeinfo } from './type-operand.ts';
import type { TypedExpr } from './typed-tree.ts';

/** A typed expression, and whether its sign may still bend. */
export interface Inferred {
  readonly expr: TypedExpr;
  readonly flexible: Flexible;
  /** A number as it was written, or computed from such. */
  readonly literal?: true;
  /** Read from a map that an aggregation fills. */
  readonly gathered?: AggregationDefinition;
}

export const firm = (expr: TypedExpr): Inferred => ({ expr, flexible: false });

/** The value of what was wrong; whoever gets it keeps quiet. */
export const wrong = (span: Span): Inferred => firm({ kind: 'constant', type: errorType, value: 0n, span });

export const knownOf = ({ expr, flexible }: Inferred): Known => ({ type: expr.type, flexible });

export const isWrong = ({ expr }: Inferred): boolean => expr.type.kind === 'error';

export function infer(scope: Scope, expr: Expr): Inferred {
  const { span } = expr;
  const { growth } = scope.round;
  if (growth.isTooMuch) return wrong(span);
  growth.count();
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
      if (expr.op === '*') return inferDereference(scope, expr.operand, span);
      if (expr.op === '&') return inferAddress(scope, expr.operand, span);
      return inferUnary(scope, expr.op, expr.operand, span);
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
    case 'record':
      return inferRecord(scope, expr);
    case 'sizeof':
      return inferSize(scope, expr);
    case 'offsetof':
      return inferOffset(scope, expr);
    case 'block':
      return inferBlockExpr(scope, expr);
    case 'if':
      return inferConditional(scope, { ...expr, kind: 'conditional' });
    case 'comptime':
      return inferComptime(scope, expr);
    case 'typeinfo':
      return inferTypeinfo(scope, expr);
    case 'type':
      scope.report.error('type-mismatch', 'This is a type, where a value is wanted', span);
      return wrong(span);
    case 'error':
      return wrong(span);
    default:
      return assertNever(expr);
  }
}

export const literal = (value: bigint, span: Span): Inferred => ({
  expr: { kind: 'constant', type: literalType(value), value, span },
  flexible: value >= 0n,
  literal: true,
});

export function inferText(scope: Scope, value: string, span: Span): Inferred {
  const { maxStrlen } = scope.facts.settings;
  if (value.length + 1 > maxStrlen) {
    scope.report.error(
      'value-too-large',
      `This text is too long: ${value.length} bytes, at most ${maxStrlen - 1} fit`,
      span,
      { hints: [`Set TSTRACE_MAX_STRLEN=${value.length + 1} to allow it.`] },
    );
    return wrong(span);
  }
  return firm({ kind: 'text', type: string(value.length + 1), value, span });
}

/** ++ and --: a number becomes what `+= 1` would make of it. */
function inferStep(scope: Scope, expr: Extract<Expr, { kind: 'step' }>): Inferred {
  const { span, prefix, op } = expr;
  const before = typeBefore(scope, expr.target);
  const one = knownOf(literal(1n, span));
  const target = inferTarget(scope, expr.target, updatedType(op === '++' ? '+' : '-', before, one));
  if (!target || target.type.kind === 'error') return wrong(span);
  const { type } = target;
  const isContext = type.kind === 'pointer' && type.space === 'context';
  if ((type.kind !== 'int' && type.kind !== 'pointer') || isContext) {
    scope.report.error('bad-operand', `${op} counts integers and pointers, not ${typeName(type)}`, span);
    return wrong(span);
  }
  const stride = type.kind === 'pointer' ? strideOf(type.to) : 1;
  const delta = op === '++' ? stride : -stride;
  return firm({ kind: 'step', type, target: target.target, delta, prefix, span });
}

/** How far pointer arithmetic goes by one: the size of what is pointed to, a byte where that has none. */
export const strideOf = (to: Type): number =>
  to.kind === 'none' || to.kind === 'error' || to.kind === 'aggregate' || to.kind === 'string'
    ? 1
    : Math.max(1, sizeOf(to));

/** A condition, as a bool. */
export function inferTruth(scope: Scope, expr: Expr): TypedExpr {
  return truthOf(scope, infer(scope, expr));
}

export function truthOf(scope: Scope, inferred: Inferred): TypedExpr {
  const expr = value(scope, inferred);
  if (!hasTruth(expr.type)) {
    scope.report.error(
      'type-mismatch',
      `A condition is a number, a truth value, a pointer or text, not ${typeName(expr.type)}`,
      expr.span,
    );
    return wrong(expr.span).expr;
  }
  if (expr.kind === 'text')
    return { kind: 'constant', type: bool, value: expr.value === '' ? 0n : 1n, span: expr.span };
  return convertTo(expr, bool);
}

function inferConditional(scope: Scope, expr: Extract<Expr, { kind: 'conditional' }>): Inferred {
  const { span } = expr;
  if (!expr.then) {
    const tested = infer(scope, expr.condition);
    const isTestable = truthOf(scope, tested).type.kind !== 'error';
    const branches = joinBranches(scope, tested, infer(scope, expr.else), span);
    if (!branches || !isTestable) return wrong(span);
    const { type, left, right, flexible } = branches;
    if (left.kind === 'constant') return { expr: { ...(left.value === 0n ? right : left), span }, flexible };
    return { expr: { kind: 'elvis', type, value: left, else: right, span }, flexible };
  }
  const branch = branchOf(scope, expr.condition);
  if (branch)
    return branch === 'neither' ? wrong(span) : infer(scope, { then: expr.then, else: expr.else }[branch]);
  const condition = inferTruth(scope, expr.condition);
  const holds = knownTruth(condition);
  const { then, else: otherwise } = expr;
  const branches = joinBranches(
    scope,
    scope.nesting.behind(holds, () => infer(scope, then)),
    scope.nesting.behind(opposite(holds), () => infer(scope, otherwise)),
    span,
  );
  if (!branches || condition.type.kind === 'error') return wrong(span);
  const { type, left, right, flexible } = branches;
  if (condition.kind === 'constant')
    return { expr: { ...(condition.value === 0n ? right : left), span }, flexible };
  return { expr: { kind: 'conditional', type, condition, then: left, else: right, span }, flexible };
}

/** What a condition comes to, if that is known when compiling. */
export const knownTruth = (condition: TypedExpr): boolean | undefined =>
  condition.kind === 'constant' ? condition.value !== 0n : undefined;

export const opposite = (holds: boolean | undefined): boolean | undefined =>
  holds === undefined ? undefined : !holds;

/** Statements, and the value that they come to. */
function inferBlockExpr(
  scope: Scope,
  { statements, result, span }: Extract<Expr, { kind: 'block' }>,
): Inferred {
  return scope.block(() => {
    const body = inferStatements(scope, statements);
    if (statements.some(endsFlow)) reportUnreachable(scope, result.span);
    const inferred = infer(scope, result);
    if (isWrong(inferred) || body.length === 0) return inferred;
    const { expr, flexible } = inferred;
    return { expr: { kind: 'block', type: expr.type, body, result: expr, span }, flexible };
  });
}

interface Branches extends Known {
  readonly left: TypedExpr;
  readonly right: TypedExpr;
}

/** Both as values of one type; calls that give nothing may stand on both sides. */
function joinBranches(scope: Scope, left: Inferred, right: Inferred, span: Span): Branches | undefined {
  if (isWrong(left) || isWrong(right)) return undefined;
  const [a, b] = [left.expr, right.expr];
  if (a.type.kind === 'none' && b.type.kind === 'none')
    return { type: a.type, flexible: false, left: a, right: b };
  if (value(scope, left).type.kind === 'error' || value(scope, right).type.kind === 'error') return undefined;
  const joined = joinKnown(knownOf(left), knownOf(right));
  if (!joined) {
    const [first, second] = [typeName(a.type), typeName(b.type)];
    scope.report.error(
      'type-mismatch',
      `Both branches must give values of one type, not ${first} and ${second}`,
      span,
      {
        labels: [
          { span: a.span, text: `this is ${first}` },
          { span: b.span, text: `this is ${second}` },
        ],
      },
    );
    return undefined;
  }
  for (const { expr, flexible } of [left, right])
    if (!bends({ flexible }) && expr.kind !== 'constant')
      warnSignChange(scope, expr.type, joined.type, expr.span);
  return { ...joined, left: convertTo(a, joined.type), right: convertTo(b, joined.type) };
}

/** Something that can be computed with, stored, passed or printed; everything else is reported. */
export function value(scope: Scope, { expr }: Inferred): TypedExpr {
  const { type, span } = expr;
  if (type.kind === 'none') scope.report.error('type-mismatch', 'This has no value', span);
  else if (type.kind === 'struct' && !fitsAsValue(type)) reportStruct(scope, type, span);
  else if (type.kind === 'pointer' && type.space === 'context')
    scope.report.error('type-mismatch', "The probe's context can not be used as a value", span, {
      hints: ['Name one of its fields: args.NAME.'],
    });
  else if (type.kind === 'array' && type.length === 0)
    scope.report.error('type-mismatch', 'Where this array ends is known at run time only', span, {
      hints: ['Take its first bytes: buf(ARRAY, LENGTH).'],
    });
  else return expr;
  return wrong(span).expr;
}

/** Room for what a program keeps for a while is limited, and a value may be kept more than once on its way. */
const structBytesMax = 16 * 1024;

/** Whether a struct can be copied as a whole. */
export const fitsAsValue = ({ bytes }: StructType): boolean => bytes > 0 && bytes <= structBytesMax;

function reportStruct(scope: Scope, type: StructType, span: Span): void {
  const message =
    type.bytes === 0
      ? `What ${typeName(type)} is made of is not known`
      : `A ${typeName(type)} has ${type.bytes} bytes: as a value it can have ${structBytesMax}`;
  scope.report.error('value-too-large', message, span, { hints: ['Name one of its fields.'] });
}

/** A large unsigned number turns negative where it meets signed ones, and is best told. */
export function warnSignChange(scope: Scope, from: Type, to: Type, span: Span): void {
  if (from.kind === 'tuple' && to.kind === 'tuple')
    return matchedElements(from, to).forEach((source, index) =>
      warnSignChange(scope, from.of[source] ?? errorType, to.of[index] ?? errorType, span),
    );
  if (from.kind !== 'int' || to.kind !== 'int' || from.signed || !to.signed || from.bytes < to.bytes) return;
  scope.report.warning(
    'sign-change',
    `A value of type ${typeName(from)} is taken as ${typeName(to)}, for it meets signed numbers: large values turn negative`,
    span,
    { hints: ['Cast to say which of the two is meant: (uint64) or (int64).'] },
  );
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
