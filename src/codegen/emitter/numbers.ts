/** Numbers: the part of the emitter that computes in registers. */

import { assert } from '../../base/assert.ts';
import type { CompareOp, Scalar } from '../../builtins/emitter.ts';
import type { Comparison } from '../llvm/fold.ts';
import type { FunctionBuilder } from '../llvm/ir.ts';
import type { IntegerIrType, IrValue } from '../llvm/ir-value.ts';
import { bitsOf, constant, i1 } from '../llvm/ir-value.ts';
import { Register, registerOf } from '../values.ts';

const comparisons = {
  '==': ['eq', 'eq'],
  '!=': ['ne', 'ne'],
  '<': ['ult', 'slt'],
  '<=': ['ule', 'sle'],
  '>': ['ugt', 'sgt'],
  '>=': ['uge', 'sge'],
} as const satisfies Record<CompareOp, readonly [unsigned: Comparison, signed: Comparison]>;

export const integerTypes = { 1: 'i1', 8: 'i8', 16: 'i16', 32: 'i32', 64: 'i64' } as const satisfies Record<
  Scalar['bits'],
  IntegerIrType
>;

export class NumberEmitter {
  readonly builder: FunctionBuilder;

  constructor(builder: FunctionBuilder) {
    this.builder = builder;
  }

  int(value: number | bigint, bits: 8 | 16 | 32 | 64 = 64): Register {
    return new Register(constant(integerTypes[bits], value));
  }

  truth(value: boolean): Register {
    return new Register(i1(value));
  }

  add(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('add', a, b, 'sum');
  }
  subtract(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('sub', a, b, 'difference');
  }
  multiply(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('mul', a, b, 'product');
  }
  divide(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('udiv', a, b, 'quotient');
  }
  modulo(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('urem', a, b, 'remainder');
  }
  and(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('and', a, b, 'and');
  }
  or(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('or', a, b, 'or');
  }
  xor(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('xor', a, b, 'xor');
  }
  shiftLeft(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('shl', a, b, 'shifted');
  }
  shiftRight(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('lshr', a, b, 'shifted');
  }
  shiftRightSigned(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('ashr', a, b, 'shifted');
  }

  #binary(
    operation: Parameters<FunctionBuilder['binary']>[0],
    a: Scalar,
    b: Scalar | number | bigint,
    name: string,
  ): Register {
    const left = registerOf(a).ir;
    return new Register(this.builder.binary(operation, left, this.#like(left, b), name));
  }

  /** The second operand, as wide as the first. */
  #like(left: IrValue, b: Scalar | number | bigint): IrValue {
    if (typeof b !== 'number' && typeof b !== 'bigint') return registerOf(b).ir;
    assert(left.type !== 'ptr', 'numbers go with numbers');
    return constant(left.type, b);
  }

  byteSwap(a: Scalar): Register {
    return new Register(this.builder.byteSwap(registerOf(a).ir, 'swapped'));
  }

  compare(op: CompareOp, a: Scalar, b: Scalar | number | bigint, signed = false): Register {
    const left = registerOf(a).ir;
    return new Register(this.builder.icmp(comparisons[op][signed ? 1 : 0], left, this.#like(left, b), 'is'));
  }

  select(condition: Scalar, a: Scalar, b: Scalar): Register {
    return new Register(
      this.builder.select(registerOf(condition).ir, registerOf(a).ir, registerOf(b).ir, 'chosen'),
    );
  }

  resize(a: Scalar, bits: Scalar['bits'], signed = false): Register {
    const { ir } = registerOf(a);
    if (bitsOf(ir.type) === bits) return registerOf(a);
    const type = integerTypes[bits];
    if (bitsOf(ir.type) > bits) return new Register(this.builder.trunc(ir, type, 'low'));
    // A truth value is 0 or 1, whatever the sign.
    if (signed && ir.type !== 'i1') return new Register(this.builder.sext(ir, type, 'wide'));
    return new Register(this.builder.zext(ir, type, 'wide'));
  }
}
