/** Where a value is while a function runs: .debug_loclists (DWARF 5, 7.7.3) and .debug_loc before. */

import { Cursor, Damaged } from './cursor.ts';
import type { Location } from './expressions.ts';
import { readExpression } from './expressions.ts';
import type { RawValue } from './forms.ts';
import { form } from './forms.ts';
import type { Unit } from './unit.ts';
import { addressNumber, baseOf } from './values.ts';

/** What a list says of an address; undefined if it says nothing. */
export function locationAt(list: RawValue, unit: Unit, address: number): Location | undefined {
  const pieces = unit.version >= 5 ? listPieces(list, unit) : olderListPieces(list, unit);
  for (const { low, high, start, end, bytes } of pieces)
    if (address >= low && address < high) return readExpression(bytes, start, end);
  return undefined;
}

interface Piece {
  readonly low: number;
  readonly high: number;
  /** Of the expression. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

function pieceOf(cursor: Cursor, low: number, high: number, length: number): Piece {
  const start = cursor.at;
  cursor.skip(length);
  return { low, high, bytes: cursor.bytes, start, end: cursor.at };
}

function* olderListPieces({ value }: RawValue, unit: Unit): Generator<Piece> {
  const { addressBytes, sections } = unit;
  const cursor = new Cursor(sections.loc(), value);
  const newBase = addressBytes === 4 ? 0xffffffff : 2 ** 48 - 1;
  let base = baseOf(unit);
  for (;;) {
    const [low, high] = [cursor.address(addressBytes), cursor.address(addressBytes)];
    if (low === 0 && high === 0) return;
    if (low === newBase) base = high;
    else yield pieceOf(cursor, base + low, base + high, cursor.u16());
  }
}

/** Kinds of the pieces of .debug_loclists (DW_LLE_*). */
const piece = {
  endOfList: 0,
  baseAddressx: 1,
  startxEndx: 2,
  startxLength: 3,
  offsetPair: 4,
  defaultLocation: 5,
  baseAddress: 6,
  startEnd: 7,
  startLength: 8,
  gnuViewPair: 9,
} as const;

function* listPieces({ form: how, value }: RawValue, unit: Unit): Generator<Piece> {
  const { sections, isWide, bases } = unit;
  const lists = sections.loclists();
  const offset =
    how === form.loclistx
      ? bases.locationLists + new Cursor(lists, bases.locationLists + value * (isWide ? 8 : 4)).offset(isWide)
      : value;
  const cursor = new Cursor(lists, offset);
  let base = baseOf(unit);
  for (;;) {
    const kind = cursor.u8();
    if (kind === piece.endOfList) return;
    if (kind === piece.baseAddressx) base = addressNumber(cursor.unsigned(), unit);
    else if (kind === piece.baseAddress) base = cursor.address(unit.addressBytes);
    else if (kind === piece.gnuViewPair) {
      cursor.unsigned();
      cursor.unsigned();
    } else {
      const [low, high] = rangeOf(kind, cursor, base, unit);
      yield pieceOf(cursor, low, high, cursor.unsigned());
    }
  }
}

function rangeOf(
  kind: number,
  cursor: Cursor,
  base: number,
  unit: Unit,
): readonly [low: number, high: number] {
  switch (kind) {
    case piece.startxEndx:
      return [addressNumber(cursor.unsigned(), unit), addressNumber(cursor.unsigned(), unit)];
    case piece.startxLength: {
      const low = addressNumber(cursor.unsigned(), unit);
      return [low, low + cursor.unsigned()];
    }
    case piece.offsetPair:
      return [base + cursor.unsigned(), base + cursor.unsigned()];
    case piece.defaultLocation:
      return [0, Infinity];
    case piece.startEnd:
      return [cursor.address(unit.addressBytes), cursor.address(unit.addressBytes)];
    case piece.startLength: {
      const low = cursor.address(unit.addressBytes);
      return [low, low + cursor.unsigned()];
    }
    default:
      throw new Damaged();
  }
}
