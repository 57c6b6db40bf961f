/** What stands line by line: statements, sections, settings. Comments keep their places, and so do single empty lines. */

import type { Comment } from '../parser/comments.ts';
import { indented, lineBreak, type Doc } from './doc.ts';
import { endsLine, verbatimOrText, type Script } from './script.ts';

export interface Item {
  readonly start: number;
  /** Past its semicolon. */
  readonly end: number;
  /** Items of one kind stand together; between two kinds, and around one of its own kind, there is an empty line. */
  readonly kind: string;
  readonly write: () => Doc;
}

/** The kind of items that always have an empty line around them. */
export const apart = 'apart';

/** The lines of a list, each behind a line break. `start` is where the text before the list ends, `end` where it goes on. */
export function writeLines(
  script: Script,
  items: readonly Item[],
  { start, end }: { readonly start: number; readonly end: number },
): readonly Doc[] {
  const lines: Doc[] = [];
  let previous: Item | undefined;
  /** Comments that can't stay beside the item before. */
  let carried: readonly Comment[] = [];
  let previousEnd = start;
  const add = (doc: Doc, at: number, asksForSpace: boolean): void => {
    const empty = lines.length > 0 && (asksForSpace || script.hasEmptyLine(previousEnd, at));
    lines.push([lineBreak, ...(empty ? [lineBreak] : []), doc]);
  };
  const addComments = (comments: readonly Comment[], asksForSpace: boolean): void => {
    comments.forEach((comment, index) => {
      add(verbatimOrText(comment), comment.span.start, asksForSpace && index === 0);
      previousEnd = comment.span.end;
    });
  };
  items.forEach((item, index) => {
    const space = previous !== undefined && (item.kind !== previous.kind || item.kind === apart);
    const leading = [...carried, ...script.takeBefore(item.start)];
    addComments(leading, space);
    add(item.write(), item.start, space && leading.length === 0);
    const trailing = [
      ...script.takeBefore(item.end),
      ...script.takeOnLine(item.end, items[index + 1]?.start ?? end),
    ];
    const { beside, below } = besideAndBelow(trailing);
    lines.push(beside);
    previousEnd = Math.max(item.end, trailing.at(-1)?.span.end ?? 0);
    carried = below;
    previous = item;
  });
  addComments([...carried, ...script.takeBefore(end)], false);
  return lines;
}

/** What stays on the line of what it follows, and what must go to lines of its own. */
function besideAndBelow(comments: readonly Comment[]): {
  readonly beside: Doc;
  readonly below: readonly Comment[];
} {
  const last = comments.findIndex(endsLine);
  const count = last < 0 ? comments.length : last + 1;
  return {
    beside: comments.slice(0, count).map((comment) => [' ', verbatimOrText(comment)]),
    below: comments.slice(count),
  };
}

/** A block in braces with each item on a line of its own. `start` is the offset of the brace, `end` that behind the closing one. */
export function writeBlock(
  script: Script,
  items: readonly Item[],
  { start, end }: { readonly start: number; readonly end: number },
): Doc {
  // Comments between what stands before the block and its brace go inside.
  const before = script.takeBefore(start + 1);
  const { beside, below } = besideAndBelow([
    ...before,
    ...script.takeOnLine(start + 1, items[0]?.start ?? end - 1),
  ]);
  const first = below.map((comment) => [lineBreak, verbatimOrText(comment)]);
  const lines = [...first, ...writeLines(script, items, { start: start + 1, end: end - 1 })];
  const empty = lines.length === 0 && Array.isArray(beside) && beside.length === 0;
  return empty ? '{ }' : ['{', beside, indented(...lines), lineBreak, '}'];
}
