/** Units of .debug_info, each of a source file that was compiled, and the entries in them (DWARF 5, 7.5.1). */

import type { Abbreviation, Abbreviations } from './abbreviations.ts';
import { readAbbreviations } from './abbreviations.ts';
import { Cursor, Damaged } from './cursor.ts';
import type { RawValue, Widths } from './forms.ts';
import { readForm, wideMark } from './forms.ts';
import type { DebugSections } from './sections.ts';

/** Names of attributes, those that we ask for (DWARF 5, 7.5.4). */
export const attribute = {
  sibling: 0x01,
  location: 0x02,
  name: 0x03,
  byteSize: 0x0b,
  bitOffset: 0x0c,
  bitSize: 0x0d,
  statements: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  language: 0x13,
  compilationFolder: 0x1b,
  constValue: 0x1c,
  upperBound: 0x2f,
  abstractOrigin: 0x31,
  callingConvention: 0x36,
  count: 0x37,
  dataMemberLocation: 0x38,
  declaration: 0x3c,
  encoding: 0x3e,
  external: 0x3f,
  frameBase: 0x40,
  specification: 0x47,
  type: 0x49,
  ranges: 0x55,
  callFile: 0x58,
  callLine: 0x59,
  dataBitOffset: 0x6b,
  linkageName: 0x6e,
  stringOffsetsBase: 0x72,
  addressBase: 0x73,
  rangeListsBase: 0x74,
  locationListsBase: 0x8c,
  mipsLinkageName: 0x2007,
} as const;

/** Kinds of entries. */
export const tag = {
  arrayType: 0x01,
  classType: 0x02,
  enumerationType: 0x04,
  formalParameter: 0x05,
  lexicalBlock: 0x0b,
  member: 0x0d,
  pointerType: 0x0f,
  referenceType: 0x10,
  structureType: 0x13,
  subroutineType: 0x15,
  typedef: 0x16,
  unionType: 0x17,
  inheritance: 0x1c,
  inlinedSubroutine: 0x1d,
  pointerToMember: 0x1f,
  subrangeType: 0x21,
  baseType: 0x24,
  constType: 0x26,
  enumerator: 0x28,
  subprogram: 0x2e,
  volatileType: 0x35,
  restrictType: 0x37,
  rvalueReferenceType: 0x42,
  atomicType: 0x47,
} as const;

export interface Entry {
  /** In .debug_info. */
  readonly offset: number;
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Those that were asked for and are there. */
  readonly values: ReadonlyMap<number, RawValue>;
}

export interface Unit extends Widths {
  /** Of its header, in .debug_info. */
  readonly offset: number;
  /** One past its last byte. */
  readonly end: number;
  readonly version: number;
  /** Where its first entry begins. */
  readonly entries: number;
  readonly sections: DebugSections;
  readonly abbreviations: Abbreviations;
  /** The first entry: what is said of the unit itself. */
  readonly root: Entry;
  /** Where its parts of tables begin. */
  readonly bases: {
    readonly strings: number;
    readonly addresses: number;
    readonly rangeLists: number;
    readonly locationLists: number;
  };
}

/** Kinds of units that have more in their headers (DW_UT_*). */
const unitType = { type: 2, skeleton: 4, splitCompile: 5, splitType: 6 } as const;

export interface UnitHeader extends Widths {
  readonly offset: number;
  readonly end: number;
  readonly version: number;
  readonly entries: number;
  readonly abbreviationsOffset: number;
}

/** The header at an offset of .debug_info; undefined behind the last one. */
export function readUnitHeader(info: Buffer, offset: number): UnitHeader | undefined {
  if (offset >= info.length) return undefined;
  const cursor = new Cursor(info, offset);
  const first = cursor.u32();
  const isWide = first === wideMark;
  const length = isWide ? cursor.u64() : first;
  const end = cursor.at + length;
  if (end > info.length) throw new Damaged();
  const version = cursor.u16();
  if (version < 5) {
    const abbreviationsOffset = cursor.offset(isWide);
    const addressBytes = cursor.u8();
    return { offset, end, version, isWide, addressBytes, abbreviationsOffset, entries: cursor.at };
  }
  const type = cursor.u8();
  const addressBytes = cursor.u8();
  const abbreviationsOffset = cursor.offset(isWide);
  if (type === unitType.skeleton || type === unitType.splitCompile) cursor.skip(8);
  else if (type === unitType.type || type === unitType.splitType) cursor.skip(8 + (isWide ? 8 : 4));
  return { offset, end, version, isWide, addressBytes, abbreviationsOffset, entries: cursor.at };
}

