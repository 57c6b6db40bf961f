/** Which functions were inlined where: the entries of .debug_info that an address lies in, from a function inward. */

import { Cursor } from './cursor.ts';
import type { Entry, Unit } from './unit.ts';
import { attribute, readEntry, skipChildren, tag } from './unit.ts';
import type { Range } from './values.ts';
import { rangesOf } from './values.ts';

/** A function whose code stands within another's, and the place from which that calls it. */
export interface InlinedCall {
  readonly entry: Entry;
  readonly callFile: number;
  readonly callLine: number;
}

/** A function of a unit, by what of the code is its. */
export interface FunctionRange {
  readonly low: number;
  readonly high: number;
  /** Offset of its entry. */
  readonly offset: number;
}

const wanted: ReadonlySet<number> = new Set([
  attribute.sibling,
  attribute.lowPc,
  attribute.highPc,
  attribute.ranges,
  attribute.abstractOrigin,
  attribute.callFile,
  attribute.callLine,
]);

/** Entries below these are about types: nothing of the code is there. */
const typeTags: ReadonlySet<number> = new Set([
  tag.arrayType,
  tag.classType,
  tag.enumerationType,
  tag.structureType,
  tag.subroutineType,
  tag.unionType,
]);

/** All functions of a unit that have code, in rising order of their addresses. */
export function functionRanges(unit: Unit): readonly FunctionRange[] {
  const cursor = new Cursor(unit.sections.info(), unit.entries, unit.end);
  const found: FunctionRange[] = [];
  readEntry(cursor, unit, wanted);
  while (!cursor.isAtEnd) {
    const entry = readEntry(cursor, unit, wanted);
    if (entry === undefined) continue;
    if (entry.tag === tag.subprogram) {
      for (const [low, high] of rangesOf(entry, unit)) found.push({ low, high, offset: entry.offset });
      skipChildren(cursor, unit, entry);
    } else if (typeTags.has(entry.tag)) skipChildren(cursor, unit, entry);
  }
  return found.sort((a, b) => a.low - b.low);
}

/** What was inlined at an address of a function, from the outside inward. */
export function inlinedCallsAt(unit: Unit, functionOffset: number, address: number): readonly InlinedCall[] {
  const cursor = new Cursor(unit.sections.info(), functionOffset, unit.end);
  const entry = readEntry(cursor, unit, wanted);
  const found: InlinedCall[] = [];
  let inside = entry?.hasChildren === true;
  while (inside) {
    const child = readEntry(cursor, unit, wanted);
    if (child === undefined) break;
    const isInlined = child.tag === tag.inlinedSubroutine;
    if ((isInlined || child.tag === tag.lexicalBlock) && covers(rangesOf(child, unit), address)) {
      if (isInlined) found.push(callOf(child));
      // Of its siblings none covers the address too: from here on only what is inside counts.
      inside = child.hasChildren;
    } else skipChildren(cursor, unit, child);
  }
  return found;
}

const covers = (ranges: readonly Range[], address: number): boolean =>
  ranges.some(([low, high]) => address >= low && address < high);

function callOf(entry: Entry): InlinedCall {
  const number = (name: number): number => entry.values.get(name)?.value ?? 0;
  return { entry, callFile: number(attribute.callFile), callLine: number(attribute.callLine) };
}
