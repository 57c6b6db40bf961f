/** DOOR: from lines of the source to the code that they became. */

import type { LineCode } from '../../probes/define.ts';
import type { DebugInfo, LazyUnit } from './debug-info.ts';
import { unlessDamaged } from './debug-info.ts';
import { inlinedCallsAt } from './inlined.ts';
import type { LineRow, LineRows } from './line-program.ts';

export interface LineWanted {
  /** A path, or the end of one: main.c, src/main.c. */
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** Addresses as the file has them: the first of each function, or inlined copy of one, that has code of the line. */
export function codeOfLine(info: DebugInfo, wanted: LineWanted): LineCode {
  const files = new Set<string>();
  const lines = new Set<number>();
  const addresses: number[] = [];
  for (const unit of info.units) {
    const found = unlessDamaged(() => rowsIn(unit, wanted.file));
    for (const name of found?.names ?? []) files.add(name);
    const rows = found?.rows.code ?? [];
    for (const { line } of rows) lines.add(line);
    addresses.push(
      ...firstOfEach(
        unit,
        rows.filter((row) => isWanted(row, wanted)),
      ),
    );
  }
  return {
    files: [...files].sort(),
    addresses: addresses.sort((a, b) => a - b),
    near: nearest(lines, wanted.line),
  };
}

const isWanted = ({ line, column }: LineRow, wanted: LineWanted): boolean =>
  line === wanted.line && (wanted.column === undefined || column === wanted.column);

function rowsIn(
  unit: LazyUnit,
  file: string,
): { readonly names: readonly string[]; readonly rows: FileRows } | undefined {
  const lines = unit.lineUnit();
  const end = file.replace(/^(?:\.\/)+/, '');
  const named = (lines?.files ?? []).flatMap((number) => {
    const name = lines?.fileName(number);
    return name === end || name?.endsWith(`/${end}`) ? [{ number, name }] : [];
  });
  if (lines === undefined || named.length === 0) return undefined;
  const rows = new FileRows(new Set(named.map(({ number }) => number)));
  lines.run(rows);
  const used = named.filter(({ number }) => rows.code.some((row) => row.file === number));
  return { names: used.map(({ name }) => name), rows };
}

/** Rows of some files at which lines begin: not those of functions that the linker dropped, whose addresses count from 0. */
class FileRows implements LineRows {
  readonly code: LineRow[] = [];
  readonly #files: ReadonlySet<number>;
  /** Where the sequence begins; undefined between sequences. */
  #start: number | undefined;

  constructor(files: ReadonlySet<number>) {
    this.#files = files;
  }

  add(row: LineRow): void {
    this.#start ??= row.address;
    if (this.#start !== 0 && row.isStatement && row.line > 0 && this.#files.has(row.file))
      this.code.push(row);
  }

  endSequence(): void {
    this.#start = undefined;
  }
}

/** A loop comes back to a line, and instructions are mixed: in one function, and each inlined copy of one, the line has one place. */
function firstOfEach(lazy: LazyUnit, rows: readonly LineRow[]): readonly number[] {
  const first = new Map<string, number>();
  for (const { address } of rows) {
    const found = lazy.functionAt(address);
    const calls = found && (unlessDamaged(() => inlinedCallsAt(lazy.unit(), found.offset, address)) ?? []);
    const scope = [found?.offset, ...(calls ?? []).map(({ entry }) => entry.offset)].join();
    first.set(scope, Math.min(address, first.get(scope) ?? Infinity));
  }
  return [...new Set(first.values())];
}

/** The lines with code next to one, before and behind it. */
function nearest(lines: ReadonlySet<number>, line: number): readonly number[] {
  const sorted = [...lines].filter((other) => other !== line).sort((a, b) => a - b);
  const behind = sorted.findIndex((other) => other > line);
  return behind < 0 ? sorted.slice(-1) : sorted.slice(Math.max(0, behind - 1), behind + 1);
}