const rootNames: ReadonlySet<number> = new Set([
  attribute.name,
  attribute.statements,
  attribute.lowPc,
  attribute.highPc,
  attribute.language,
  attribute.compilationFolder,
  attribute.ranges,
  attribute.stringOffsetsBase,
  attribute.addressBase,
  attribute.rangeListsBase,
  attribute.locationListsBase,
]);

/** Versions that we know; a unit of another is passed over. */
export const isKnownVersion = ({ version }: Pick<UnitHeader, 'version'>): boolean =>
  version >= 2 && version <= 5;

/** Abbreviations are shared by units: `known` keeps them by their offsets. */
export function readUnit(
  header: UnitHeader,
  sections: DebugSections,
  known: Map<number, Abbreviations>,
): Unit | undefined {
  const { abbreviationsOffset, ...rest } = header;
  const abbreviations =
    known.get(abbreviationsOffset) ?? readAbbreviations(sections.abbrev(), abbreviationsOffset);
  known.set(abbreviationsOffset, abbreviations);
  const unit = { ...rest, sections, abbreviations };
  const root = readEntry(new Cursor(sections.info(), unit.entries, unit.end), unit, rootNames);
  return root && { ...unit, root, bases: basesOf(root, unit) };
}

/** Where a unit has no base of its own the table begins behind its first header. */
function basesOf({ values }: Entry, { isWide }: Widths): Unit['bases'] {
  const base = (name: number, header: number): number => values.get(name)?.value ?? header;
  return {
    strings: base(attribute.stringOffsetsBase, isWide ? 16 : 8),
    addresses: base(attribute.addressBase, isWide ? 16 : 8),
    rangeLists: base(attribute.rangeListsBase, isWide ? 20 : 12),
    locationLists: base(attribute.locationListsBase, isWide ? 20 : 12),
  };
}

/** The entry under the cursor, which moves behind it; undefined for the mark that ends a list of children. */
export function readEntry(
  cursor: Cursor,
  unit: Widths & Pick<Unit, 'abbreviations'>,
  wanted: ReadonlySet<number>,
): Entry | undefined {
  const offset = cursor.at;
  const number = cursor.unsigned();
  if (number === 0) return undefined;
  const abbreviation = unit.abbreviations.get(number);
  if (abbreviation === undefined) throw new Damaged();
  const { tag: kind, hasChildren } = abbreviation;
  return { offset, tag: kind, hasChildren, values: readValues(cursor, abbreviation, unit, wanted) };
}

const none: ReadonlyMap<number, RawValue> = new Map();

function readValues(
  cursor: Cursor,
  { names, forms, implied }: Abbreviation,
  unit: Widths,
  wanted: ReadonlySet<number>,
): ReadonlyMap<number, RawValue> {
  let values: Map<number, RawValue> | undefined;
  for (let index = 0; index < forms.length; index++) {
    const value = readForm(cursor, forms[index] ?? 0, implied[index] ?? 0, unit);
    const name = names[index] ?? 0;
    if (wanted.has(name)) (values ??= new Map()).set(name, value);
  }
  return values ?? none;
}

/** Goes past the children of an entry that has just been read. */
export function skipChildren(cursor: Cursor, unit: Unit, entry: Entry): void {
  if (!entry.hasChildren) return;
  const sibling = entry.values.get(attribute.sibling);
  if (sibling !== undefined) {
    // References of these forms count from the unit's start.
    const target = unit.offset + sibling.value;
    if (target <= cursor.at || target > unit.end) throw new Damaged();
    cursor.at = target;
    return;
  }
  for (let depth = 1; depth > 0;) {
    const child = readEntry(cursor, unit, siblingOnly);
    if (child === undefined) depth--;
    else if (child.hasChildren) {
      if (child.values.has(attribute.sibling)) skipChildren(cursor, unit, child);
      else depth++;
    }
  }
}

const siblingOnly: ReadonlySet<number> = new Set([attribute.sibling]);

/** The children of an entry that has just been read, without theirs. `wanted` names the sibling too. */
export function* childrenOf(
  cursor: Cursor,
  unit: Unit,
  entry: Entry,
  wanted: ReadonlySet<number>,
): Generator<Entry> {
  if (!entry.hasChildren) return;
  for (
    let child = readEntry(cursor, unit, wanted);
    child !== undefined;
    child = readEntry(cursor, unit, wanted)
  ) {
    yield child;
    skipChildren(cursor, unit, child);
  }
}
