/** What the files of this room need of each other: a block is an expression, and statements are made of expressions. */

import type { Expr, Statement, TypeSyntax } from '../parser/ast.ts';
import { group, indented, line, separated, softLine, type Doc } from './doc.ts';
import type { Script } from './script.ts';
import type { Item } from './write-list.ts';

/** Comments are handed out in order, so parts must be written in the order in which they stand. */
export interface Writer {
  readonly script: Script;
  readonly expr: (expr: Expr) => Doc;
  readonly type: (type: TypeSyntax) => Doc;
  readonly item: (statement: Statement) => Item;
}

/** Brackets around a list; broken, each element has a line. `end` is the offset before which comments still belong inside. */
export function enclosed(script: Script, open: '(' | '[', elements: readonly Doc[], end: number): Doc {
  const close = open === '(' ? ')' : ']';
  const tail = script.tail(end);
  if (elements.length === 0) return group(open, indented(tail), softLine, close);
  return group(open, indented(softLine, separated([',', line], elements), tail), softLine, close);
}
