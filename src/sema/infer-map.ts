/** Maps: their keys, reading them, and what is told where uses of one do not go together. */

import { didYouMean } from '../base/did-you-mean.ts';
import type { Span } from '../base/span.ts';
import type { AggregationDefinition } from '../builtins/define.ts';
import type { Expr } from '../parser/ast.ts';
import { typeName } from '../types/type-name.ts';
import type { Type } from '../types/type.ts';
import { intType, tuple } from '../types/type.ts';
import type { Known } from './convert.ts';
import { convertTo, flexibleElement } from './convert.ts';
import type { Inferred } from './infer-expression.ts';
import { infer, isWrong, knownOf, value, warnSignChange, wrong } from './infer-expression.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed-tree.ts';

export type MapExpr = Extract<Expr, { kind: 'map' }>;

interface KeyPart extends Known {
  readonly span: Span;
  readonly isConstant: boolean;
}

/** A key as its parts: @m[(a, b)] is @m[a, b], and so is @m[$t] where $t holds two values. */
interface KeyParts {
  readonly parts: readonly KeyPart[];
  readonly span: Span;
  /** The key with its parts converted. */
  readonly convert: (types: readonly Type[]) => TypedExpr;
}

/** The key as the map stores it: undefined for a scalar map, 'wrong' if it doesn't go with the map's other uses. */
export function inferKey(scope: Scope, map: MapExpr): TypedExpr | undefined | 'wrong' {
  const { name, span, keys } = map;
  if (!keys) return scope.round.next.joinKey(name, [], span) ? undefined : reportKey(scope, name, [], span);
  const parts = inferKeyParts(scope, keys, span);
  if (!parts) return 'wrong';
  return joinedKey(scope, name, parts) ?? 'wrong';
}

/** Undefined if something can't be a key, which has been told. */
function inferKeyParts(scope: Scope, keys: readonly Expr[], span: Span): KeyParts | undefined {
  const [only] = keys;
  const written = keys.length === 1 && only?.kind === 'tuple' ? only.elements : keys;
  const inferred = written.map((key) => infer(scope, key));
  if (inferred.some(isWrong) || !inferred.every((part) => isPlain(scope, part))) return undefined;
  const typed = inferred.map((key) => ({ ...key, expr: value(scope, key) }));
  if (typed.some(isWrong)) return undefined;
  const [single] = typed;
  const isTuple = single?.expr.type.kind === 'tuple' && single.expr.type.names === undefined;
  if (typed.length === 1 && isTuple) return tupleParts(scope, single, span);
  if (typed.length === 0) return reportEmpty(scope, span);
  return {
    parts: typed.map((part) => ({
      ...knownOf(part),
      span: part.expr.span,
      isConstant: part.expr.kind === 'constant',
    })),
    span,
    convert: (types) => {
      const elements = typed.map(({ expr }, index) => convertTo(expr, types[index] ?? expr.type));
      const [first] = elements;
      if (elements.length === 1 && first) return first;
      return { kind: 'tuple', type: tuple(elements.map(({ type }) => type)), elements, span };
    },
  };
}

function tupleParts(scope: Scope, { expr, flexible }: Inferred, span: Span): KeyParts | undefined {
  const of = expr.type.kind === 'tuple' ? expr.type.of : [];
  const [first] = of;
  if (!first) return reportEmpty(scope, span);
  return {
    parts: of.map((type, index) => ({
      type,
      flexible: flexibleElement(flexible, index),
      span: expr.span,
      isConstant: false,
    })),
    span,
    convert: (types) =>
      of.length === 1
        ? convertTo({ kind: 'element', type: first, tuple: expr, index: 0, span }, types[0] ?? first)
        : convertTo(expr, tuple(types)),
  };
}

function reportEmpty(scope: Scope, span: Span): undefined {
  scope.report.error('type-mismatch', 'An empty tuple can not be a key', span, {
    hints: ['A map without a key is written without brackets.'],
  });
  return undefined;
}

