/** Reads of memory behind pointers: of the kernel, of the process, and of the program's context, which needs no helper. */

import { assert } from '../base/assert.ts';
import type { Operand, Scalar } from '../builtins/emitter.ts';
import type { TypedExpr } from '../sema/typed-tree.ts';
import { isScalar, sizeOf } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import { intType, u32 } from '../types/type.ts';
import type { GivenPointer } from './bpf-emitter.ts';
import type { Emission } from './emission.ts';
import type { BitSource } from './emit-bitfield.ts';
import { emitBitfield } from './emit-bitfield.ts';
import type { ExprOf } from './emit-expression.ts';
import { asTruth, scalarOf } from './emit-expression.ts';
import { integerType } from './llvm/ir-value.ts';
import { Register } from './values.ts';

/** Whose memory a pointer leads into. */
export const spaceOf = (emission: Emission, type: Type): 'kernel' | 'user' => {
  const space = type.kind === 'pointer' || type.kind === 'int' ? type.space : undefined;
  // Stack and scratch of a BPF program are memory of the kernel.
  if (space === 'program') return 'kernel';
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

/** Of an argument that takes `given`: see isGiven of sema/given-pointer.ts. */
export function givenPointer(expr: TypedExpr): GivenPointer {
  if (expr.kind === 'convert') return givenPointer(expr.operand);
  assert(expr.kind === 'load', 'what was given lies in the context, or behind what lies there');
  const { pointer, offset, type } = expr;
  if (type.kind === 'struct') {
    const { offsets, behind } = givenPointer(pointer);
    return { offsets, behind: behind + offset };
  }
  if (isContext(pointer)) return { offsets: [offset], behind: 0 };
  const { offsets, behind } = givenPointer(pointer);
  return { offsets: [...offsets, behind + offset], behind: 0 };
}

export function emitLoad(emission: Emission, expr: ExprOf<'load'>): Operand {
  const { out } = emission;
  const { type } = expr;
  if (expr.bits) return emitBitfield(emission, type, expr.bits, bitsBehind(emission, expr));
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

/** The bytes around a bitfield, from the load's pointer on. */
const bitsBehind = (emission: Emission, expr: ExprOf<'load'>): BitSource => ({
  number: (offset, bytes) => loadNumber(emission, expr, offset, bytes),
  copy: (offset, to) => {
    const { address, space } = sourceOf(emission, { ...expr, offset });
    emission.out.readMemory(to, to.bytes, address, space);
  },
});

const integerOf = (bytes: number): Type => {
  assert(bytes === 1 || bytes === 2 || bytes === 4 || bytes === 8, `a number of ${bytes} bytes`);
  return intType(bytes, false);
};
