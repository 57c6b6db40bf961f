/**
 * The debug information of a file: its units, found by the addresses of their code or by where their entries lie, and names of entries.
 * Lazy: a unit is read when something in it is asked for.
 */

import { once } from '../once.ts';
import type { Abbreviations } from './abbreviations.ts';
import { Cursor, Damaged } from './cursor.ts';
import type { RawValue } from './forms.ts';
import type { FunctionRange } from './inlined.ts';
import { functionRanges } from './inlined.ts';
import type { LineTable, LineUnit } from './line-table.ts';
import { lineTable, readLineUnit } from './line-table.ts';
import type { Reference } from './references.ts';
import { referenceOf } from './references.ts';
import type { DebugSections } from './sections.ts';
import type { Entry, Unit, UnitHeader } from './unit.ts';
import { attribute, isKnownVersion, readEntry, readUnit, readUnitHeader } from './unit.ts';
import type { TextSource } from './values.ts';
import { rangesOf, textOf } from './values.ts';

/** `shared` is the file that several programs keep common entries in (`.gnu_debugaltlink`), if there is one. */
export function debugInfo(sections: DebugSections, shared?: () => DebugSections | undefined): DebugInfo {
  const sharedInfo = once(() => {
    const found = shared?.();
    return found && new DebugInfo(found, undefined);
  });
  return new DebugInfo(sections, sharedInfo);
}

/** What is damaged reads as absent. */
export function unlessDamaged<T>(read: () => T): T | undefined {
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

export class DebugInfo {
  readonly #sections: DebugSections;
  readonly #shared: (() => DebugInfo | undefined) | undefined;
  readonly #abbreviations = new Map<number, Abbreviations>();
  readonly #units = once(() => this.#readUnits());
  readonly #ranges = once(() => this.#readRanges());

  constructor(sections: DebugSections, shared: (() => DebugInfo | undefined) | undefined) {
    this.#sections = sections;
    this.#shared = shared;
  }

  get sections(): DebugSections {
    return this.#sections;
  }

  get units(): readonly LazyUnit[] {
    return this.#units();
  }

  /** The file that common entries are kept in, or this one. */
  fileOf({ isShared }: Reference): DebugInfo | undefined {
    return isShared ? this.#shared?.() : this;
  }

  unitAt(address: number): LazyUnit | undefined {
    return covering(this.#ranges(), address)?.unit;
  }

  /** The unit that an entry lies in. */
  unitOf(offset: number): Unit | undefined {
    const units = this.#units();
    const unit = units[lastBeginning(units, offset, ({ header }) => header.entries)];
    return unit !== undefined && offset < unit.header.end ? unit.tryUnit() : undefined;
  }

  textOf(value: RawValue, unit: Unit): string {
    return textOf(value, this.#textSource(unit));
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

  /** The entry's own name, or that of the one that it is a copy of; as linkers know it, where that differs. */
  nameOf(entry: Entry, unit: Unit, depth = 0): string | undefined {
    if (depth > referencesMax) throw new Damaged();
    const { values } = entry;
    const linkage = values.get(attribute.linkageName) ?? values.get(attribute.mipsLinkageName);
    if (linkage !== undefined) return this.textOf(linkage, unit);
    for (const name of [attribute.abstractOrigin, attribute.specification]) {
      const reference = referenceOf(entry, name, unit);
      const info = reference && this.fileOf(reference);
      const found = reference && info && info.#nameAt(reference.offset, depth + 1);
      if (found !== undefined) return found;
    }
    const name = values.get(attribute.name);
    return name && this.textOf(name, unit);
  }

  #nameAt(offset: number, depth: number): string | undefined {
    const unit = this.unitOf(offset);
    if (unit === undefined) return undefined;
    const entry = readEntry(new Cursor(this.#sections.info(), offset, unit.end), unit, nameAttributes);
    return entry && this.nameOf(entry, unit, depth);
  }
}

/** A unit whose parts are read when they are asked for. */
export class LazyUnit {
  readonly header: UnitHeader;
  readonly tryUnit: () => Unit | undefined;
  readonly lineUnit: () => LineUnit | undefined;
  readonly lines: () => LineTable | undefined;
  readonly #functions: () => readonly FunctionRange[];

  constructor(header: UnitHeader, tryUnit: () => Unit | undefined, textSource: (unit: Unit) => TextSource) {
    this.header = header;
    this.tryUnit = tryUnit;
    this.lineUnit = once(() => unlessDamaged(() => lineUnitOf(this.unit(), textSource(this.unit()))));
    this.lines = once(() => {
      const unit = this.lineUnit();
      return unit && unlessDamaged(() => lineTable(unit));
    });
    this.#functions = once(() => unlessDamaged(() => functionRanges(this.unit())) ?? []);
  }

  unit(): Unit {
    const unit = this.tryUnit();
    if (unit === undefined) throw new Damaged();
    return unit;
  }

  functionAt(address: number): FunctionRange | undefined {
    return covering(this.#functions(), address);
  }
}

function lineUnitOf(unit: Unit, source: TextSource): LineUnit | undefined {
  const { values } = unit.root;
  const statements = values.get(attribute.statements);
  const folder = values.get(attribute.compilationFolder);
  return (
    statements && readLineUnit(statements.value, source, folder === undefined ? '' : textOf(folder, source))
  );
}

/** So far back one is looked for that covers an address: ranges may lie within others. */
const enclosingMax = 64;

/** Of ranges in rising order, the one that begins last of those that cover an address. */
function covering<T extends { readonly low: number; readonly high: number }>(
  ranges: readonly T[],
  address: number,
): T | undefined {
  const last = lastBeginning(ranges, address, (range) => range.low);
  for (let index = last; index > Math.max(-1, last - enclosingMax); index--) {
    const range = ranges[index];
    if (range !== undefined && address < range.high) return range;
  }
  return undefined;
}

/** Index of the last that begins at or before a place; −1 if none does. */
function lastBeginning<T>(sorted: readonly T[], place: number, beginning: (one: T) => number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = sorted[middle];
    if (one !== undefined && beginning(one) <= place) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
