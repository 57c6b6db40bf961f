/** A stretch of source text. Offsets only: lines and columns are worked out when something is printed. */

export interface Span {
  /** Name of the source, as diagnostics print it (`stdin` for -e programs). */
  readonly file: string;
  /** Offset of the first character, in UTF-16 units from the start of the text. */
  readonly start: number;
  /** Offset just past the last character. */
  readonly end: number;
  /** Of text that stands here because of a macro: where the macro is called. */
  readonly from?: Span;
}

/** Where a span is in a file: itself, or the call of the macro by which it got there; undefined if the file has no part in it. */
export function spanIn(file: string, span: Span): Span | undefined {
  for (let at: Span | undefined = span; at; at = at.from) if (at.file === file) return at;
  return undefined;
}

/** The smallest span that covers both. */
export function join(first: Span, last: Span): Span {
  return {
    file: first.file,
    start: Math.min(first.start, last.start),
    end: Math.max(first.end, last.end),
  };
}
