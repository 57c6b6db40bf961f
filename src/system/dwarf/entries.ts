/** An entry together with what is needed to read on from it: its file, its unit, the place behind it. */

import { Cursor, Damaged } from './cursor.ts';
import type { DebugInfo } from './debug-info.ts';
import { isBlock } from './forms.ts';
import { referenceOf } from './references.ts';
import type { Entry, Unit } from './unit.ts';
import { attribute, childrenOf, readEntry } from './unit.ts';

export interface Node {
  readonly info: DebugInfo;
  readonly unit: Unit;
  readonly entry: Entry;
  /** One past the entry's own bytes: where its children begin. */
  readonly behind: number;
}

/** All that is asked of entries about types and parameters. */
const wanted: ReadonlySet<number> = new Set([
  attribute.sibling,
  attribute.location,
  attribute.name,
  attribute.byteSize,
  attribute.bitOffset,
  attribute.bitSize,
  attribute.lowPc,
  attribute.highPc,
  attribute.constValue,
  attribute.upperBound,
  attribute.abstractOrigin,
  attribute.callingConvention,
  attribute.count,
  attribute.dataMemberLocation,
  attribute.declaration,
  attribute.encoding,
  attribute.external,
  attribute.frameBase,
  attribute.specification,
  attribute.type,
  attribute.ranges,
  attribute.dataBitOffset,
]);

/** The entry at an offset of .debug_info. */
export function nodeAt(info: DebugInfo, offset: number): Node {
  const unit = info.unitOf(offset);
  if (unit === undefined) throw new Damaged();
  const cursor = new Cursor(info.sections.info(), offset, unit.end);
  const entry = readEntry(cursor, unit, wanted);
  if (entry === undefined) throw new Damaged();
  return { info, unit, entry, behind: cursor.at };
}

/** The entry that an attribute refers to; undefined without the attribute. */
export function nodeBehind({ info, unit, entry }: Node, name: number): Node | undefined {
  const reference = referenceOf(entry, name, unit);
  const file = reference && info.fileOf(reference);
  return reference && file && nodeAt(file, reference.offset);
}

export function* childNodes({ info, unit, entry, behind }: Node): Generator<Node> {
  const cursor = new Cursor(info.sections.info(), behind, unit.end);
  for (const child of childrenOf(cursor, unit, entry, wanted))
    yield { info, unit, entry: child, behind: cursor.at };
}

/** A number that the entry says; undefined if it says none, or something that would have to be computed. */
export function numberOf({ entry }: Node, name: number): number | undefined {
  const found = entry.values.get(name);
  return found === undefined || isBlock(found.form) ? undefined : found.value;
}

export const has = ({ entry }: Node, name: number): boolean => entry.values.has(name);

/** As the source has it. */
export function plainName({ info, unit, entry }: Node): string {
  const name = entry.values.get(attribute.name);
  return name === undefined ? '' : info.textOf(name, unit);
}
