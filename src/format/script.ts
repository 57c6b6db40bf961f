/** A script while it is written anew: its text, and its comments, each of which is handed out once, in order. */

import type { Span } from '../base/span.ts';
import type { Comment } from '../parser/comments.ts';
import { scanString, skipTrivia } from '../parser/scan.ts';
import { forcedBreak, lineBreak, verbatim, type Doc } from './doc.ts';

export class Script {
  readonly text: string;
  readonly #comments: readonly Comment[];
  #next = 0;

  constructor(text: string, comments: readonly Comment[]) {
    this.text = text;
    this.#comments = comments;
  }

  slice({ start, end }: Span): string {
    return this.text.slice(start, end);
  }

  /** The text from an offset as far as a pattern (sticky) takes it. */
  match(pattern: RegExp, offset: number): string {
    const sticky = new RegExp(pattern, 'y');
    sticky.lastIndex = offset;
    return sticky.exec(this.text)?.[0] ?? '';
  }

  /** The string that begins at an offset, as it is written. */
  string(offset: number): string {
    return this.text.slice(offset, scanString(this.text, offset));
  }

  /** Past blanks and comments. */
  skip(offset: number): number {
    return skipTrivia(this.text, offset);
  }

  /** The offset of the closing parenthesis that follows another, or an empty pair of them; else the offset itself. */
  closing(offset: number): number {
    const next = this.skip(offset);
    const close = this.text[next] === '(' ? this.skip(next + 1) : next;
    return this.text[close] === ')' ? close : offset;
  }

  /** Past the semicolon that follows an offset, if there is one. */
  semicolonEnd(offset: number): number {
    const at = this.skip(offset);
    return this.text[at] === ';' ? at + 1 : offset;
  }

  /** Whether an empty line lies between two offsets with nothing but blanks and marks between them. */
  hasEmptyLine(start: number, end: number): boolean {
    return /\n[ \t\r\f\v]*\n/.test(this.text.slice(start, end));
  }

  hasCommentBefore(offset: number): boolean {
    const next = this.#comments[this.#next];
    return next !== undefined && next.span.start < offset;
  }

  /** The comments not handed out yet that begin before an offset. */
  takeBefore(offset: number): readonly Comment[] {
    const first = this.#next;
    while (this.hasCommentBefore(offset)) this.#next++;
    return this.#comments.slice(first, this.#next);
  }

  /** The comments that follow an offset on its line, as far as `limit`. */
  takeOnLine(offset: number, limit: number): readonly Comment[] {
    const taken: Comment[] = [];
    let end = offset;
    for (;;) {
      const comment = this.#comments[this.#next];
      if (!comment || comment.span.start >= limit) return taken;
      if (this.text.slice(end, comment.span.start).includes('\n')) return taken;
      taken.push(comment);
      this.#next++;
      end = comment.span.end;
      if (endsLine(comment)) return taken;
    }
  }

  /** Comments in front of what begins at an offset, inside a statement. */
  lead(offset: number): Doc {
    return this.takeBefore(offset).map((comment) => [
      verbatimOrText(comment),
      endsLine(comment) ? lineBreak : ' ',
    ]);
  }

  /** Comments in front of a closing bracket, before which the line may be broken. */
  tail(offset: number): Doc {
    const comments = this.takeBefore(offset);
    return comments.map((comment, index) => {
      const previous = comments[index - 1];
      const gap = previous && endsLine(previous) ? lineBreak : ' ';
      return [gap, verbatimOrText(comment), endsLine(comment) ? forcedBreak : ''];
    });
  }
}

/** Nothing may stand on the same line behind a comment of its kind, or should. */
export function endsLine({ text }: Comment): boolean {
  return text.startsWith('//') || text.includes('\n');
}

export function verbatimOrText({ text }: Comment): Doc {
  return text.includes('\n') ? verbatim(text) : text;
}
