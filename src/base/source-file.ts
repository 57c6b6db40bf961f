/** Source texts and their line tables. */

export interface SourceFile {
  readonly name: string;
  readonly text: string;
  /** Offset at which each line begins; the first is 0. */
  readonly lineStarts: readonly number[];
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

/** Both counted from 1, as people count. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

export function sourceFile(name: string, text: string): SourceFile {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { name, text, lineStarts };
}

/** Where an offset lies. Offsets beyond the text count as its end. */
export function lineColumnAt(source: SourceFile, offset: number): LineColumn {
  const at = Math.max(0, Math.min(offset, source.text.length));
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.lineStarts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: at - (source.lineStarts[low] ?? 0) + 1 };
}

/** The text of a line (counted from 1) without its line break. */
export function lineText(source: SourceFile, line: number): string {
  const start = source.lineStarts[line - 1] ?? source.text.length;
  const end = source.lineStarts[line] ?? source.text.length + 1;
  return source.text.slice(start, end - 1).replace(/\r$/, '');
}
