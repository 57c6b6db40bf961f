/** Elements of tuples and arrays by their index, and what pointers lead to. */

import type { Span } from '../base/span.ts';
import type { Expr } from '../parser/ast.ts';
import { sizeOf } from '../types/layout.ts';
import { typeName } from '../types/type-name.ts';
import type { ArrayType, PointerType } from '../types/type.ts';
import { i64, pointerTo, u64 } from '../types/type.ts';
import { convertTo, widen } from './convert.ts';
import type { Inferred } from './infer-expression.ts';
import { asInt, firm, infer, isWrong, strideOf, wrong } from './infer-expression.ts';
import { inferTupleIndex } from './infer-tuple.ts';
import { inSpace, partOf } from './memory-parts.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed-tree.ts';

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
  if (type.kind === 'tuple') return inferTupleIndex(scope, object, type, index.expr, span);
  if (type.kind === 'array') return inferElement(scope, object.expr, type, index.expr, span);
  if (type.kind === 'pointer' && type.space !== 'context')
    return pointerElement(scope, object.expr, type, widen(index.expr, true), span);
  scope.report.error('not-a-pointer', `${typeName(type)} has no elements`, expr.object.span);
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
  // An array without a length (the last member of a struct) goes on as far as its maker knows.
  const isBounded = type.length > 0;
  if (array.kind === 'load' && array.dynamic) {
    scope.report.error(
      'bad-operand',
      'Where this array lies and ends is known at run time only: its elements can not be named',
      span,
      { hints: ['buf() takes the whole array.'] },
    );
    return wrong(span);
  }
  if (index.kind !== 'constant') return firm(elementAt(scope, array, type, widen(index, true), span));
  if (index.value < 0n || index.value >= (isBounded ? BigInt(type.length) : indexMax)) {
    scope.report.error(
      'index-out-of-range',
      isBounded
        ? `The array has ${type.length} elements, [0] to [${type.length - 1}]`
        : `The index of an array without a length is at least 0 and less than ${indexMax}`,
      index.span,
    );
    return wrong(span);
  }
  const { of } = type;
  return firm(partOf(scope, array, { type: of, offset: Number(index.value) * sizeOf(of) }, span));
}

/** An element of an array in memory is read from there, alone. The context can only be read at constant offsets: there the array is copied. */
function elementAt(scope: Scope, array: TypedExpr, type: ArrayType, index: TypedExpr, span: Span): TypedExpr {
  const { of, length } = type;
  if (
    array.kind !== 'load' ||
    array.pointer.type.kind !== 'pointer' ||
    array.pointer.type.space === 'context'
  )
    return { kind: 'array-element', type: of, array, index, span };
  const { pointer, offset } = array;
  const element: TypedExpr = {
    kind: 'advance',
    type: pointer.type,
    pointer,
    count: index,
    stride: sizeOf(of),
    ...(length > 0 && { length }),
    span,
  };
  return { kind: 'load', type: inSpace(scope, of, array.pointer.type.space), pointer: element, offset, span };
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
  if (!isFollowable(scope, pointer)) return wrong(span);
  const target: TypedExpr =
    count.kind === 'constant' && count.value === 0n
      ? pointer
      : { kind: 'advance', type, pointer, count, stride: strideOf(type.to), span };
  return firm({ kind: 'load', type: inSpace(scope, type.to, type.space), pointer: target, offset: 0, span });
}

/** False, which has been told, for a pointer that is no address yet. */
export function isFollowable(scope: Scope, { type, span }: TypedExpr): boolean {
  if (type.kind !== 'pointer' || type.space !== 'percpu') return true;
  scope.report.error('not-a-pointer', 'Each CPU has its own of this: the pointer alone leads nowhere', span, {
    hints: [
      `Add the offset of a CPU: (${typeName(type)})((uint64)pointer + ((uint64 *)kaddr("__per_cpu_offset"))[cpu]).`,
    ],
  });
  return false;
}

/** *p; of an integer, the uint64 at that address. */
export function inferDereference(scope: Scope, operand: Expr, span: Span): Inferred {
  const inferred = infer(scope, operand);
  if (isWrong(inferred)) return wrong(span);
  const { expr } = inferred;
  if (expr.type.kind === 'int') {
    const pointer = convertTo(expr, pointerTo(u64, expr.type.space ?? 'none'));
    return firm({ kind: 'load', type: u64, pointer, offset: 0, span });
  }
  if (expr.type.kind !== 'pointer' || expr.type.space === 'context') {
    scope.report.error('not-a-pointer', `${typeName(expr.type)} is no pointer`, operand.span);
    return wrong(span);
  }
  return pointerElement(scope, expr, expr.type, { kind: 'constant', type: i64, value: 0n, span }, span);
}