function joinedKey(scope: Scope, name: string, { parts, span, convert }: KeyParts): TypedExpr | undefined {
  if (!scope.round.next.joinKey(name, parts, span)) return void reportKey(scope, name, parts, span);
  const { key } = scope.mapSymbol(name, span);
  parts.forEach((part, index) => {
    const type = key[index];
    if (type && !part.isConstant) warnSignChange(scope, part.type, type, part.span);
  });
  return convert(key);
}

function reportKey(scope: Scope, name: string, parts: readonly Known[], span: Span): 'wrong' {
  const { key = [], keySpan } = scope.round.next.map(name, span);
  const shape = (number: number): string =>
    number === 0 ? 'without a key' : number === 1 ? 'with one key' : `with ${number} keys`;
  const names = (known: readonly Known[]): string => known.map(({ type }) => typeName(type)).join(', ');
  const sameLength = key.length === parts.length;
  const message = sameLength
    ? `The key of @${name} has types that do not go together: ${names(parts)} here, ${names(key)} elsewhere`
    : `@${name} is used ${shape(parts.length)} here, but ${shape(key.length)} elsewhere`;
  scope.report.error('map-key-mismatch', message, span, {
    labels: keySpan
      ? [
          {
            span: keySpan,
            text: sameLength ? `it is ${names(key)} here` : `it is used ${shape(key.length)} here`,
          },
        ]
      : [],
    hints: sameLength
      ? []
      : ['All uses of a map have the same number of keys: give one of the two another name.'],
  });
  return 'wrong';
}

/** The key that a call gives for a map which it names: has_key(@m, k). */
export function inferKeyFor(scope: Scope, name: string, arg: Expr): TypedExpr | undefined {
  const parts = inferKeyParts(scope, [arg], arg.span);
  return parts && joinedKey(scope, name, parts);
}

export function inferMapRead(scope: Scope, map: MapExpr): Inferred {
  const { name, span } = map;
  const key = inferKey(scope, map);
  const { value: held, aggregation } = scope.factsOf(name, span);
  if (!held) reportUnknown(scope, name, span);
  if (!held || held.type.kind === 'error' || key === 'wrong') return wrong(span);
  if (aggregation) return inferGathered(scope, map, aggregation, key);
  const symbol = scope.mapSymbol(name, span);
  return {
    expr: { kind: 'map-get', type: symbol.value, map: symbol, ...(key && { key }), span },
    flexible: held.flexible,
  };
}

/** What all CPUs have gathered, as a number. */
function inferGathered(
  scope: Scope,
  { name, span }: MapExpr,
  aggregation: AggregationDefinition,
  key: TypedExpr | undefined,
): Inferred {
  const symbol = scope.mapSymbol(name, span);
  if (!aggregation.read || symbol.value.kind !== 'aggregate') {
    scope.report.error(
      'misplaced-aggregation',
      `@${name} holds what ${aggregation.name}() gathers: that is no number, and can't be read in the script`,
      span,
      { hints: [`print(@${name}) shows it.`] },
    );
    return wrong(span);
  }
  const type = intType(8, symbol.value.signed);
  return {
    expr: { kind: 'aggregate-get', type, map: symbol, ...(key && { key }), span },
    flexible: false,
    gathered: aggregation,
  };
}

/** Where a number that was gathered must be cast, to tell that it is meant as of now and will not be gathered on. False if it was told. */
export function isPlain(scope: Scope, { expr, gathered }: Inferred): boolean {
  if (!gathered) return true;
  const { name } = gathered;
  scope.report.error(
    'misplaced-aggregation',
    `This is what ${name}() gathers: only the map that it fills can hold it`,
    expr.span,
    { hints: [`Cast it to take the number that it is now: (${typeName(expr.type)}).`] },
  );
  return false;
}

export function reportUnknown(scope: Scope, name: string, span: Span): void {
  const written = [...scope.round.before.maps.values()].filter((map) => map.value);
  const near = didYouMean(
    `@${name}`,
    written.map((map) => `@${map.name}`),
  );
  scope.report.error('unknown-map', `Nothing is ever stored in @${name}`, span, {
    hints: near.length > 0 ? near : [`A map comes to life by an assignment: @${name} = 0;`],
  });
}
