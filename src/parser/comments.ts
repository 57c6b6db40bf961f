/** The comments of a script: what stands between its tokens. Those inside C definitions belong to the C text. */

import type { IToken } from 'chevrotain';
import type { Span } from '../base/span.ts';
import type { SourceFile } from '../base/source-file.ts';
import { isBlank, scanComment } from './scan.ts';

export interface Comment {
  /** With its marks, and without blanks at its end. */
  readonly text: string;
  readonly span: Span;
}

export function commentsOf(source: SourceFile, tokens: readonly IToken[]): readonly Comment[] {
  const comments: Comment[] = [];
  let gapStart = shebangEnd(source.text);
  for (const { startOffset, image } of [...tokens, { startOffset: source.text.length, image: '' }]) {
    comments.push(...commentsBetween(source, gapStart, startOffset));
    gapStart = startOffset + image.length;
  }
  return comments;
}

/** Just past the first line, if that tells the system what to run the script with. */
export function shebangEnd(text: string): number {
  return text.startsWith('#!') ? (text + '\n').indexOf('\n') : 0;
}

function commentsBetween({ text, name }: SourceFile, start: number, end: number): readonly Comment[] {
  const comments: Comment[] = [];
  let at = start;
  while (at < end) {
    const commentEnd = isBlank(text[at]) ? -1 : scanComment(text, at);
    if (commentEnd > 0) {
      const comment = text.slice(at, commentEnd).trimEnd();
      comments.push({ text: comment, span: { file: name, start: at, end: at + comment.length } });
    }
    at = Math.max(at + 1, commentEnd);
  }
  return comments;
}
