/** Into memory and types: fields, elements, pointers, casts, and types as they are written. */

import { didYouMean } from '../base/did-you-mean.ts';
import type { Span } from '../base/span.ts';
import type { Expr, TypeSyntax } from '../parser/ast.ts';
import { isScalar, sizeOf } from '../types/layout.ts';
import { typeName } from '../types/type-name.ts';
import type { PointerType, StructType, Type } from '../types/type.ts';
import {
  arrayOf,
  bool,
  buffer,
  errorType,
  i16,
  i32,
  i64,
  i8,
  inet,
  none,
  pointerTo,
  sameType,
  string,
  u16,
  u32,
  u64,
  u8,
} from '../types/type.ts';
import { convertTo, isNumber, widen } from './convert.ts';
import type { Field } from './facts.ts';
import type { Inferred } from './infer-expression.ts';
import { asInt, firm, infer, isWrong, wrong } from './infer-expression.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed-tree.ts';

const named: Readonly<Record<string, Type>> = {
  bool,
  int8: i8,
  int16: i16,
  int32: i32,
  int64: i64,
  uint8: u8,
  uint16: u16,
  uint32: u32,
  uint64: u64,
  void: none,
  inet,
  // C's own names, as they mean on the 64-bit machines that BPF runs on.
  char: i8,
  short: i16,
  int: i32,
  long: i64,
  size_t: u64,
};

/** A type as written; what isn't known is reported. */
export function resolveType(scope: Scope, syntax: TypeSyntax): Type {
  switch (syntax.kind) {
    case 'named':
      return namedType(scope, syntax.name, syntax.span);
    case 'tagged':
      return taggedType(scope, syntax);
    case 'pointer': {
      const to = resolveType(scope, syntax.to);
      return to.kind === 'error' ? to : pointerTo(to, 'none');
    }
    case 'array':
      return arrayType(scope, syntax);
  }
}

function namedType(scope: Scope, name: string, span: Span): Type {
  if (name === 'string') return string(scope.facts.settings.maxStrlen);
  if (name === 'buffer') return buffer(scope.facts.settings.maxStrlen);
  const known = named[name] ?? scope.facts.typedef(name);
  if (known) return known;
  scope.report.error('unknown-type', `There is no type '${name}'`, span, {
    hints: didYouMean(name, [...Object.keys(named), 'string', 'buffer']),
  });
  return errorType;
}

function taggedType(scope: Scope, { keyword, name, span }: Extract<TypeSyntax, { kind: 'tagged' }>): Type {
  const found = keyword === 'enum' ? scope.facts.enum(name) : scope.facts.struct(keyword, name);
  if (found) return found;
  if (!scope.facts.hasBtf)
    scope.report.error(
      'btf-missing',
      `The kernel has no type information (BTF): ${keyword} ${name} can't be looked up`,
      span,
      {
        hints: ['Use a kernel built with CONFIG_DEBUG_INFO_BTF, or give a BTF file by TSTRACE_BTF.'],
      },
    );
  else
    scope.report.error('unknown-type', `The kernel has no ${keyword} ${name}`, span, {
      hints: didYouMean(name, scope.facts.typeNames(keyword)),
    });
  return errorType;
}

const arrayBytesMax = 4096;

function arrayType(scope: Scope, syntax: Extract<TypeSyntax, { kind: 'array' }>): Type {
  const { of, length, span } = syntax;
  const count = length === undefined ? 0 : Number(length);
  const isText = of.kind === 'named' && (of.name === 'string' || of.name === 'buffer');
  const element = isText ? u8 : resolveType(scope, of);
  if (element.kind === 'error') return element;
  if (
    length !== undefined &&
    (count < 1 ||
      !isSized(element) ||
      count * sizeOf(element) > Math.max(arrayBytesMax, scope.facts.settings.maxStrlen))
  ) {
    scope.report.error(
      'value-too-large',
      `${length} elements: an array has at least one, and at most ${arrayBytesMax} bytes`,
      span,
    );
    return errorType;
  }
  if (isText)
    return of.name === 'string'
      ? string(count || scope.facts.settings.maxStrlen)
      : buffer(count || scope.facts.settings.maxStrlen);
  return arrayOf(element, count);
}

