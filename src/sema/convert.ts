/** Types meet: joins of all uses of a name, and conversions that make a value fit. Pure; knows no names. */

import { present } from '../base/assert.ts';
import type { AggregateType, IntType, PointerType, StructType, TupleType, Type } from '../types/type.ts';
import { elementsFor, matchedElements } from '../types/tuple.ts';
import { errorType, i64, intType, pointerTo, sameType, stack } from '../types/type.ts';
import { foldConversion } from './fold.ts';
import type { TypedExpr } from './typed-tree.ts';

/** What of a value is a literal, whose sign bends to what it meets; of a tuple, element by element. */
export type Flexible = boolean | readonly Flexible[];

/** A type as inference holds it. */
export interface Known {
  readonly type: Type;
  readonly flexible: Flexible;
}

export const known = (type: Type): Known => ({ type, flexible: false });

/** True for numbers whose sign may still bend. */
export const bends = ({ flexible }: { readonly flexible: Flexible }): boolean => flexible === true;

export const flexibleElement = (flexible: Flexible, index: number): Flexible =>
  typeof flexible === 'boolean' ? flexible : (flexible[index] ?? false);

/** The type that holds all values of both; undefined if there is none. */
export function joinKnown(a: Known, b: Known): Known | undefined {
  if (a.type.kind === 'error') return b;
  if (b.type.kind === 'error') return a;
  if (a.type.kind === 'tuple' && b.type.kind === 'tuple') return joinTuples(a, a.type, b, b.type);
  const type = joinTypes(a, b);
  return type && { type, flexible: bends(a) && bends(b) };
}

/** Element by element; of two records by name, in the order of the first. */
function joinTuples(a: Known, left: TupleType, b: Known, right: TupleType): Known | undefined {
  const parts = elementsFor(right, left)?.map((from, index) =>
    joinKnown(elementKnown(a, left, index), elementKnown(b, right, from)),
  );
  if (!parts?.every((part) => part !== undefined)) return undefined;
  return {
    type: { ...left, of: parts.map(({ type }) => type) },
    flexible: parts.map(({ flexible }) => flexible),
  };
}

const elementKnown = ({ flexible }: Known, { of }: TupleType, index: number): Known => ({
  type: of[index] ?? errorType,
  flexible: flexibleElement(flexible, index),
});

function joinTypes(a: Known, b: Known): Type | undefined {
  const [left, right] = [asNumber(a.type, b.type), asNumber(b.type, a.type)];
  if (left.kind === 'aggregate' && right.kind === 'aggregate')
    return joinAggregates(left, bends(a), right, bends(b));
  if (left.kind === 'int' && right.kind === 'int') return joinInts(left, bends(a), right, bends(b));
  if (left.kind === 'pointer' && right.kind === 'int') return bends(b) ? left : undefined;
  if (left.kind === 'int' && right.kind === 'pointer') return bends(a) ? right : undefined;
  if (isAddress(left) && isAddress(right)) return joinAddresses(left, bends(a), right, bends(b));
  return joinOthers(left, right);
}

/** One aggregation with the same parameters; it counts with a sign if anything that it is given has one. Literals bend, as in joinInts. */
function joinAggregates(
  left: AggregateType,
  leftFlexible: boolean,
  right: AggregateType,
  rightFlexible: boolean,
): Type | undefined {
  const firm = [...(leftFlexible ? [] : [left]), ...(rightFlexible ? [] : [right])];
  const signed = firm.length > 0 ? firm.some((type) => type.signed) : left.signed && right.signed;
  const joined = { ...left, signed };
  return sameType(joined, { ...right, signed }) ? joined : undefined;
}

/** Enums of one kind stay what they are; beside another number they are their integers. */
const asNumber = (type: Type, beside: Type): Type =>
  type.kind === 'enum' && !sameType(type, beside) ? intType(type.bytes, type.signed) : type;

function joinOthers(left: Type, right: Type): Type | undefined {
  if (left.kind === 'string' && right.kind === 'string') {
    const widest = left.capacity >= right.capacity ? left : right;
    return left.mayBeCut || right.mayBeCut ? { ...widest, mayBeCut: true } : widest;
  }
  if (left.kind === 'buffer' && right.kind === 'buffer')
    return left.capacity >= right.capacity ? left : right;
  if (left.kind === 'pointer' && right.kind === 'pointer') return joinPointers(left, right);
  if (
    left.kind === 'stack' &&
    right.kind === 'stack' &&
    left.space === right.space &&
    left.mode === right.mode
  )
    return stack(left.space, Math.max(left.depth, right.depth), left.mode);
  if (left.kind === 'struct' && right.kind === 'struct') return joinStructs(left, right);
  return sameType(left, right) ? left : undefined;
}

