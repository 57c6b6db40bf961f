/** Parts of what lies in memory and of copies of it, and in whose memory their pointers lead. */

import type { Span } from '../base/span.ts';
import type { Field } from '../types/field.ts';
import { movedBits } from '../types/field.ts';
import type { AddressSpace, Type } from '../types/type.ts';
import { none, pointerTo } from '../types/type.ts';
import type { Scope } from './scope.ts';
import type { TypedExpr } from './typed-tree.ts';

/** A struct or array value's part: what lies in memory is read from there, alone; a copy gives its bytes. */
export function partOf(scope: Scope, whole: TypedExpr, field: Omit<Field, 'name'>, span: Span): TypedExpr {
  if (field.behind !== undefined && whole.kind === 'load') return behindAddress(scope, whole, field, span);
  const { type, offset, bits, dynamic } = field;
  const at = whole.kind === 'load' || whole.kind === 'part' ? whole.offset : 0;
  const place = {
    type: inSpace(scope, type, spaceAround(whole)),
    offset: at + offset,
    ...(bits && { bits: movedBits(bits, at) }),
    span,
  };
  if (whole.kind === 'load')
    return { kind: 'load', pointer: whole.pointer, ...place, ...(dynamic && { dynamic }) };
  return { kind: 'part', whole: whole.kind === 'part' ? whole.whole : whole, ...place };
}

/** What lies behind an address of the process's memory that is in the context. */
function behindAddress(
  scope: Scope,
  { pointer }: Extract<TypedExpr, { kind: 'load' }>,
  { type, offset, behind = 0 }: Omit<Field, 'name'>,
  span: Span,
): TypedExpr {
  const address: TypedExpr = { kind: 'load', type: pointerTo(none, 'user'), pointer, offset, span };
  return { kind: 'load', type: inSpace(scope, type, 'user'), pointer: address, offset: behind, span };
}

/** Whose memory a value was read from. */
function spaceAround({ type, ...expr }: TypedExpr): AddressSpace {
  if (type.kind === 'struct' && type.space) return type.space;
  return expr.kind === 'load' && expr.pointer.type.kind === 'pointer' ? expr.pointer.type.space : 'none';
}

/**
 * The type of what is read from a memory: pointers in the process's memory lead into it too, which types of the kernel can't tell.
 * Copies of structs remember where they come from, for the pointers in them.
 */
export function inSpace(scope: Scope, type: Type, memory: AddressSpace): Type {
  if (memory === 'program') return type;
  const byDefault = scope.context.program.context.space;
  const around = memory === 'none' ? byDefault : memory;
  switch (type.kind) {
    case 'pointer':
      if (around === 'user') return pointerTo(type.to, 'user');
      return type.space === 'none' ? pointerTo(type.to, around === 'kernel' ? around : byDefault) : type;
    case 'array':
      return { ...type, of: inSpace(scope, type.of, memory) };
    case 'struct':
      return { ...type, space: around === 'user' ? around : 'kernel' };
    default:
      return type;
  }
}
