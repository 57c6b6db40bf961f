/** Constants: what can be computed when compiling is, exactly, with 64 bits as the kernel has them. */

import type { IntType, Type } from '../types/type.ts';
import { bool, intType } from '../types/type.ts';
import type { ArithmeticOp, ComparisonOp, TypedExpr } from './typed-tree.ts';

type Constant = Extract<TypedExpr, { kind: 'constant' }>;

/** A number cut to a type's width, read with its sign. */
export function wrap(value: bigint, { bytes, signed }: Pick<IntType, 'bytes' | 'signed'>): bigint {
  return signed ? BigInt.asIntN(bytes * 8, value) : BigInt.asUintN(bytes * 8, value);
}

/** The smallest signed type that holds a literal; uint64 beyond the largest signed number. */
export function literalType(value: bigint): IntType {
  for (const bytes of [1, 2, 4, 8] as const)
    if (BigInt.asIntN(bytes * 8, value) === value) return intType(bytes, true);
  return intType(8, false);
}

export function foldConversion(constant: Constant, type: Type): Constant | undefined {
  const { value } = constant;
  switch (type.kind) {
    case 'int':
    case 'enum':
      return { ...constant, type, value: wrap(value, type) };
    case 'bool':
      return { ...constant, type: bool, value: value === 0n ? 0n : 1n };
    case 'pointer':
      return { ...constant, type, value: BigInt.asUintN(64, value) };
    default:
      return undefined;
  }
}

/** Of 64-bit operands; undefined where the result is for run time to find (division by zero). */
export function foldArithmetic(
  op: ArithmeticOp,
  left: bigint,
  right: bigint,
  leftSigned: boolean,
  result: IntType,
): bigint | undefined {
  const count = BigInt.asUintN(6, right);
  const compute = (): bigint | undefined => {
    switch (op) {
      case '+':
        return left + right;
      case '-':
        return left - right;
      case '*':
        return left * right;
      case '/':
        return right === 0n ? undefined : left / right;
      case '%':
        return right === 0n ? undefined : left % right;
      case '&':
        return left & right;
      case '|':
        return left | right;
      case '^':
        return left ^ right;
      case '<<':
        return left << count;
      case '>>':
        return (leftSigned ? left : BigInt.asUintN(64, left)) >> count;
    }
  };
  const value = compute();
  return value === undefined ? undefined : wrap(value, result);
}

export function foldComparison(op: ComparisonOp, left: bigint, right: bigint): boolean {
  switch (op) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}
