/** What the ports' Scalar and Memory are here: a value of LLVM IR, and a stretch of bytes behind an address. */

import { assert } from '../base/assert.ts';
import type { Memory, Operand, Scalar } from '../builtins/emitter.ts';
import type { IrPointer, IrValue } from './llvm/ir-value.ts';
import { bitsOf } from './llvm/ir-value.ts';

/** A number in a register. */
export class IrScalar implements Scalar {
  readonly bits: Scalar['bits'];
  readonly value: IrValue;

  constructor(value: IrValue) {
    const bits = bitsOf(value.type);
    assert(value.type !== 'ptr' && isWidth(bits), `a ${value.type} as a number`);
    this.bits = bits;
    this.value = value;
  }
}

/** Bytes from `offset` behind `base` on. Addresses are made only when they are used. */
export class IrMemory implements Memory {
  readonly base: IrPointer;
  readonly offset: number;
  readonly bytes: number;

  constructor(base: IrPointer, offset: number, bytes: number) {
    this.base = base;
    this.offset = offset;
    this.bytes = bytes;
  }

  part(offset: number, bytes: number): IrMemory {
    assert(
      offset >= 0 && bytes >= 0 && offset + bytes <= this.bytes,
      `bytes ${offset} to ${offset + bytes} of ${this.bytes}`,
    );
    return new IrMemory(this.base, this.offset + offset, bytes);
  }

  isSamePlaceAs(other: IrMemory): boolean {
    return this.base === other.base && this.offset === other.offset;
  }
}

const isWidth = (bits: number): bits is Scalar['bits'] => [1, 8, 16, 32, 64].includes(bits);

/** The ports' operands are ours: nobody else makes them. */
export function irScalar(scalar: Scalar): IrScalar {
  assert(scalar instanceof IrScalar, 'a scalar that this emitter has not made');
  return scalar;
}

export function irMemory(memory: Memory): IrMemory {
  assert(memory instanceof IrMemory, 'a memory that this emitter has not made');
  return memory;
}

export function isMemory(operand: Operand): operand is Memory {
  return 'bytes' in operand;
}
