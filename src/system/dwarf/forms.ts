/** The forms in which values stand in debug sections (DWARF 5, 7.5.6), and how to get past them. */

import type { Cursor } from './cursor.ts';
import { Damaged } from './cursor.ts';

export const form = {
  addr: 0x01,
  block2: 0x03,
  block4: 0x04,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  block1: 0x0a,
  data1: 0x0b,
  flag: 0x0c,
  sdata: 0x0d,
  strp: 0x0e,
  udata: 0x0f,
  refAddr: 0x10,
  ref1: 0x11,
  ref2: 0x12,
  ref4: 0x13,
  ref8: 0x14,
  refUdata: 0x15,
  indirect: 0x16,
  secOffset: 0x17,
  exprloc: 0x18,
  flagPresent: 0x19,
  strx: 0x1a,
  addrx: 0x1b,
  refSup4: 0x1c,
  strpSup: 0x1d,
  data16: 0x1e,
  lineStrp: 0x1f,
  refSig8: 0x20,
  implicitConst: 0x21,
  loclistx: 0x22,
  rnglistx: 0x23,
  refSup8: 0x24,
  strx1: 0x25,
  strx2: 0x26,
  strx3: 0x27,
  strx4: 0x28,
  addrx1: 0x29,
  addrx2: 0x2a,
  addrx3: 0x2b,
  addrx4: 0x2c,
  gnuAddrIndex: 0x1f01,
  gnuStrIndex: 0x1f02,
  gnuRefAlt: 0x1f20,
  gnuStrpAlt: 0x1f21,
} as const;

/** A length that says: the true one follows, and offsets have 64 bits. */
export const wideMark = 0xffffffff;

/** What the sizes of some forms depend on. */
export interface Widths {
  readonly addressBytes: number;
  /** Offsets have 64 bits. */
  readonly isWide: boolean;
}

/**
 * A value as it stands there: a number, an index, an offset; of text within the section and of blocks, where they begin. What it means is
 * its form's matter (values.ts).
 */
export interface RawValue {
  readonly form: number;
  readonly value: number;
  /** Of blocks: one past the last byte. */
  readonly end?: number;
}

/** Reads a value and goes past it. `implied` is what the abbreviation says (DW_FORM_implicit_const). */
export function readForm(cursor: Cursor, how: number, implied: number, widths: Widths): RawValue {
  if (how === form.indirect) return readForm(cursor, cursor.unsigned(), implied, widths);
  const value = readValue(cursor, how, implied, widths);
  return isBlock(how) ? { form: how, value, end: cursor.at } : { form: how, value };
}

/** Bytes that have a meaning of their own: expressions, mostly. */
export const isBlock = (how: number): boolean =>
  how === form.exprloc ||
  how === form.block1 ||
  how === form.block ||
  how === form.block2 ||
  how === form.block4;

function readValue(cursor: Cursor, how: number, implied: number, widths: Widths): number {
  switch (how) {
    case form.addr:
      return cursor.address(widths.addressBytes);
    case form.data1:
    case form.flag:
    case form.ref1:
    case form.strx1:
    case form.addrx1:
      return cursor.u8();
    case form.data2:
    case form.ref2:
    case form.strx2:
    case form.addrx2:
      return cursor.u16();
    case form.strx3:
    case form.addrx3:
      return cursor.u16() + cursor.u8() * 0x10000;
    case form.data4:
    case form.ref4:
    case form.refSup4:
    case form.strx4:
    case form.addrx4:
      return cursor.u32();
    case form.data8:
    case form.ref8:
    case form.refSig8:
    case form.refSup8:
      return cursor.u64();
    case form.udata:
    case form.refUdata:
    case form.strx:
    case form.addrx:
    case form.loclistx:
    case form.rnglistx:
    case form.gnuAddrIndex:
    case form.gnuStrIndex:
      return cursor.unsigned();
    case form.sdata:
      return cursor.signed();
    case form.strp:
    case form.lineStrp:
    case form.strpSup:
    case form.secOffset:
    case form.refAddr:
    case form.gnuRefAlt:
    case form.gnuStrpAlt:
      return cursor.offset(widths.isWide);
    case form.flagPresent:
      return 1;
    case form.implicitConst:
      return implied;
    default:
      return skipBytes(cursor, how);
  }
}

/** Values that are only gone past; gives where they begin. */
function skipBytes(cursor: Cursor, how: number): number {
  switch (how) {
    case form.string: {
      const { at } = cursor;
      cursor.text();
      return at;
    }
    case form.block1:
      return skipBlock(cursor, cursor.u8());
    case form.block2:
      return skipBlock(cursor, cursor.u16());
    case form.block4:
      return skipBlock(cursor, cursor.u32());
    case form.block:
    case form.exprloc:
      return skipBlock(cursor, cursor.unsigned());
    case form.data16:
      return skipBlock(cursor, 16);
    default:
      throw new Damaged();
  }
}

function skipBlock(cursor: Cursor, bytes: number): number {
  const { at } = cursor;
  cursor.skip(bytes);
  return at;
}
