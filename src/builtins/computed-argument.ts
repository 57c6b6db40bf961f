/** Arguments of USDT probes, which lie in registers, in memory or nowhere at all: the code that fetches them. */

import { Bug } from '../base/assert.ts';
import type { ArgumentSource, ComputedArgument } from '../probes/define.ts';
import type { Emitter, Scalar } from './emitter.ts';

/** 64 bits wide. What can't be read (memory that isn't there) is 0. */
export function emitComputed(out: Emitter, { from, bytes, type }: ComputedArgument): Scalar {
  const bits = bitsOf(bytes);
  switch (from.kind) {
    case 'constant':
      return out.int(type.signed ? BigInt.asIntN(bits, from.value) : BigInt.asUintN(bits, from.value));
    case 'register': {
      const whole = out.context(from.register);
      const shifted = from.shift === 0 ? whole : out.shiftRight(whole, from.shift);
      return out.resize(out.resize(shifted, bits), 64, type.signed);
    }
    case 'memory': {
      const read = out.reserve(bytes, 'argument');
      out.readMemory(read, bytes, emitAddress(out, from), 'user');
      return out.resize(out.load(read, 0, bits), 64, type.signed);
    }
    case 'unreadable':
      throw new Bug('an argument that can not be read is not available');
  }
}

type Memory = Extract<ArgumentSource, { kind: 'memory' }>;

function emitAddress(out: Emitter, { base, displacement, index }: Memory): Scalar {
  const start = base ? out.add(out.context(base), displacement) : out.int(displacement);
  return index ? out.add(start, emitIndex(out, index)) : start;
}

function emitIndex(out: Emitter, { register, shift, word }: NonNullable<Memory['index']>): Scalar {
  const whole = out.context(register);
  const wide = word === undefined ? whole : out.resize(out.resize(whole, 32), 64, word === 'signed');
  return shift === 0 ? wide : out.shiftLeft(wide, shift);
}

const widths = { 1: 8, 2: 16, 4: 32, 8: 64 } as const;
const bitsOf = (bytes: ComputedArgument['bytes']): 8 | 16 | 32 | 64 => widths[bytes];
