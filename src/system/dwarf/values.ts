/** What raw values mean: text, addresses, ranges of addresses. */

import { Cursor, Damaged } from './cursor.ts';
import type { RawValue } from './forms.ts';
import { form } from './forms.ts';
import type { DebugSections } from './sections.ts';
import type { Entry, Unit } from './unit.ts';
import { attribute } from './unit.ts';

/** From the first address to one before the second. */
export type Range = readonly [low: number, high: number];

export function textAt(bytes: Buffer, offset: number): string {
  return new Cursor(bytes, offset).text();
}

/** Where text of a unit may lie beside its own sections: in a file that several share (dwz, `.gnu_debugaltlink`). */
export interface TextSource extends Pick<Unit, 'isWide' | 'bases'> {
  readonly sections: DebugSections;
  readonly shared?: Pick<DebugSections, 'str'>;
}

/** A string, whichever form it has. */
export function textOf({ form: how, value }: RawValue, source: TextSource): string {
  const { sections, shared } = source;
  switch (how) {
    case form.string:
      return textAt(sections.info(), value);
    case form.strp:
      return textAt(sections.str(), value);
    case form.lineStrp:
      return textAt(sections.line_str(), value);
    case form.strx:
    case form.strx1:
    case form.strx2:
    case form.strx3:
    case form.strx4:
    case form.gnuStrIndex:
      return textAt(sections.str(), stringOffset(value, source));
    case form.gnuStrpAlt:
    case form.strpSup:
      if (shared !== undefined) return textAt(shared.str(), value);
      throw new Damaged();
    default:
      throw new Damaged();
  }
}

function stringOffset(index: number, { isWide, bases, sections }: TextSource): number {
  return new Cursor(sections.str_offsets(), bases.strings + index * (isWide ? 8 : 4)).offset(isWide);
}

/** An address, given as it is or by its number in .debug_addr. */
export function addressOf({ form: how, value }: RawValue, unit: Unit): number {
  switch (how) {
    case form.addr:
      return value;
    case form.addrx:
    case form.addrx1:
    case form.addrx2:
    case form.addrx3:
    case form.addrx4:
    case form.gnuAddrIndex:
      return addressNumber(value, unit);
    default:
      throw new Damaged();
  }
}

export const addressNumber = (index: number, { bases, addressBytes, sections }: Unit): number =>
  new Cursor(sections.addr(), bases.addresses + index * addressBytes).address(addressBytes);

/** The addresses that an entry is about; none if it says nothing of them. */
export function rangesOf({ values }: Entry, unit: Unit): readonly Range[] {
  const ranges = values.get(attribute.ranges);
  if (ranges !== undefined) return unit.version >= 5 ? rangeList(ranges, unit) : olderRangeList(ranges, unit);
  const [low, high] = [values.get(attribute.lowPc), values.get(attribute.highPc)];
  if (low === undefined || high === undefined) return [];
  const start = addressOf(low, unit);
  // Since DWARF 4 the end is mostly given as a length.
  const end = isAddress(high.form) ? addressOf(high, unit) : start + high.value;
  return start === 0 || end <= start ? [] : [[start, end]];
}

const isAddress = (how: number): boolean =>
  how === form.addr ||
  (how >= form.addrx1 && how <= form.addrx4) ||
  how === form.addrx ||
  how === form.gnuAddrIndex;

/** The address that ranges count from: the unit's first. */
export function baseOf(unit: Unit): number {
  const low = unit.root.values.get(attribute.lowPc);
  return low === undefined ? 0 : addressOf(low, unit);
}

/** .debug_ranges (DWARF 4, 2.17.3): pairs of addresses, ended by two zeros; a first of all ones gives a new base. */
function olderRangeList({ value }: RawValue, unit: Unit): readonly Range[] {
  const { addressBytes, sections } = unit;
  const cursor = new Cursor(sections.ranges(), value);
  const newBase = addressBytes === 4 ? 0xffffffff : 2 ** 48 - 1;
  const found: Range[] = [];
  let base = baseOf(unit);
  for (;;) {
    const [low, high] = [cursor.address(addressBytes), cursor.address(addressBytes)];
    if (low === 0 && high === 0) return found;
    if (low === newBase) base = high;
    else if (high > low) found.push([base + low, base + high]);
  }
}

/** Kinds of the pieces of .debug_rnglists (DW_RLE_*). */
const piece = {
  endOfList: 0,
  baseAddressx: 1,
  startxEndx: 2,
  startxLength: 3,
  offsetPair: 4,
  baseAddress: 5,
  startEnd: 6,
  startLength: 7,
} as const;

/** .debug_rnglists (DWARF 5, 2.17.3). */
function rangeList({ form: how, value }: RawValue, unit: Unit): readonly Range[] {
  const { addressBytes, sections, isWide, bases } = unit;
  const lists = sections.rnglists();
  const offset =
    how === form.rnglistx
      ? bases.rangeLists + new Cursor(lists, bases.rangeLists + value * (isWide ? 8 : 4)).offset(isWide)
      : value;
  const cursor = new Cursor(lists, offset);
  const found: Range[] = [];
  const add = (low: number, high: number): void => {
    if (high > low) found.push([low, high]);
  };
  let base = baseOf(unit);
  for (;;) {
    switch (cursor.u8()) {
      case piece.endOfList:
        return found;
      case piece.baseAddressx:
        base = addressNumber(cursor.unsigned(), unit);
        break;
      case piece.startxEndx:
        add(addressNumber(cursor.unsigned(), unit), addressNumber(cursor.unsigned(), unit));
        break;
      case piece.startxLength: {
        const low = addressNumber(cursor.unsigned(), unit);
        add(low, low + cursor.unsigned());
        break;
      }
      case piece.offsetPair:
        add(base + cursor.unsigned(), base + cursor.unsigned());
        break;
      case piece.baseAddress:
        base = cursor.address(addressBytes);
        break;
      case piece.startEnd:
        add(cursor.address(addressBytes), cursor.address(addressBytes));
        break;
      case piece.startLength: {
        const low = cursor.address(addressBytes);
        add(low, low + cursor.unsigned());
        break;
      }
      default:
        throw new Damaged();
    }
  }
}
