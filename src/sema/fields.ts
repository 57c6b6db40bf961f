/** Into memory: fields, also of anonymous members and bitfields; elements; what pointers lead to, and in whose memory. */

import { didYouMean } from '../base/did-you-mean.ts';
import type { Span } from '../base/span.ts';
import type { Expr, Name } from '../parser/ast.ts';
import { isScalar, sizeOf } from '../types/layout.ts';
import { typeName } from '../types/type-name.ts';
import type { ArrayType, PointerType, StructType, Type } from '../types/type.ts';
import { i64, pointerTo, u64 } from '../types/type.ts';
import { convertTo, flexibleElement, isNumber, widen } from './convert.ts';
import type { Field } from './facts.ts';
import type { Inferred } from './infer-expression.ts';
import { asInt, firm, infer, isWrong, strideOf, wrong } from './infer-expression.ts';
import { reportNoBtf } from './resolve-type.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed-tree.ts';

/** Where a struct's bytes are: behind a pointer, at an offset. */
interface StructPlace {
  readonly struct: StructType;
  readonly pointer: TypedExpr;
  readonly offset: number;
}

export function inferField(scope: Scope, expr: Extract<Expr, { kind: 'field' }>): Inferred {
  const { name, span } = expr;
  const object = infer(scope, expr.object);
  if (isWrong(object)) return wrong(span);
  if (object.expr.type.kind === 'tuple') return inferTupleElement(scope, object, name, span);
  const place = structPlace(object.expr);
  if (!place) return reportNoFields(scope, object.expr, name, span);
  const field = findField(scope, place.struct, name.text);
  if (!field) return reportUnknownField(scope, place.struct, name, span);
  const { pointer, offset } = place;
  return firm({
    kind: 'load',
    type: inSpace(scope, field.type, pointer),
    pointer,
    offset: offset + field.offset,
    ...(field.bits && { bits: { start: offset * 8 + field.bits.start, width: field.bits.width } }),
    ...(field.dynamic && { dynamic: true }),
    span,
  });
}

