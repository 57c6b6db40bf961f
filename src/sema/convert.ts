/** Types meet: joins of all uses of a name, and conversions that make a value fit. Pure; knows no names. */

import { sizeOf } from '../types/layout.ts';
import type { IntType, Type } from '../types/type.ts';
import { i64, intType, pointerTo, sameType, stack, tuple } from '../types/type.ts';
import { foldConversion } from './fold.ts';
import type { TypedExpr } from './typed-tree.ts';

/** A type as inference holds it: a literal's sign bends to what it meets. */
export interface Known {
  readonly type: Type;
  readonly flexible: boolean;
}

export const known = (type: Type): Known => ({ type, flexible: false });

/** The type that holds all values of both; undefined if there is none. */
export function joinKnown(a: Known, b: Known): Known | undefined {
  const type = joinTypes(a, b);
  return type && { type, flexible: a.flexible && b.flexible };
}

function joinTypes(a: Known, b: Known): Type | undefined {
  const [left, right] = [a.type, b.type];
  if (left.kind === 'error') return right;
  if (right.kind === 'error' || sameType(left, right)) return left;
  if (left.kind === 'enum' && right.kind === 'int') return joinTypes(known(enumInt(left)), b);
  if (right.kind === 'enum' && (left.kind === 'int' || left.kind === 'enum'))
    return joinTypes(a, known(enumInt(right)));
  if (left.kind === 'int' && right.kind === 'int') return joinInts(left, a.flexible, right, b.flexible);
  if (left.kind === 'pointer' && right.kind === 'int') return b.flexible ? left : undefined;
  if (left.kind === 'int' && right.kind === 'pointer') return a.flexible ? right : undefined;
  return joinOthers(left, right);
}

const enumInt = ({
  bytes,
  signed,
}: {
  readonly bytes: IntType['bytes'];
  readonly signed: boolean;
}): IntType => intType(bytes, signed);

function joinOthers(left: Type, right: Type): Type | undefined {
  if (left.kind === 'string' && right.kind === 'string') {
    const widest = left.capacity >= right.capacity ? left : right;
    return left.mayBeCut || right.mayBeCut ? { ...widest, mayBeCut: true } : widest;
  }
  if (left.kind === 'buffer' && right.kind === 'buffer')
    return left.capacity >= right.capacity ? left : right;
  if (left.kind === 'pointer' && right.kind === 'pointer') {
    if (left.to.kind === 'none' || right.to.kind === 'none') return left.to.kind === 'none' ? right : left;
    return sameType(left.to, right.to)
      ? pointerTo(left.to, left.space === 'none' ? right.space : left.space)
      : undefined;
  }
  if (
    left.kind === 'stack' &&
    right.kind === 'stack' &&
    left.space === right.space &&
    left.mode === right.mode
  )
    return stack(left.space, Math.max(left.depth, right.depth), left.mode);
  if (left.kind === 'tuple' && right.kind === 'tuple' && left.of.length === right.of.length) {
    const parts = left.of.map((type, index) => joinTypes(known(type), known(right.of[index] ?? type)));
    return parts.every((part) => part !== undefined) ? tuple(parts) : undefined;
  }
  return undefined;
}

/** Same sign: the wider. A literal takes the other's sign. Mixed: signed, twice as wide as the wider unless it is wide enough. */
export function joinInts(a: IntType, aFlexible: boolean, b: IntType, bFlexible: boolean): IntType {
  const bytes = Math.max(a.bytes, b.bytes) as IntType['bytes'];
  if (a.signed === b.signed) return a.bytes >= b.bytes ? a : b;
  if (aFlexible !== bFlexible) return intType(bytes, aFlexible ? b.signed : a.signed);
  const [signed, unsigned] = a.signed ? [a, b] : [b, a];
  if (signed.bytes > unsigned.bytes) return signed;
  return intType(Math.min(8, bytes * 2) as IntType['bytes'], true);
}

/** True if two integers of 64 bits and different signs meet: the result is signed, and large unsigned values turn negative. */
export function changesSign(a: Known, b: Known): boolean {
  if (a.type.kind !== 'int' || b.type.kind !== 'int' || a.flexible || b.flexible) return false;
  const unsigned = a.type.signed ? b.type : a.type;
  return a.type.signed !== b.type.signed && unsigned.bytes === 8;
}

/** Whether a value of one type can stand where another is wanted, without a cast. */
export function fits(from: Type, to: Type): boolean {
  if (from.kind === 'error' || to.kind === 'error' || sameType(from, to)) return true;
  if (isNumber(from) && isNumber(to)) return true;
  if (from.kind === 'pointer' && to.kind === 'pointer') return joinOthers(from, to) !== undefined;
  if (from.kind === 'pointer' || to.kind === 'pointer') return isNumber(from) || isNumber(to);
  if (from.kind === 'tuple' && to.kind === 'tuple')
    return (
      from.of.length === to.of.length && from.of.every((type, index) => fits(type, to.of[index] ?? type))
    );
  if (from.kind === 'stack' && to.kind === 'stack') return joinOthers(from, to) !== undefined;
  return (from.kind === 'string' && to.kind === 'string') || (from.kind === 'buffer' && to.kind === 'buffer');
}

export const isNumber = (type: Type): boolean =>
  type.kind === 'int' || type.kind === 'enum' || type.kind === 'bool';

/** What an `if` can ask of: anything that is zero or isn't. */
export const hasTruth = (type: Type): boolean =>
  isNumber(type) || type.kind === 'pointer' || type.kind === 'string' || type.kind === 'error';

/** Makes the conversion visible in the tree; constants are converted at once. The caller knows that it is possible. */
export function convertTo(expr: TypedExpr, type: Type): TypedExpr {
  if (sameType(expr.type, type) || expr.type.kind === 'error' || type.kind === 'error') return expr;
  if (expr.kind === 'constant') {
    const folded = foldConversion(expr, type);
    if (folded) return folded;
  }
  if (expr.kind === 'text' && type.kind === 'string' && type.capacity >= expr.type.capacity)
    return { ...expr, type };
  if (expr.kind === 'tuple' && type.kind === 'tuple')
    return {
      ...expr,
      type,
      elements: expr.elements.map((element, index) => convertTo(element, type.of[index] ?? element.type)),
    };
  return { kind: 'convert', type, operand: expr, span: expr.span };
}

/** To 64 bits, of the given sign. */
export const widen = (expr: TypedExpr, signed: boolean): TypedExpr =>
  convertTo(expr, signed ? i64 : intType(8, false));

/** Bytes of a type, where it has a size. */
export const bytesOf = (type: Type): number =>
  type.kind === 'error' || type.kind === 'aggregate' ? 0 : sizeOf(type);
