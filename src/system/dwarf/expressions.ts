/** Expressions that say where a value is (DWARF 5, 2.5, 2.6): the simple ones, which are all that parameters have when a function begins. */

import { Cursor } from './cursor.ts';

/** Where a value lies. Registers have DWARF's numbers. */
export type Location =
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'memory'; readonly register: number; readonly offset: number }
  /** From the frame's base, whatever that is. */
  | { readonly kind: 'frame'; readonly offset: number }
  /** From the address that the stack pointer had before the call. */
  | { readonly kind: 'caller-frame'; readonly offset: number }
  /** Something that must be computed, is in pieces, or is no place at all. */
  | { readonly kind: 'computed' };

const operation = {
  plusConstant: 0x23,
  reg0: 0x50,
  reg31: 0x6f,
  breg0: 0x70,
  breg31: 0x8f,
  regx: 0x90,
  fbreg: 0x91,
  callFrameCfa: 0x9c,
  stackValue: 0x9f,
  entryValue: 0xa3,
  gnuEntryValue: 0xf3,
} as const;

const computed: Location = { kind: 'computed' };

export function readExpression(bytes: Buffer, start: number, end: number): Location {
  const cursor = new Cursor(bytes, start, end);
  if (cursor.isAtEnd) return computed;
  const code = cursor.u8();
  const location = simple(code, cursor);
  if (cursor.isAtEnd) return location;
  // What a register held at the entry is, at the entry, what it holds.
  const isEntryValue = code === operation.entryValue || code === operation.gnuEntryValue;
  return isEntryValue && cursor.u8() === operation.stackValue && cursor.isAtEnd ? location : computed;
}

/** The first operation's, if it says where a value is by itself. */
function simple(code: number, cursor: Cursor): Location {
  if (code >= operation.reg0 && code <= operation.reg31)
    return { kind: 'register', register: code - operation.reg0 };
  if (code >= operation.breg0 && code <= operation.breg31)
    return { kind: 'memory', register: code - operation.breg0, offset: cursor.signed() };
  switch (code) {
    case operation.regx:
      return { kind: 'register', register: cursor.unsigned() };
    case operation.fbreg:
      return { kind: 'frame', offset: cursor.signed() };
    case operation.callFrameCfa:
      return { kind: 'caller-frame', offset: 0 };
    case operation.entryValue:
    case operation.gnuEntryValue: {
      const end = cursor.unsigned() + cursor.at;
      const inner = readExpression(cursor.bytes, cursor.at, end);
      cursor.at = end;
      return inner.kind === 'register' ? inner : computed;
    }
    default:
      return computed;
  }
}

/** Bytes from a struct's start, as DWARF 2 has it: an expression that adds a constant. Undefined if it is more than that. */
export function readDisplacement(bytes: Buffer, start: number, end: number): number | undefined {
  const cursor = new Cursor(bytes, start, end);
  if (cursor.u8() !== operation.plusConstant) return undefined;
  const offset = cursor.unsigned();
  return cursor.isAtEnd ? offset : undefined;
}
