/** Division and modulo as the language has them: signed ones truncate as in C; by zero gives 1 and a warning. */

import type { Span } from '../base/span.ts';
import { runtimeWarning } from '../builtins/runtime-warning.ts';
import type { BpfEmitter } from './bpf-emitter.ts';
import type { Register } from './values.ts';

const message = 'Division or modulo by zero: the result is taken as 1';

/** Operands of 64 bits. */
export function emitDivision(
  out: BpfEmitter,
  op: '/' | '%',
  left: Register,
  right: Register,
  signed: boolean,
  span: Span,
): Register {
  const divide = () =>
    signed ? signedDivision(out, op, left, right) : unsignedDivision(out, op, left, right);
  if (right.ir.constant !== undefined && right.ir.constant !== 0n) return divide();
  return out.choose(
    out.compare('==', right, 0),
    () => {
      out.submit(runtimeWarning, { place: out.place(span, message) });
      return out.int(1);
    },
    divide,
  );
}

const unsignedDivision = (out: BpfEmitter, op: '/' | '%', left: Register, right: Register): Register =>
  op === '/' ? out.divide(left, right) : out.modulo(left, right);

/** By magnitudes: older kernels and LLVM versions have no signed division. INT64_MIN is its own magnitude, read as unsigned: that comes out right. */
function signedDivision(out: BpfEmitter, op: '/' | '%', left: Register, right: Register): Register {
  const leftSign = out.shiftRightSigned(left, 63);
  const rightSign = out.shiftRightSigned(right, 63);
  const magnitude = (value: Register, sign: Register) => out.subtract(out.xor(value, sign), sign);
  const result = unsignedDivision(out, op, magnitude(left, leftSign), magnitude(right, rightSign));
  // The quotient is negative if the signs differ; the remainder has the dividend's.
  const sign = op === '/' ? out.xor(leftSign, rightSign) : leftSign;
  return out.subtract(out.xor(result, sign), sign);
}