const isSized = (type: Type): boolean =>
  type.kind !== 'none' && type.kind !== 'aggregate' && type.kind !== 'error';

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
  const { type } = object.expr;
  if (type.kind === 'tuple') return inferTupleElement(scope, object, name, span);
  const place = structPlace(object.expr);
  if (!place && type.kind === 'pointer' && type.to.kind === 'none' && !scope.facts.hasBtf) {
    scope.report.error(
      'btf-missing',
      "The kernel has no type information (BTF): it can't be said what this leads to",
      expr.object.span,
      { hints: ['Use a kernel built with CONFIG_DEBUG_INFO_BTF, or give a BTF file by TSTRACE_BTF.'] },
    );
    return wrong(span);
  }
  if (!place) {
    scope.report.error('not-a-pointer', `${typeName(type)} has no fields`, expr.object.span, {
      hints: isNumber(type) ? [`Cast it to say what it points to: ((struct NAME *)…)->${name.text}`] : [],
    });
    return wrong(span);
  }
  const field = findField(scope, place.struct, name.text);
  if (!field) {
    const names = fieldNames(scope, place.struct);
    scope.report.error('unknown-field', `${typeName(place.struct)} has no field '${name.text}'`, name.span, {
      hints: [
        ...didYouMean(name.text, names),
        ...(names.length > 0 && names.length <= 12 ? [`Its fields are ${names.join(', ')}.`] : []),
      ],
    });
    return wrong(span);
  }
  return fieldOf(scope, place, field, span);
}

function structPlace(expr: TypedExpr): StructPlace | undefined {
  const { type } = expr;
  if (type.kind === 'pointer' && type.to.kind === 'struct')
    return { struct: type.to, pointer: expr, offset: 0 };
  if (type.kind === 'struct' && expr.kind === 'load')
    return { struct: type, pointer: expr.pointer, offset: expr.offset };
  return undefined;
}

function fieldOf(scope: Scope, { pointer, offset }: StructPlace, field: Field, span: Span): Inferred {
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

/** A pointer that lies in the process's memory leads into it too; one in the kernel's or in the context as the probe has it. */
function inSpace(scope: Scope, type: Type, through: TypedExpr): Type {
  if (type.kind !== 'pointer' || type.space !== 'none' || through.type.kind !== 'pointer') return type;
  const space =
    through.type.space === 'kernel' || through.type.space === 'user'
      ? through.type.space
      : scope.context.program.context.space;
  return pointerTo(type.to, space);
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
    if (inner)
      return {
        ...inner,
        offset: outer.offset + inner.offset,
        ...(inner.bits && { bits: { start: outer.offset * 8 + inner.bits.start, width: inner.bits.width } }),
      };
  }
  return undefined;
}

function fieldNames(scope: Scope, struct: StructType, depth = 0): readonly string[] {
  if (depth >= anonymousDepthMax) return [];
  return scope.facts
    .fieldsOf(struct)
    .flatMap((field) =>
      field.name !== ''
        ? [field.name]
        : field.type.kind === 'struct'
          ? fieldNames(scope, field.type, depth + 1)
          : [],
    );
}

function inferTupleElement(
  scope: Scope,
  object: Inferred,
  name: { readonly text: string; readonly span: Span },
  span: Span,
): Inferred {
  const { type } = object.expr;
  const index = /^\d+$/.test(name.text) ? Number(name.text) : Number.NaN;
  const element = type.kind === 'tuple' ? type.of[index] : undefined;
  if (type.kind !== 'tuple' || element === undefined) {
    const count = type.kind === 'tuple' ? type.of.length : 0;
    scope.report.error(
      'index-out-of-range',
      `This tuple has ${count} elements, .0 to .${count - 1}`,
      name.span,
    );
    return wrong(span);
  }
  if (object.expr.kind === 'tuple')
    return firm({ kind: 'element', type: element, tuple: object.expr, index, span });
  return firm({ kind: 'element', type: element, tuple: object.expr, index, span });
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
  const constant = index.expr.kind === 'constant' ? index.expr.value : undefined;
  const count = widen(index.expr, true);
  if (type.kind === 'pointer' && type.space !== 'context')
    return pointerElement(scope, object.expr, type, count, span);
  if (type.kind === 'tuple' && constant !== undefined)
    return inferTupleElement(scope, object, { text: String(constant), span: index.expr.span }, span);
  if (type.kind !== 'array') {
    scope.report.error('not-a-pointer', `${typeName(type)} has no elements`, expr.object.span);
    return wrong(span);
  }
  if (constant !== undefined && type.length > 0 && (constant < 0n || constant >= BigInt(type.length))) {
    scope.report.error(
      'index-out-of-range',
      `The array has ${type.length} elements, [0] to [${type.length - 1}]`,
      index.expr.span,
    );
    return wrong(span);
  }
  return arrayElement(scope, object.expr, type.of, constant, count, span);
}

