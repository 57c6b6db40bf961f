/** C as scripts hold it, as files that libclang can read: each piece at the very offset that it has in its script, so that errors need no translation. */

import { resolve } from 'node:path';

import type { Span } from '../base/span.ts';
import type { VirtualFile } from './libclang/translation-unit.ts';

/** A preprocessor line, or a definition: the text that stands at a place in a script; or a whole header. */
export interface CPiece {
  readonly isHeader?: true;
  readonly text: string;
  readonly span: Span;
}

/** A file for each script that has C in it, under the script's own path, with blanks where it is no C. */
export function filesOf(pieces: readonly CPiece[]): readonly VirtualFile[] {
  const texts = new Map<string, string>();
  for (const piece of pieces) {
    const { span } = piece;
    const before = texts.get(span.file) ?? '';
    const gap = span.start - before.length;
    // A preprocessor line begins a line.
    const blanks = gap > 0 ? `${' '.repeat(gap - 1)}\n` : '';
    texts.set(span.file, before + blanks + ended(piece));
  }
  return [...texts].map(([path, text]) => ({ path: resolve(path), text }));
}

/** Scripts may leave out the semicolon behind a definition; C may not. It takes the place of a blank. */
const ended = ({ text, isHeader }: CPiece): string =>
  isHeader || text.startsWith('#') || text.endsWith(';') ? text : `${text};`;

/** The place of an offset in bytes, as libclang counts, in the piece that holds it; undefined if none does. */
export function spanAt(
  pieces: readonly CPiece[],
  { path, text }: VirtualFile,
  byteOffset: number,
): Span | undefined {
  const bytes = Buffer.from(text);
  if (byteOffset > bytes.length) return undefined;
  const start = bytes.subarray(0, byteOffset).toString().length;
  const piece = pieces.find(
    ({ span }) => resolve(span.file) === path && span.start <= start && start <= span.end,
  );
  if (!piece) return undefined;
  const { file, end } = piece.span;
  // What is missing behind the piece is shown at its last character: the script may end there.
  if (start >= end) return { file, start: Math.max(piece.span.start, end - 1), end };
  const word = /^(?:\w+|"[^"\n]*"|<[^>\n]*>|\S)/.exec(text.slice(start, end))?.[0] ?? ' ';
  return { file, start, end: start + word.length };
}

const haveBtf = 'BPFTRACE_HAVE_BTF';

/**
 * Whether anything is left to read. Scripts include the kernel's headers only where there is no BTF, by
 * `#ifndef BPFTRACE_HAVE_BTF … #endif`: that is told without libclang, which takes some 30 ms to open and may not be installed.
 */
export function isAllInactive(pieces: readonly CPiece[], hasBtf: boolean): boolean {
  const conditions: { active: boolean }[] = [];
  for (const { text } of pieces) {
    const [, word, name] = /^#\s*(\w+)\s*(\w*)\s*(?:\/[/*].*)?$/.exec(text.trim()) ?? [];
    const innermost = conditions.at(-1);
    if (word === 'elif') return false;
    if ((word === 'ifdef' || word === 'ifndef') && name === haveBtf)
      conditions.push({ active: hasBtf === (word === 'ifdef') });
    else if (word === 'else' && innermost) innermost.active = !innermost.active;
    else if (word === 'endif' && innermost) conditions.pop();
    else if (conditions.every(({ active }) => active)) return false;
    // A condition that isn't read still has its own end.
    else if (word?.startsWith('if')) conditions.push({ active: false });
  }
  return true;
}
