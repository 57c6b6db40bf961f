/**
 * DOOR: from addresses of a program to lines of its source, and to the functions that were inlined there, by DWARF of versions 2 to 5.
 * Lazy: a unit is read when an address lies in it. What is damaged, or of a kind that we don't know, reads as absent.
 */

import { once } from '../once.ts';
import type { Abbreviations } from './abbreviations.ts';
import { Cursor, Damaged } from './cursor.ts';
import type { FunctionRange, InlinedCall } from './inlined.ts';
import { functionRanges, inlinedCallsAt, referenceOf } from './inlined.ts';
import type { LineTable, SourcePlace } from './line-table.ts';
import { readLineTable } from './line-table.ts';
import type { DebugSections } from './sections.ts';
import type { Entry, Unit, UnitHeader } from './unit.ts';
import { attribute, isKnownVersion, readEntry, readUnit, readUnitHeader } from './unit.ts';
import type { TextSource } from './values.ts';
import { rangesOf, textOf } from './values.ts';

export type { SourcePlace } from './line-table.ts';

export interface InlinedFunction {
  /** Mangled, if its language does that. */
  readonly name: string;
  /** Where in it the code is from. */
  readonly place?: SourcePlace;
}

export interface SourceOf {
  /** Where in the function that the address lies in the code is from; of an inlined call, where that is made. */
  readonly place?: SourcePlace;
  /** The innermost first. */
  readonly inlined: readonly InlinedFunction[];
}

export interface SourceLines {
  /** By address as the file has it. Undefined if nothing is known of it. */
  at(address: number): SourceOf | undefined;
}

/** `shared` is the file that several programs keep common entries in (`.gnu_debugaltlink`), if there is one. */
export function sourceLines(sections: DebugSections, shared?: () => DebugSections | undefined): SourceLines {
  const sharedInfo = once(() => {
    const found = shared?.();
    return found && new DebugInfo(found, undefined);
  });
  const info = new DebugInfo(sections, sharedInfo);
  return { at: (address) => unlessDamaged(() => info.at(address)) };
}

function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Damaged) return undefined;
    throw error;
  }
}

interface UnitRange {
  readonly low: number;
  readonly high: number;
  readonly unit: LazyUnit;
}

/** A chain of references longer than this leads in a circle. */
const referencesMax = 16;

const nameAttributes: ReadonlySet<number> = new Set([
  attribute.name,
  attribute.linkageName,
  attribute.mipsLinkageName,
  attribute.abstractOrigin,
  attribute.specification,
]);

class DebugInfo {
  readonly #sections: DebugSections;
  readonly #shared: (() => DebugInfo | undefined) | undefined;
  readonly #abbreviations = new Map<number, Abbreviations>();
  readonly #units = once(() => this.#readUnits());
  readonly #ranges = once(() => this.#readRanges());

  constructor(sections: DebugSections, shared: (() => DebugInfo | undefined) | undefined) {
    this.#sections = sections;
    this.#shared = shared;
  }

  at(address: number): SourceOf | undefined {
    const unit = this.#unitAt(address);
    if (unit === undefined) return undefined;
    const lines = unit.lines();
    const place = lines?.at(address);
    const calls = unlessDamaged(() => unit.inlinedAt(address)) ?? [];
    return arrange(calls, place, {
      nameOf: (entry) => unlessDamaged(() => this.#nameOf(entry, unit.unit())) ?? '??',
      fileName: (file) => lines?.fileName(file),
    });
  }

  #readUnits(): readonly LazyUnit[] {
    const info = this.#sections.info();
    const units: LazyUnit[] = [];
    for (let offset = 0; ;) {
      const header = unlessDamaged(() => readUnitHeader(info, offset));
      if (header === undefined) return units;
      if (isKnownVersion(header)) units.push(this.#lazyUnit(header));
      offset = header.end;
    }
  }

  #lazyUnit(header: UnitHeader): LazyUnit {
    const unit = once(() => unlessDamaged(() => readUnit(header, this.#sections, this.#abbreviations)));
    return new LazyUnit(header, unit, (read) => this.#textSource(read));
  }

  #textSource(unit: Unit): TextSource {
    const shared = this.#shared?.();
    return shared === undefined ? unit : { ...unit, shared: shared.#sections };
  }

  #readRanges(): readonly UnitRange[] {
    const ranges = this.#units().flatMap((lazy) => {
      const unit = lazy.tryUnit();
      const found = unit && unlessDamaged(() => rangesOf(unit.root, unit));
      return (found ?? []).map(([low, high]) => ({ low, high, unit: lazy }));
    });
    return ranges.sort((a, b) => a.low - b.low);
  }

  #unitAt(address: number): LazyUnit | undefined {
    return covering(this.#ranges(), address)?.unit;
  }

  /** The entry's own name, or that of the one that it is a copy of; as linkers know it, where that differs. */
  #nameOf(entry: Entry, unit: Unit, depth = 0): string | undefined {
    if (depth > referencesMax) throw new Damaged();
    const source = this.#textSource(unit);
    const { values } = entry;
    const linkage = values.get(attribute.linkageName) ?? values.get(attribute.mipsLinkageName);
    if (linkage !== undefined) return textOf(linkage, source);
    for (const name of [attribute.abstractOrigin, attribute.specification]) {
      const reference = referenceOf(entry, name, unit);
      const info = reference?.isShared === true ? this.#shared?.() : this;
      const found = reference && info ? info.#nameAt(reference.offset, depth + 1) : undefined;
      if (found !== undefined) return found;
    }
    const name = values.get(attribute.name);
    return name && textOf(name, source);
  }

