/** Tuples and records: made of their elements, and taken apart again by place or by name. */

import { didYouMean } from '../base/did-you-mean.ts';
import type { Span } from '../base/span.ts';
import type { Expr, Name } from '../parser/ast.ts';
import type { TupleType, Type } from '../types/type.ts';
import { errorType, tuple } from '../types/type.ts';
import { flexibleElement } from './convert.ts';
import type { Inferred } from './infer-expression.ts';
import { infer, value, wrong } from './infer-expression.ts';
import { isPlain } from './infer-map.ts';
import { isKnown } from './comptime.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed-tree.ts';

export function inferTuple(scope: Scope, elements: readonly Expr[], span: Span): Inferred {
  const inferred = elements.map((element) => infer(scope, element));
  const typed = inferred.map((element) => value(scope, element));
  const arePlain = inferred.every((element) => isPlain(scope, element));
  if (!arePlain || typed.some((element) => element.type.kind === 'error')) return wrong(span);
  const type = tuple(typed.map((element) => element.type));
  if (partsIn(type) > partsMax) return reportSize(scope, span);
  return {
    expr: { kind: 'tuple', type, elements: typed, span },
    flexible: inferred.map(({ flexible }) => flexible),
  };
}

/** Tuples of tuples double with each step: sixty steps would make more parts than any machine could hold. */
const partsMax = 1024;

/** Elements, and theirs. */
const partsIn = (type: Type): number =>
  type.kind === 'tuple' ? type.of.reduce((sum, element) => sum + 1 + partsIn(element), 0) : 0;

function reportSize(scope: Scope, span: Span): Inferred {
  scope.report.error(
    'value-too-large',
    `This has more than ${partsMax} elements, those of the tuples and records within it counted`,
    span,
    { hints: ['Keep its parts in maps: @x[1] = …'] },
  );
  return wrong(span);
}

/** A tuple whose elements have names. */
export function inferRecord(scope: Scope, { fields, span }: Extract<Expr, { kind: 'record' }>): Inferred {
  const elements = fields.map((field) => field.value);
  const { expr, flexible } = inferTuple(scope, elements, span);
  if (expr.kind !== 'tuple') return wrong(span);
  const names = fields.map(({ name }) => name.text);
  return { expr: { ...expr, type: { ...expr.type, names } }, flexible };
}

/** $t.0, $r.name. */
export function inferTupleElement(
  scope: Scope,
  object: Inferred,
  type: TupleType,
  { text, span: at }: Name,
  span: Span,
): Inferred {
  const index = type.names ? type.names.indexOf(text) : placeOf(text);
  if (type.of[index] !== undefined) return elementOf(object, type, index, span);
  if (type.names) reportUnknownName(scope, type.names, text, at);
  else reportOutside(scope, type, at);
  return wrong(span);
}

const placeOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) : -1);

function elementOf(object: Inferred, { of }: TupleType, index: number, span: Span): Inferred {
  const known = knownElement(object.expr, index);
  if (known) return { expr: { ...known, span }, flexible: flexibleElement(object.flexible, index) };
  return {
    expr: { kind: 'element', type: of[index] ?? errorType, tuple: object.expr, index, span },
    flexible: flexibleElement(object.flexible, index),
  };
}

/** Of a tuple in which nothing remains to be computed. */
function knownElement(expr: TypedExpr, index: number): TypedExpr | undefined {
  return expr.kind === 'tuple' && isKnown(expr) ? expr.elements[index] : undefined;
}

function reportOutside(scope: Scope, { of }: TupleType, at: Span): void {
  const range =
    of.length === 0 ? 'This tuple is empty' : `This tuple has ${of.length} elements, .0 to .${of.length - 1}`;
  scope.report.error('index-out-of-range', range, at);
}

function reportUnknownName(scope: Scope, names: readonly string[], text: string, at: Span): void {
  scope.report.error('unknown-field', `This record has no element '${text}'`, at, {
    hints: [...didYouMean(text, names), `Its elements are ${names.join(', ')}.`],
  });
}

/** $t[0], with a number known when compiling. */
export function inferTupleIndex(
  scope: Scope,
  object: Inferred,
  type: TupleType,
  index: TypedExpr,
  span: Span,
): Inferred {
  if (index.kind === 'constant' && !type.names)
    return inferTupleElement(scope, object, type, { text: String(index.value), span: index.span }, span);
  const [message, hint] = type.names
    ? ["A record's elements are named, not numbered", `Write .${type.names.join(' or .')}.`]
    : [
        "A tuple's element is named by a number known when compiling",
        'Elements may differ in type: write .0, .1 …',
      ];
  scope.report.error('bad-operand', message, index.span, { hints: [hint] });
  return wrong(span);
}