function arrayElement(
  scope: Scope,
  array: TypedExpr,
  of: Type,
  constant: bigint | undefined,
  count: TypedExpr,
  span: Span,
): Inferred {
  if (array.kind === 'load') {
    const type = inSpace(scope, of, array.pointer);
    const { pointer, offset } = array;
    if (constant !== undefined)
      return firm({ kind: 'load', type, pointer, offset: offset + Number(constant) * sizeOf(of), span });
    if (pointer.type.kind === 'pointer' && pointer.type.space !== 'context') {
      const element: TypedExpr = {
        kind: 'advance',
        type: pointer.type,
        pointer,
        count,
        stride: sizeOf(of),
        span,
      };
      return firm({ kind: 'load', type, pointer: element, offset, span });
    }
  }
  if (isScalar(of)) return firm({ kind: 'array-element', type: of, array, index: count, span });
  scope.report.error(
    'bad-operand',
    `Elements of type ${typeName(of)} can only be taken by a constant index here`,
    span,
  );
  return wrong(span);
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
  const stride = sizeOf(type.to);
  const target: TypedExpr =
    count.kind === 'constant' && count.value === 0n
      ? pointer
      : { kind: 'advance', type, pointer, count, stride, span };
  return firm({ kind: 'load', type: inSpace(scope, type.to, pointer), pointer: target, offset: 0, span });
}

/** *p; of an integer, the uint64 at that address. */
export function inferDereference(scope: Scope, operand: Expr, span: Span): Inferred {
  const inferred = infer(scope, operand);
  if (isWrong(inferred)) return wrong(span);
  const { expr } = inferred;
  if (asInt(expr.type)) {
    const pointer = convertTo(expr, pointerTo(u64, 'none'));
    return firm({ kind: 'load', type: u64, pointer, offset: 0, span });
  }
  if (expr.type.kind !== 'pointer' || expr.type.space === 'context') {
    scope.report.error('not-a-pointer', `${typeName(expr.type)} is no pointer`, operand.span);
    return wrong(span);
  }
  return pointerElement(scope, expr, expr.type, { kind: 'constant', type: i64, value: 0n, span }, span);
}

export function inferCast(scope: Scope, expr: Extract<Expr, { kind: 'cast' }>): Inferred {
  const { span } = expr;
  const operand = infer(scope, expr.operand);
  const written = resolveType(scope, expr.type);
  if (isWrong(operand) || written.kind === 'error') return wrong(span);
  const type = completeArray(written, operand.expr.type);
  if (!canCast(operand.expr, type)) {
    scope.report.error(
      'bad-cast',
      `${typeName(operand.expr.type)} can not be cast to ${typeName(type)}`,
      span,
      {
        hints: type.kind === 'struct' ? [`Cast to a pointer: (${typeName(type)} *)`] : [],
      },
    );
    return wrong(span);
  }
  if (sameType(operand.expr.type, type) && !operand.flexible)
    scope.report.warning('bad-cast', `This is of type ${typeName(type)} already`, span);
  if (operand.expr.type.kind === 'string' && type.kind === 'array')
    return firm({ kind: 'convert', type, operand: operand.expr, span });
  return firm({ ...convertTo(operand.expr, type), span });
}

/** uint8[] takes as many elements as the operand has bytes for. */
function completeArray(type: Type, operand: Type): Type {
  if (type.kind !== 'array' || type.length > 0) return type;
  const bytes = isSized(operand) ? sizeOf(operand) : 0;
  return arrayOf(type.of, Math.floor(bytes / sizeOf(type.of)));
}

function canCast(operand: TypedExpr, type: Type): boolean {
  const from = operand.type;
  if (isScalar(type)) {
    if (type.kind === 'enum' && operand.kind === 'constant')
      return type.variants.some(({ value }) => value === operand.value);
    if (isScalar(from)) return from.kind !== 'pointer' || from.space !== 'context';
    return type.kind === 'int' && from.kind === 'array' && sizeOf(from) === type.bytes;
  }
  if (type.kind === 'array')
    return (isScalar(from) || from.kind === 'string') && sizeOf(type) === sizeOf(from) && sizeOf(type) > 0;
  return type.kind === 'string' && from.kind === 'string' && type.capacity >= from.capacity;
}
