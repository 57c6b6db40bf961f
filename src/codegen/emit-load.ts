/** Reads of memory behind pointers: of the kernel, of the process, and of the program's context, which needs no helper. */

import { assert } from '../base/assert.ts';
import type { Operand, Scalar } from '../builtins/emitter.ts';
import type { TypedExpr } from '../sema/typed-tree.ts';
import { isScalar, sizeOf } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import { intType, u32 } from '../types/type.ts';
import type { Emission } from './emission.ts';
import type { ExprOf } from './emit-expression.ts';
import { asTruth, isSigned, scalarOf } from './emit-expression.ts';
import { widthOf } from './emit-record.ts';
import { integerType } from './llvm/ir-value.ts';
import { Register } from './values.ts';

/** Whose memory a pointer leads into. */
export const spaceOf = (emission: Emission, type: Type): 'kernel' | 'user' => {
  const space = type.kind === 'pointer' ? type.space : 'none';
  return space === 'kernel' || space === 'user' ? space : emission.out.program.context.space;
};

export interface Source {
  readonly address: Scalar;
  readonly space: 'kernel' | 'user';
}

/** Where a load reads from. */
export function sourceOf(emission: Emission, { pointer, offset, dynamic }: ExprOf<'load'>): Source {
  const { out } = emission;
  if (!isContext(pointer))
    return { address: out.add(pointerOf(emission, pointer), offset), space: spaceOf(emission, pointer.type) };
  const base = out.contextAddress();
  if (!dynamic) return { address: out.add(base, offset), space: 'kernel' };
  // __data_loc: where the data lie in the record is in the low half, their length in the high one.
  const location = out.context({ offset, type: u32 });
  return { address: out.add(base, out.and(out.resize(location, 64), 0xffff)), space: 'kernel' };
}

const isContext = (pointer: TypedExpr): boolean =>
  pointer.type.kind === 'pointer' && pointer.type.space === 'context';

/** A pointer that is only read through or compared with null: what comes straight from the context may stay a typed pointer. */
export function pointerOf(emission: Emission, expr: TypedExpr): Register {
  const { out } = emission;
  if (expr.kind === 'advance' && expr.count.kind === 'constant')
    return out.add(pointerOf(emission, expr.pointer), expr.count.value * BigInt(expr.stride));
  if (expr.kind === 'convert' && expr.type.kind === 'pointer' && expr.operand.type.kind === 'pointer')
    return pointerOf(emission, expr.operand);
  const isDirect = expr.kind === 'builtin' || (expr.kind === 'load' && isContext(expr.pointer));
  return isDirect ? out.keepingPointers(() => scalarOf(emission, expr)) : scalarOf(emission, expr);
}

export function emitLoad(emission: Emission, expr: ExprOf<'load'>): Operand {
  const { out } = emission;
  const { type } = expr;
  if (expr.bits) return emitBitfield(emission, expr, expr.bits);
  if (isScalar(type)) return asTruth(emission, type, loadNumber(emission, expr, expr.offset, sizeOf(type)));
  const place = out.reserve(sizeOf(type), 'read');
  const { address, space } = out.withoutLanding(() => sourceOf(emission, expr));
  if (type.kind === 'string') {
    // The helper leaves what is behind the NUL as it was.
    out.zero(place);
    out.readText(place, place.bytes, address, space);
  } else out.readMemory(place, place.bytes, address, space);
  return place;
}

/** 1, 2, 4 or 8 bytes behind the load's pointer. */
function loadNumber(emission: Emission, expr: ExprOf<'load'>, offset: number, bytes: number): Register {
  const { out } = emission;
  const isDirect = isContext(expr.pointer) && !expr.dynamic;
  const isPointer = expr.type.kind === 'pointer' && bytes === 8;
  if (isDirect) return out.context({ offset, type: isPointer ? expr.type : integerOf(bytes) });
  const place = out.storage.reserve(bytes, 'read');
  const { address, space } = sourceOf(emission, { ...expr, offset });
  out.readMemory(place, bytes, address, space);
  return new Register(out.builder.load(integerType(bytes), place.pointer, 'value'));
}

const integerOf = (bytes: number): Type => {
  assert(bytes === 1 || bytes === 2 || bytes === 4 || bytes === 8, `a number of ${bytes} bytes`);
  return intType(bytes, false);
};

/**
 * A few bits: of the aligned integer of their type that holds them, as compilers read them, where there is one; of a packed struct's
 * the 8 bytes from their first one on, and one more if they reach into it.
 */
function emitBitfield(
  emission: Emission,
  expr: ExprOf<'load'>,
  { start, width }: { readonly start: number; readonly width: number },
): Register {
  const { out } = emission;
  const container = sizeOf(expr.type);
  const first = Math.floor(start / (container * 8)) * container;
  const isAligned = start + width <= (first + container) * 8;
  const from = isAligned ? start - first * 8 : start % 8;
  const whole = isAligned
    ? out.resize(loadNumber(emission, expr, first, container), 64)
    : straddling(emission, expr, Math.floor(start / 8), from, width);
  const up = isAligned ? 64 - width - from : 64 - width;
  const high = out.shiftLeft(whole, up);
  const value = isSigned(expr.type)
    ? out.shiftRightSigned(high, 64 - width)
    : out.shiftRight(high, 64 - width);
  return asTruth(emission, expr.type, out.resize(value, widthOf(expr.type)));
}

/** The bits from bit `from` of byte `first` on, in the low bits; above them are others. */
function straddling(
  emission: Emission,
  expr: ExprOf<'load'>,
  first: number,
  from: number,
  width: number,
): Register {
  const { out } = emission;
  const bytes = Math.ceil((from + width) / 8);
  const place = out.storage.reserve(16, 'bits');
  out.zero(place);
  const { address, space } = sourceOf(emission, { ...expr, offset: first });
  out.readMemory(out.part(place, 0, bytes), bytes, address, space);
  const low = out.shiftRight(out.load(place, 0, 64), from);
  return bytes <= 8 ? low : out.or(low, out.shiftLeft(out.load(place, 8, 64), 64 - from));
}