/** Copies of one memory, for the pointers in them must be followed there. */
function joinStructs(left: StructType, right: StructType): Type | undefined {
  const isOneMemory = left.space === undefined || right.space === undefined || left.space === right.space;
  return isOneMemory && sameType(left, right) ? { ...right, ...left } : undefined;
}

const isAddress = (type: Type): type is PointerType => type.kind === 'pointer' && type.space === 'program';

/** Of a variable: what it leads to widens with the variable. Whether the addresses of two variables go together is seen by `fits`, in the end. */
function joinAddresses(
  left: PointerType,
  leftFlexible: boolean,
  right: PointerType,
  rightFlexible: boolean,
): Type | undefined {
  if (left.to.kind === 'none' || right.to.kind === 'none') return joinPointers(left, right);
  const to = joinKnown(
    { type: left.to, flexible: leftFlexible },
    { type: right.to, flexible: rightFlexible },
  );
  return to && pointerTo(to.type, 'program');
}

/** A void pointer goes with any other; the space must be one, for a read would go wrong otherwise. */
function joinPointers(left: PointerType, right: PointerType): Type | undefined {
  if (left.space !== right.space && left.space !== 'none' && right.space !== 'none') return undefined;
  const space = left.space === 'none' ? right.space : left.space;
  if (left.to.kind === 'none') return pointerTo(right.to, space);
  return right.to.kind === 'none' || sameType(left.to, right.to) ? pointerTo(left.to, space) : undefined;
}

/** Same sign: the wider. A literal takes the other's sign. Mixed: signed, twice as wide as the wider unless it is wide enough. */
export function joinInts(a: IntType, aFlexible: boolean, b: IntType, bFlexible: boolean): IntType {
  const bytes = Math.max(a.bytes, b.bytes) as IntType['bytes'];
  if (a.signed === b.signed) return withOrigin(intType(bytes, a.signed), a, b);
  // Of two literals of different signs one is too large for a signed type.
  if (aFlexible && bFlexible) return intType(bytes, false);
  if (aFlexible !== bFlexible) return withOrigin(intType(bytes, aFlexible ? b.signed : a.signed), a, b);
  const [signed, unsigned] = a.signed ? [a, b] : [b, a];
  if (signed.bytes > unsigned.bytes) return signed;
  return intType(Math.min(8, bytes * 2) as IntType['bytes'], true);
}

/** A time stays one beside plain numbers, an address one of its memory; of times of two clocks nobody can tell any more. */
export function withOrigin(type: IntType, a: IntType, b: IntType): IntType {
  const clock = common(a.clock, b.clock);
  const space = common(a.space, b.space);
  return { ...type, ...(clock && { clock }), ...(space && { space }) };
}

const common = <T>(a: T | undefined, b: T | undefined): T | undefined =>
  a === b || b === undefined ? a : a === undefined ? b : undefined;

/** Whether a value of one type can stand where another is wanted, without a cast. */
export function fits(from: Type, to: Type): boolean {
  if (from.kind === 'error' || to.kind === 'error' || sameType(from, to)) return true;
  if (isNumber(from) && isNumber(to)) return true;
  if (from.kind === 'pointer' && to.kind === 'pointer') return joinOthers(from, to) !== undefined;
  if (from.kind === 'pointer' || to.kind === 'pointer') return isNumber(from) || isNumber(to);
  if (from.kind === 'tuple' && to.kind === 'tuple')
    return elementsFor(from, to)?.every((source, index) => fitsAt(from, source, to, index)) ?? false;
  if (from.kind === 'stack' && to.kind === 'stack') return joinOthers(from, to) !== undefined;
  return (from.kind === 'string' && to.kind === 'string') || (from.kind === 'buffer' && to.kind === 'buffer');
}

const fitsAt = (from: TupleType, source: number, to: TupleType, index: number): boolean =>
  fits(from.of[source] ?? errorType, to.of[index] ?? errorType);

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
  if (expr.kind === 'tuple' && type.kind === 'tuple') return convertElements(expr, type);
  return { kind: 'convert', type, operand: expr, span: expr.span };
}

function convertElements(expr: Extract<TypedExpr, { kind: 'tuple' }>, type: TupleType): TypedExpr {
  const elements = matchedElements(expr.type, type).map((from, index) => {
    const element = present(expr.elements[from], 'element');
    return convertTo(element, type.of[index] ?? element.type);
  });
  return { ...expr, type, elements };
}

/** To 64 bits, of the given sign. */
export const widen = (expr: TypedExpr, signed: boolean): TypedExpr =>
  convertTo(expr, signed ? i64 : intType(8, false));
