/** Arithmetic done now: operations on constants, with the wrap of the machine, and operations that change nothing. */

import { assert, assertNever } from '../../base/assert.ts';
import type { IntegerIrType, IrValue } from './ir-value.ts';
import { bitsOf, constant, signedConstant } from './ir-value.ts';

/** No signed division: LLVM 15 and 16 abort on it for BPF; it is lowered to these. */
export type BinaryOperation =
  'add' | 'sub' | 'mul' | 'udiv' | 'urem' | 'and' | 'or' | 'xor' | 'shl' | 'lshr' | 'ashr';

export type Comparison = 'eq' | 'ne' | 'ult' | 'ule' | 'ugt' | 'uge' | 'slt' | 'sle' | 'sgt' | 'sge';

/** The result if it is known without running: a constant, or one of the operands. */
export function foldBinary(
  operation: BinaryOperation,
  left: IrValue,
  right: IrValue,
  type: IntegerIrType,
): IrValue | undefined {
  if (left.constant !== undefined && right.constant !== undefined) {
    return constant(type, compute(operation, left.constant, right.constant, bitsOf(type)));
  }
  if (right.constant !== undefined && isNeutral(operation, right.constant, bitsOf(type))) return left;
  if (left.constant === 0n && (operation === 'add' || operation === 'or' || operation === 'xor'))
    return right;
  if (left.constant === 1n && operation === 'mul') return right;
  return undefined;
}

export function foldCompare(comparison: Comparison, left: IrValue, right: IrValue): boolean | undefined {
  if (left.constant === undefined || right.constant === undefined) return undefined;
  const signed = comparison.startsWith('s');
  const a = signed ? signedConstant(left) : left.constant;
  const b = signed ? signedConstant(right) : right.constant;
  switch (comparison) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'ult':
    case 'slt':
      return a < b;
    case 'ule':
    case 'sle':
      return a <= b;
    case 'ugt':
    case 'sgt':
      return a > b;
    case 'uge':
    case 'sge':
      return a >= b;
    default:
      return assertNever(comparison);
  }
}

/** What LLVM calls poison is a fault of ours: a shift by the width or more, a division by zero. */
export function requireDefined(operation: BinaryOperation, right: IrValue, type: IntegerIrType): void {
  if (right.constant === undefined) return;
  const isShift = operation === 'shl' || operation === 'lshr' || operation === 'ashr';
  assert(
    !isShift || right.constant < BigInt(bitsOf(type)),
    `${operation} of ${type} by ${right.constant} is undefined`,
  );
  const isDivision = operation === 'udiv' || operation === 'urem';
  assert(!isDivision || right.constant !== 0n, `${operation} by zero is undefined`);
}

/** Operands are unsigned; the caller cuts the result to the width. */
function compute(operation: BinaryOperation, left: bigint, right: bigint, bits: number): bigint {
  switch (operation) {
    case 'add':
      return left + right;
    case 'sub':
      return left - right;
    case 'mul':
      return left * right;
    case 'udiv':
      return left / right;
    case 'urem':
      return left % right;
    case 'and':
      return left & right;
    case 'or':
      return left | right;
    case 'xor':
      return left ^ right;
    case 'shl':
      return left << right;
    case 'lshr':
      return left >> right;
    case 'ashr':
      return BigInt.asIntN(bits, left) >> right;
    default:
      return assertNever(operation);
  }
}

function isNeutral(operation: BinaryOperation, right: bigint, bits: number): boolean {
  switch (operation) {
    case 'add':
    case 'sub':
    case 'or':
    case 'xor':
    case 'shl':
    case 'lshr':
    case 'ashr':
      return right === 0n;
    case 'mul':
    case 'udiv':
      return right === 1n;
    case 'and':
      return right === BigInt.asUintN(bits, -1n);
    case 'urem':
      return false;
    default:
      return assertNever(operation);
  }
}
