/** Fields of structs, also of anonymous members and bitfields, and of tuples. */

import { didYouMean } from '../base/did-you-mean.ts';
import type { Span } from '../base/span.ts';
import type { Expr, Name } from '../parser/ast.ts';
import type { Field } from '../types/field.ts';
import { namedFields } from '../types/field.ts';
import { typeName } from '../types/type-name.ts';
import { recordOf } from '../types/type.ts';
import type { StructType, Type } from '../types/type.ts';
import { isNumber } from './convert.ts';
import { isFollowable } from './elements.ts';
import type { Inferred } from './infer-expression.ts';
import { firm, infer, isWrong, value, wrong } from './infer-expression.ts';
import { inferTupleElement } from './infer-tuple.ts';
import { partOf } from './memory-parts.ts';
import { reportNoBtf } from './resolve-type.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed-tree.ts';

export function inferField(scope: Scope, expr: Extract<Expr, { kind: 'field' }>): Inferred {
  const { name, span } = expr;
  const object = infer(scope, expr.object);
  if (isWrong(object)) return wrong(span);
  const { type } = object.expr;
  if (type.kind === 'tuple') return inferTupleElement(scope, object, type, name, span);
  const struct = structIn(object.expr);
  if (!struct) return reportNoFields(scope, object.expr, name, span);
  if (!isFollowable(scope, object.expr)) return wrong(span);
  const field = findField(scope, struct.type, name.text);
  if (!field) return reportUnknownField(scope, struct.type, name, span);
  if (field.unreadable !== undefined) return reportUnreadable(scope, field, name.span, span);
  if (leadsToKernel(scope, type)) warnOfHidden(scope, struct.type, field, name.span);
  return firm(partOf(scope, struct.value, field, span));
}

/** What is nowhere in particular is where the probe is. */
function leadsToKernel({ context }: Scope, type: Type): boolean {
  if (type.kind !== 'pointer') return false;
  return (type.space === 'none' ? context.program.context.space : type.space) === 'kernel';
}

/** C of the script counts, also where headers of another kernel came with it: the numbers read would be of something else. */
function warnOfHidden(scope: Scope, struct: StructType, field: Field, at: Span): void {
  const hidden = scope.facts.hiddenBy(struct);
  const other = hidden && findField(scope, hidden, field.name);
  if (!other || firstBit(other) === firstBit(field)) return;
  const places = `byte ${field.offset} of ${typeName(struct)} in the script's C, at byte ${other.offset} in the running kernel`;
  scope.report.warning('bad-c-definition', `'${field.name}' lies at ${places}`, at, {
    hints: ["Leave the definition or the header out: the kernel's own types are known without."],
  });
}

const firstBit = ({ offset, bits }: Field): number => bits?.start ?? offset * 8;

function reportUnreadable(
  scope: Scope,
  { name, unreadable }: Field,
  at: Span,
  span: Span,
  hints: readonly string[] = [],
): Inferred {
  scope.report.error('not-available-here', `'${name}' can't be read here: ${unreadable}`, at, { hints });
  return wrong(span);
}

/** args as a whole, for those who print it: a record of all that the context holds, each read as it would be alone. Other values stay as they are. */
export function wholeContext(scope: Scope, inferred: Inferred): Inferred {
  const { type, span } = inferred.expr;
  const struct = structIn(inferred.expr);
  if (type.kind !== 'pointer' || type.space !== 'context' || !struct) return inferred;
  const fields = namedFields(struct.type, scope.fieldsOf);
  const unreadable = fields.find((field) => field.unreadable !== undefined);
  if (unreadable)
    return reportUnreadable(scope, unreadable, span, span, ['Name the others one by one: args.NAME']);
  const elements = fields.map((field) => value(scope, firm(partOf(scope, struct.value, field, span))));
  if (elements.some((element) => element.type.kind === 'error')) return wrong(span);
  const names = fields.map(({ name }) => name);
  const of = elements.map((element) => element.type);
  return firm({ kind: 'tuple', type: recordOf(names, of), elements, span });
}

/** `.` and `->` mean the same: a pointer to a struct is followed, once. */
function structIn(expr: TypedExpr): { readonly type: StructType; readonly value: TypedExpr } | undefined {
  const { type, span } = expr;
  if (type.kind === 'struct') return { type, value: expr };
  if (type.kind !== 'pointer' || type.to.kind !== 'struct') return undefined;
  return { type: type.to, value: { kind: 'load', type: type.to, pointer: expr, offset: 0, span } };
}

function reportNoFields(scope: Scope, { type, span: at }: TypedExpr, name: Name, span: Span): Inferred {
  if (type.kind === 'pointer' && type.to.kind === 'none' && !scope.facts.hasBtf)
    reportNoBtf(scope, "it can't be said what this leads to", at);
  else
    scope.report.error('not-a-pointer', `${typeName(type)} has no fields`, at, {
      hints: castHints(type, name),
    });
  return wrong(span);
}

function castHints(type: Type, { text }: Name): readonly string[] {
  if (type.kind === 'pointer' && type.to.kind === 'pointer')
    return [`Follow it once first: (*pointer)->${text}`];
  return isNumber(type) || type.kind === 'pointer'
    ? [`Cast it to say what it points to: ((struct NAME *)…)->${text}`]
    : [];
}

/** So many fields are all told; of more, the near ones. */
const fieldsShownMax = 12;

export function reportUnknownField(
  scope: Scope,
  struct: StructType,
  { text, span: at }: Name,
  span: Span,
): Inferred {
  const names = namedFields(struct, scope.fieldsOf).map((field) => field.name);
  scope.report.error('unknown-field', `${typeName(struct)} has no field '${text}'`, at, {
    hints: [
      ...didYouMean(text, names),
      ...(names.length > 0 && names.length <= fieldsShownMax ? [`Its fields are ${names.join(', ')}.`] : []),
    ],
  });
  return wrong(span);
}

export const findField = ({ fieldsOf }: Scope, struct: StructType, name: string): Field | undefined =>
  fieldsOf(struct).find((field) => field.name === name) ??
  namedFields(struct, fieldsOf).find((field) => field.name === name);
