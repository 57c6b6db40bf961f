/**
 * Text that may be broken into lines, and the choice of where: after Wadler, "A prettier printer". A group is written on one
 * line if that fits, else all its own lines are broken.
 */

export type Doc = string | Line | Break | Verbatim | Indented | Group | readonly Doc[];

/** A blank or nothing on one line; a line break in a group that is broken. */
interface Line {
  readonly kind: 'line';
  readonly flat: '' | ' ';
}

/** A line break always; all groups around it are broken. */
interface Break {
  readonly kind: 'break';
}

/** Text with line breaks of its own, which stay as they are; all groups around it are broken. */
interface Verbatim {
  readonly kind: 'verbatim';
  readonly text: string;
}

interface Indented {
  readonly kind: 'indented';
  readonly inner: Doc;
}

interface Group {
  readonly kind: 'group';
  readonly inner: Doc;
  readonly broken: boolean;
}

export const line: Doc = { kind: 'line', flat: ' ' };
export const softLine: Doc = { kind: 'line', flat: '' };
export const lineBreak: Doc = { kind: 'break' };
/** Nothing, but the groups around it are broken: behind a comment that ends with its line. */
export const forcedBreak: Doc = { kind: 'verbatim', text: '' };

export const verbatim = (text: string): Doc => ({ kind: 'verbatim', text });

export const indented = (...inner: readonly Doc[]): Doc => ({ kind: 'indented', inner });

export function group(...inner: readonly Doc[]): Doc {
  return { kind: 'group', inner, broken: hasBreak(inner) };
}

export function separated(separator: Doc, docs: readonly Doc[]): Doc {
  return docs.map((doc, index) => (index === 0 ? doc : [separator, doc]));
}

/** Groups know already, so each part is looked at once for the group around it. */
function hasBreak(doc: Doc): boolean {
  if (typeof doc === 'string') return false;
  if (isList(doc)) return doc.some(hasBreak);
  if (doc.kind === 'group') return doc.broken;
  if (doc.kind === 'indented') return hasBreak(doc.inner);
  return doc.kind !== 'line';
}

/** Array.isArray does not tell a readonly array from the rest. */
function isList(doc: Exclude<Doc, string>): doc is readonly Doc[] {
  return Array.isArray(doc);
}

// Layout ---------------------------------------------------------------------------------------------------------

const indentWidth = 2;

interface Piece {
  readonly doc: Doc;
  readonly indent: number;
  readonly flat: boolean;
}

/** The text, with lines of at most `width` characters where that is possible. */
export function layOut(doc: Doc, width: number): string {
  const page = new Page();
  const pending: Piece[] = [{ doc, indent: 0, flat: false }];
  for (let piece = pending.pop(); piece; piece = pending.pop()) place(piece, pending, page, width);
  return page.text;
}

function place({ doc, indent, flat }: Piece, pending: Piece[], page: Page, width: number): void {
  if (typeof doc === 'string') page.write(doc);
  else if (isList(doc)) pushAll(pending, doc, indent, flat);
  else if (doc.kind === 'verbatim') page.write(doc.text);
  else if (doc.kind === 'break') page.breakLine(indent);
  else if (doc.kind === 'line') {
    if (flat) page.write(doc.flat);
    else page.breakLine(indent);
  } else if (doc.kind === 'indented') pending.push({ doc: doc.inner, indent: indent + indentWidth, flat });
  else {
    const inner = { doc: doc.inner, indent, flat: true };
    const fits = flat || (!doc.broken && fitsLine(inner, pending, width - page.column));
    pending.push({ ...inner, flat: fits });
  }
}

function pushAll(pending: Piece[], docs: readonly Doc[], indent: number, flat: boolean): void {
  for (let at = docs.length - 1; at >= 0; at--) pending.push({ doc: docs[at] ?? '', indent, flat });
}

/** Whether a piece, and what follows it up to the next possible line break, has at most so many characters. */
function fitsLine(first: Piece, following: readonly Piece[], width: number): boolean {
  let left = width;
  let next = following.length;
  const pending: Piece[] = [first];
  while (left >= 0) {
    const piece = pending.pop() ?? following[--next];
    if (!piece) return true;
    const { doc, indent, flat } = piece;
    if (typeof doc === 'string') left -= doc.length;
    else if (isList(doc)) pushAll(pending, doc, indent, flat);
    else if (doc.kind === 'break') return true;
    else if (doc.kind === 'verbatim') left -= (doc.text.split('\n', 1)[0] ?? '').length;
    else if (doc.kind === 'line') {
      if (!flat) return true;
      left -= doc.flat.length;
    } else pending.push({ doc: doc.inner, indent, flat: flat && !(doc.kind === 'group' && doc.broken) });
  }
  return false;
}

/** What was written so far. Blanks at the ends of lines are left out. */
class Page {
  readonly #lines: string[] = [];
  #line = '';
  #indent = 0;

  get column(): number {
    return this.#line === '' ? this.#indent : this.#line.length;
  }

  get text(): string {
    return [...this.#lines, this.#line.trimEnd()].join('\n');
  }

  write(text: string): void {
    if (text === '') return;
    const written = (this.#line === '' ? ' '.repeat(this.#indent) : this.#line) + text;
    const lastBreak = written.lastIndexOf('\n');
    if (lastBreak >= 0) this.#lines.push(written.slice(0, lastBreak));
    this.#line = written.slice(lastBreak + 1);
  }

  breakLine(indent: number): void {
    this.#lines.push(this.#line.trimEnd());
    this.#line = '';
    this.#indent = indent;
  }
}
