/** Casts: which are possible, and what becomes of pointers' spaces and of arrays without a length. */

import type { Expr } from '../parser/ast.ts';
import { isScalar, sizeOf } from '../types/layout.ts';
import { typeName } from '../types/type-name.ts';
import type { EnumType, IntType, Type } from '../types/type.ts';
import { arrayOf, intType, pointerTo, sameType } from '../types/type.ts';
import { bends, convertTo } from './convert.ts';
import type { Inferred } from './infer-expression.ts';
import { firm, infer, isWrong, value, wrong } from './infer-expression.ts';
import { resolveType } from './resolve-type.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed-tree.ts';

export function inferCast(scope: Scope, expr: Extract<Expr, { kind: 'cast' }>): Inferred {
  const { span } = expr;
  const inferred = infer(scope, expr.operand);
  const written = resolveType(scope, expr.type);
  if (isWrong(inferred) || written.kind === 'error') return wrong(span);
  const operand = value(scope, inferred);
  if (operand.type.kind === 'error') return wrong(span);
  const type = complete(written, operand.type);
  const fitted = inferred.literal ? sized(operand, type) : operand;
  const refusal = refuseCast(fitted, type);
  if (refusal) {
    scope.report.error('bad-cast', refusal.message, span, { hints: refusal.hints });
    return wrong(span);
  }
  // Scripts cast curtask, which was a number once: of pointers it is no news.
  if (sameType(operand.type, type) && !bends(inferred) && type.kind !== 'pointer' && !inferred.gathered)
    scope.report.warning(
      'bad-cast',
      `This is of type ${typeName(type)} already: the cast does nothing`,
      span,
    );
  return firm({ ...convertTo(fitted, type), span });
}

/** What the written type leaves open: uint8[] takes as many elements as the operand has bytes for, an address stays in its memory. */
function complete(type: Type, operand: Type): Type {
  const space = operand.kind === 'pointer' || operand.kind === 'int' ? operand.space : undefined;
  if (type.kind === 'pointer') return pointerTo(type.to, space ?? type.space);
  // As a number, what each CPU has its own of is on its way to an address of the kernel.
  if (type.kind === 'int' && type.bytes === 8 && space)
    return { ...type, space: space === 'percpu' ? 'kernel' : space };
  if (type.kind !== 'array' || type.length > 0 || operand.kind === 'aggregate') return type;
  return arrayOf(type.of, Math.floor(sizeOf(operand) / Math.max(1, sizeOf(type.of))));
}

/** A literal is as wide as the array wants it. */
function sized(operand: TypedExpr, type: Type): TypedExpr {
  if (type.kind !== 'array' || operand.type.kind !== 'int') return operand;
  const bytes = ([1, 2, 4, 8] as const).find((width) => width === sizeOf(type));
  return bytes === undefined || bytes < operand.type.bytes
    ? operand
    : convertTo(operand, widthOf(operand.type, bytes));
}

const widthOf = ({ signed }: IntType, bytes: IntType['bytes']): IntType => intType(bytes, signed);

function refuseCast(
  operand: TypedExpr,
  type: Type,
): { readonly message: string; readonly hints: readonly string[] } | undefined {
  const isVariant = type.kind === 'enum' && operand.kind === 'constant';
  if (isVariant && !hasVariant(type, operand.value))
    return { message: `${operand.value} is no value of ${typeName(type)}`, hints: variantHints(type) };
  if (canCast(operand.type, type)) return undefined;
  return {
    message: `${typeName(operand.type)} can not be cast to ${typeName(type)}`,
    hints: castHints(operand.type, type),
  };
}

export const hasVariant = ({ variants }: EnumType, number: bigint): boolean =>
  variants.some(({ value: variant }) => variant === number);

function castHints(from: Type, type: Type): readonly string[] {
  if (type.kind === 'struct') return [`Cast to a pointer: (${typeName(type)} *)`];
  if (type.kind !== 'array' || !(isScalar(from) || from.kind === 'string')) return [];
  const [bytes, elementBytes] = [sizeOf(from), sizeOf(type.of)];
  return bytes % elementBytes === 0
    ? [`${typeName(from)} has ${bytes} bytes: (${typeName(type.of)}[${bytes / elementBytes}])`]
    : [`${typeName(from)} has ${bytes} bytes, which make no whole number of ${typeName(type.of)}.`];
}

const variantsShownMax = 8;

export function variantHints({ variants }: EnumType): readonly string[] {
  const shown = variants.slice(0, variantsShownMax).map(({ name, value: number }) => `${name} (${number})`);
  return shown.length === 0
    ? []
    : [`Its values are ${shown.join(', ')}${shown.length < variants.length ? ' …' : ''}.`];
}

function canCast(from: Type, type: Type): boolean {
  if (isScalar(type))
    return isScalar(from) || (type.kind === 'int' && from.kind === 'array' && sizeOf(from) === type.bytes);
  if (type.kind === 'array')
    return (isScalar(from) || from.kind === 'string') && sizeOf(type) === sizeOf(from) && sizeOf(type) > 0;
  return type.kind === 'string' && from.kind === 'string' && type.capacity >= from.capacity;
}
