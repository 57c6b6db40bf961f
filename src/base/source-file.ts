/** Source texts and their line tables. */

export interface SourceFile {
  readonly name: string;
  readonly text: string;
  /** Offset at which each line begins; the first is 0. */
  readonly lineStarts: readonly number[];
  /** Offsets of the second halves of characters that UTF-16 writes as two: they take no column. */
  readonly secondHalves: readonly number[];
}

/** The texts of a script: its own, and those of the scripts that it imports. */
export interface Sources {
  readonly main: SourceFile;
  /** By the name that spans bear; undefined for what is no text of the script. */
  named(name: string): SourceFile | undefined;
}

/** The first is the script's own. */
export function sourcesOf(main: SourceFile, ...imported: readonly SourceFile[]): Sources {
  const byName = new Map([...imported, main].map((source) => [source.name, source]));
  return { main, named: (name) => byName.get(name) };
}

/** Both counted from 1, as people count; columns are characters. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

export function sourceFile(name: string, text: string): SourceFile {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  const secondHalves = Array.from(text.matchAll(/[\u{10000}-\u{10ffff}]/gu), ({ index }) => index + 1);
  return { name, text, lineStarts, secondHalves };
}

/** Where an offset lies. Offsets beyond the text count as its end. */
export function lineColumnAt(source: SourceFile, offset: number): LineColumn {
  const at = Math.max(0, Math.min(offset, source.text.length));
  const line = countUpTo(source.lineStarts, at);
  const start = source.lineStarts[line - 1] ?? 0;
  const halves = countUpTo(source.secondHalves, at) - countUpTo(source.secondHalves, start);
  return { line, column: at - start - halves + 1 };
}

/** The other way: where a line and a column are. Undefined beyond the line's end. */
export function offsetAt(source: SourceFile, { line, column }: LineColumn): number | undefined {
  const start = source.lineStarts[line - 1];
  const characters = Array.from(lineText(source, line));
  if (start === undefined || column > characters.length) return undefined;
  return start + characters.slice(0, Math.max(0, column - 1)).join('').length;
}

/** How many of the sorted offsets are not beyond `at`. */
function countUpTo(offsets: readonly number[], at: number): number {
  let [low, high] = [0, offsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The text of a line (counted from 1) without its line break. */
export function lineText(source: SourceFile, line: number): string {
  const start = source.lineStarts[line - 1] ?? source.text.length;
  const end = source.lineStarts[line] ?? source.text.length + 1;
  return source.text.slice(start, end - 1).replace(/\r$/, '');
}
