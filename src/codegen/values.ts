/** What the Emitter's scalars and memories are made of: IR values. */

import { assert } from '../base/assert.ts';
import type { Memory, Operand, Scalar } from '../builtins/emitter.ts';
import type { IrPointer, IrValue } from './llvm/ir-value.ts';
import { bitsOf } from './llvm/ir-value.ts';

/** A value in a register. Addresses are numbers of 64 bits here, except where an instruction wants a pointer. */
export class Register implements Scalar {
  readonly ir: IrValue;

  constructor(ir: IrValue) {
    this.ir = ir;
  }

  get bits(): Scalar['bits'] {
    const bits = bitsOf(this.ir.type);
    assert(
      bits === 1 || bits === 8 || bits === 16 || bits === 32 || bits === 64,
      `${bits} bits in a register`,
    );
    return bits;
  }
}

/** Bytes at an address. */
export class Place implements Memory {
  readonly pointer: IrPointer;
  readonly bytes: number;

  constructor(pointer: IrPointer, bytes: number) {
    this.pointer = pointer;
    this.bytes = bytes;
  }
}

export function registerOf(value: Operand): Register {
  assert(value instanceof Register, 'a scalar that the emitter has made');
  return value;
}

export function placeOf(value: Operand): Place {
  assert(value instanceof Place, 'a memory that the emitter has made');
  return value;
}