  #nameAt(offset: number, depth: number): string | undefined {
    const unit = this.#units()
      .find(({ header }) => offset >= header.entries && offset < header.end)
      ?.tryUnit();
    if (unit === undefined) return undefined;
    const entry = readEntry(new Cursor(this.#sections.info(), offset, unit.end), unit, nameAttributes);
    return entry && this.#nameOf(entry, unit, depth);
  }
}

/** A unit whose parts are read when they are asked for. */
class LazyUnit {
  readonly header: UnitHeader;
  readonly tryUnit: () => Unit | undefined;
  readonly lines: () => LineTable | undefined;
  readonly #functions: () => readonly FunctionRange[];

  constructor(header: UnitHeader, tryUnit: () => Unit | undefined, textSource: (unit: Unit) => TextSource) {
    this.header = header;
    this.tryUnit = tryUnit;
    this.lines = once(() => unlessDamaged(() => linesOf(this.unit(), textSource(this.unit()))));
    this.#functions = once(() => unlessDamaged(() => functionRanges(this.unit())) ?? []);
  }

  unit(): Unit {
    const unit = this.tryUnit();
    if (unit === undefined) throw new Damaged();
    return unit;
  }

  inlinedAt(address: number): readonly InlinedCall[] {
    const found = covering(this.#functions(), address);
    return found === undefined ? [] : inlinedCallsAt(this.unit(), found.offset, address);
  }
}

function linesOf(unit: Unit, source: TextSource): LineTable | undefined {
  const { values } = unit.root;
  const statements = values.get(attribute.statements);
  const folder = values.get(attribute.compilationFolder);
  return (
    statements && readLineTable(statements.value, source, folder === undefined ? '' : textOf(folder, source))
  );
}

/** So far back one is looked for that covers an address: ranges may lie within others. */
const enclosingMax = 64;

/** Of ranges in rising order, the one that begins last of those that cover an address. */
function covering<T extends { readonly low: number; readonly high: number }>(
  ranges: readonly T[],
  address: number,
): T | undefined {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.low ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  for (let index = low - 1; index >= Math.max(0, low - enclosingMax); index--) {
    const range = ranges[index];
    if (range !== undefined && address < range.high) return range;
  }
  return undefined;
}

interface Naming {
  readonly nameOf: (entry: Entry) => string;
  readonly fileName: (file: number) => string | undefined;
}

/** The place of the code belongs to the innermost function; each call's place to the function that makes it. */
function arrange(calls: readonly InlinedCall[], place: SourcePlace | undefined, naming: Naming): SourceOf {
  let innermost = place;
  const inlined: InlinedFunction[] = [];
  for (const { entry, callFile, callLine } of calls.toReversed()) {
    inlined.push({ name: naming.nameOf(entry), ...(innermost && { place: innermost }) });
    const file = naming.fileName(callFile);
    innermost = file === undefined || callLine === 0 ? undefined : { file, line: callLine };
  }
  return { inlined, ...(innermost && { place: innermost }) };
}
