/**
 * The language's rules of types, written down a second time from its reference alone: what a value's type is, how the uses of a name
 * join, what a conversion keeps. Nothing of the compiler is used here, so that one can't hide the other's mistake.
 */

import type { ArithmeticOp, ComparisonOp, IntType } from './model.ts';

/** `flexible`: a literal, whose sign bends to what it meets. */
export type Known =
  | (IntType & { readonly flexible: boolean })
  | { readonly kind: 'bool' }
  | { readonly kind: 'text' }
  /** A record is a tuple with names, in their alphabetical order. */
  | { readonly kind: 'tuple'; readonly of: readonly Known[]; readonly names?: readonly string[] };

export type Word = boolean | bigint | string | readonly Word[];

export const int = (bits: IntType['bits'], signed: boolean, flexible = false): KnownInt => ({
  kind: 'int',
  bits,
  signed,
  flexible,
});

export type KnownInt = Extract<Known, { kind: 'int' }>;

export const wrap = ({ bits, signed }: IntType, value: bigint): bigint =>
  signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);

/** The smallest signed type that holds a number; it bends if it has no sign of its own. */
export function literalType(value: bigint): KnownInt {
  const bits = ([8, 16, 32, 64] as const).find((width) => BigInt.asIntN(width, value) === value);
  return bits === undefined ? int(64, false, true) : int(bits, true, value >= 0n);
}

export function joinInts(a: KnownInt, b: KnownInt): KnownInt {
  const bits = Math.max(a.bits, b.bits) as IntType['bits'];
  if (a.signed === b.signed) return int(bits, a.signed, a.flexible && b.flexible);
  if (a.flexible !== b.flexible) return int(bits, a.flexible ? b.signed : a.signed);
  const [signed, unsigned] = a.signed ? [a, b] : [b, a];
  if (signed.bits > unsigned.bits) return int(signed.bits, true);
  return int(Math.min(64, bits * 2) as IntType['bits'], true);
}

/** The type that holds all of what two values are. */
export function join(a: Known | undefined, b: Known): Known {
  if (a === undefined) return b;
  if (a.kind === 'int' && b.kind === 'int') return joinInts(a, b);
  if (a.kind === 'tuple' && b.kind === 'tuple')
    return { ...a, of: a.of.map((part, index) => join(part, b.of[index] ?? part)) };
  if (a.kind !== b.kind) throw new Error(`the generator mixed ${a.kind} and ${b.kind}`);
  return a;
}

export function convert(value: Word, to: Known): Word {
  if (to.kind === 'int') return wrap(to, number(value));
  if (to.kind === 'tuple')
    return parts(value).map((part, index) => {
      const type = to.of[index];
      return type === undefined ? part : convert(part, type);
    });
  return value;
}

/** Both operands are read in 64 bits, with a sign if either has one; a literal takes the other's, a shift is its left operand's. */
export function operandType(op: ArithmeticOp, a: KnownInt, b: KnownInt): IntType {
  const bothBend = a.flexible === b.flexible && a.flexible;
  if (op === '<<' || op === '>>') return int(64, a.signed);
  if (a.flexible !== b.flexible) return int(64, a.flexible ? b.signed : a.signed);
  return int(64, bothBend ? a.signed && b.signed : a.signed || b.signed);
}

/** A difference may be negative, whatever its operands are. */
export const resultType = (op: ArithmeticOp, operands: IntType): IntType =>
  op === '-' ? int(64, true) : operands;

export function compute(op: ArithmeticOp, left: bigint, right: bigint): bigint {
  const count = BigInt.asUintN(6, right);
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0n ? 1n : left / right;
    case '%':
      return right === 0n ? 1n : left % right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
      return left << count;
    case '>>':
      return left >> count;
  }
}

export function isTrue(value: Word): boolean {
  if (typeof value === 'string') return value !== '';
  return value !== false && value !== 0n;
}

export function number(value: Word): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  throw new Error('the generator put something else where a number stands');
}

export function parts(value: Word): readonly Word[] {
  if (typeof value === 'object') return value;
  throw new Error('the generator put something else where a tuple stands');
}

function equal(a: Word, b: Word): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return a.every((part, index) => equal(part, b[index] ?? false));
}

/** Of two values of one type. */
export function compare(op: ComparisonOp, first: Word, second: Word): boolean {
  if (op === '==') return equal(first, second);
  if (op === '!=') return !equal(first, second);
  const difference = number(first) - number(second);
  if (op === '<') return difference < 0n;
  if (op === '<=') return difference <= 0n;
  return op === '>' ? difference > 0n : difference >= 0n;
}

/** What a map gives for a key that it doesn't have. */
export function zeroOf(type: Known): Word {
  switch (type.kind) {
    case 'int':
      return 0n;
    case 'bool':
      return false;
    case 'text':
      return '';
    case 'tuple':
      return type.of.map(zeroOf);
  }
}