/** `.` and `->` mean the same: a pointer to a struct is followed, once. */
function structPlace(expr: TypedExpr): StructPlace | undefined {
  const { type } = expr;
  if (type.kind === 'pointer' && type.to.kind === 'struct')
    return { struct: type.to, pointer: expr, offset: 0 };
  if (type.kind === 'struct' && expr.kind === 'load')
    return { struct: type, pointer: expr.pointer, offset: expr.offset };
  return undefined;
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

function reportUnknownField(
  scope: Scope,
  struct: StructType,
  { text, span: at }: Name,
  span: Span,
): Inferred {
  const names = fieldNames(scope, struct);
  scope.report.error('unknown-field', `${typeName(struct)} has no field '${text}'`, at, {
    hints: [
      ...didYouMean(text, names),
      ...(names.length > 0 && names.length <= fieldsShownMax ? [`Its fields are ${names.join(', ')}.`] : []),
    ],
  });
  return wrong(span);
}

/** What is read through a pointer into the process's memory points into it too: types of the kernel can't tell. */
function inSpace(scope: Scope, type: Type, through: TypedExpr): Type {
  if (type.kind !== 'pointer' || through.type.kind !== 'pointer') return type;
  const byDefault = scope.context.program.context.space;
  const around = through.type.space === 'none' ? byDefault : through.type.space;
  if (around === 'user') return pointerTo(type.to, 'user');
  return type.space === 'none' ? pointerTo(type.to, around === 'kernel' ? around : byDefault) : type;
}

/** Nesting of anonymous members that C code has; deeper ones would be a fault of the type information. */
const anonymousDepthMax = 16;

/** A field by its name, also within anonymous members; offsets count from the outermost struct. */
function findField(scope: Scope, struct: StructType, name: string, depth = 0): Field | undefined {
  const fields = scope.facts.fieldsOf(struct);
  const own = fields.find((field) => field.name === name);
  if (own || depth >= anonymousDepthMax) return own;
  for (const outer of fields) {
    if (outer.name !== '' || outer.type.kind !== 'struct') continue;
    const inner = findField(scope, outer.type, name, depth + 1);
    if (inner) return moved(inner, outer.offset);
  }
  return undefined;
}

const moved = (field: Field, offset: number): Field => ({
  ...field,
  offset: offset + field.offset,
  ...(field.bits && { bits: { start: offset * 8 + field.bits.start, width: field.bits.width } }),
});

function fieldNames(scope: Scope, struct: StructType, depth = 0): readonly string[] {
  if (depth >= anonymousDepthMax) return [];
  return scope.facts.fieldsOf(struct).flatMap(({ name, type }) => {
    if (name !== '') return [name];
    return type.kind === 'struct' ? fieldNames(scope, type, depth + 1) : [];
  });
}

function inferTupleElement(scope: Scope, object: Inferred, { text, span: at }: Name, span: Span): Inferred {
  const of = object.expr.type.kind === 'tuple' ? object.expr.type.of : [];
  const index = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  const type = of[index];
  if (type === undefined) {
    const range =
      of.length === 0
        ? 'This tuple is empty'
        : `This tuple has ${of.length} elements, .0 to .${of.length - 1}`;
    scope.report.error('index-out-of-range', range, at);
    return wrong(span);
  }
  return {
    expr: { kind: 'element', type, tuple: object.expr, index, span },
    flexible: flexibleElement(object.flexible, index),
  };
}

export function inferIndex(scope: Scope, expr: Extract<Expr, { kind: 'index' }>): Inferred {
  const { span } = expr;
  const object = infer(scope, expr.object);
  const index = infer(scope, expr.index);
  if (isWrong(object) || isWrong(index)) return wrong(span);
  const { type } = object.expr;
  if (!asInt(index.expr.type)) {
    scope.report.error(
      'wrong-argument-type',
      `An index is an integer, not ${typeName(index.expr.type)}`,
      index.expr.span,
    );
    return wrong(span);
  }
  if (type.kind === 'tuple') return inferTupleIndex(scope, object, index.expr, span);
  if (type.kind === 'array') return inferElement(scope, object.expr, type, index.expr, span);
  if (type.kind === 'pointer' && type.space !== 'context')
    return pointerElement(scope, object.expr, type, widen(index.expr, true), span);
  scope.report.error('not-a-pointer', `${typeName(type)} has no elements`, expr.object.span);
  return wrong(span);
}

function inferTupleIndex(scope: Scope, object: Inferred, index: TypedExpr, span: Span): Inferred {
  if (index.kind === 'constant')
    return inferTupleElement(scope, object, { text: String(index.value), span: index.span }, span);
  scope.report.error(
    'bad-operand',
    "A tuple's element is named by a number known when compiling",
    index.span,
    {
      hints: ['Elements may differ in type: write .0, .1 …'],
    },
  );
  return wrong(span);
}

/** Of arrays whose length the types don't tell: beyond, it is a slip. */
const indexMax = 1n << 20n;

function inferElement(
  scope: Scope,
  array: TypedExpr,
  type: ArrayType,
  index: TypedExpr,
  span: Span,
): Inferred {
  const constant = index.kind === 'constant' ? index.value : undefined;
  // An array without a length (the last member of a struct) goes on as far as its maker knows.
  const isBounded = type.length > 0;
  if (constant !== undefined && (constant < 0n || constant >= (isBounded ? BigInt(type.length) : indexMax))) {
    scope.report.error(
      'index-out-of-range',
      isBounded
        ? `The array has ${type.length} elements, [0] to [${type.length - 1}]`
        : `The index of an array without a length is at least 0 and less than ${indexMax}`,
      index.span,
    );
    return wrong(span);
  }
  if (array.kind === 'load' && !array.dynamic) {
    const inPlace = elementInPlace(scope, array, type, constant ?? widen(index, true), span);
    if (inPlace) return firm(inPlace);
  }
  if (isScalar(type.of) && isBounded)
    return firm({ kind: 'array-element', type: type.of, array, index: widen(index, true), span });
  scope.report.error(
    'bad-operand',
    isBounded
      ? `Elements of type ${typeName(type.of)} can only be taken by a constant index here`
      : 'Where this array lies and ends is known at run time only: its elements can not be named',
    span,
    { hints: isBounded ? [] : ['buf() takes the whole array.'] },
  );
  return wrong(span);
}

/** An element of an array in memory is read from there, alone. The context can only be read at constant offsets. */
function elementInPlace(
  scope: Scope,
  { pointer, offset }: Extract<TypedExpr, { kind: 'load' }>,
  { of }: ArrayType,
  index: bigint | TypedExpr,
  span: Span,
): TypedExpr | undefined {
  const type = inSpace(scope, of, pointer);
  const stride = sizeOf(of);
  if (typeof index === 'bigint')
    return { kind: 'load', type, pointer, offset: offset + Number(index) * stride, span };
  if (pointer.type.kind !== 'pointer' || pointer.type.space === 'context') return undefined;
  const element: TypedExpr = { kind: 'advance', type: pointer.type, pointer, count: index, stride, span };
  return { kind: 'load', type, pointer: element, offset, span };
}

function pointerElement(
  scope: Scope,
  pointer: TypedExpr,
  type: PointerType,
  count: TypedExpr,
  span: Span,
): Inferred {
  if (type.to.kind === 'none') {
    scope.report.error('not-a-pointer', 'A void pointer does not tell what it leads to', pointer.span, {
      hints: ['Cast it: ((uint64 *)pointer)[0]'],
    });
    return wrong(span);
  }
  const target: TypedExpr =
    count.kind === 'constant' && count.value === 0n
      ? pointer
      : { kind: 'advance', type, pointer, count, stride: strideOf(type.to), span };
  return firm({ kind: 'load', type: inSpace(scope, type.to, pointer), pointer: target, offset: 0, span });
}

/** *p; of an integer, the uint64 at that address. */
export function inferDereference(scope: Scope, operand: Expr, span: Span): Inferred {
  const inferred = infer(scope, operand);
  if (isWrong(inferred)) return wrong(span);
  const { expr } = inferred;
  if (expr.type.kind === 'int') {
    const pointer = convertTo(expr, pointerTo(u64, 'none'));
    return firm({ kind: 'load', type: u64, pointer, offset: 0, span });
  }
  if (expr.type.kind !== 'pointer' || expr.type.space === 'context') {
    scope.report.error('not-a-pointer', `${typeName(expr.type)} is no pointer`, operand.span);
    return wrong(span);
  }
  return pointerElement(scope, expr, expr.type, { kind: 'constant', type: i64, value: 0n, span }, span);
}
