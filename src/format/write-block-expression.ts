/** Blocks and ifs whose value is used: on one line where there is nothing but the value. */

import type { BlockExpr, Expr, IfExpr } from '../parser/ast.ts';
import { indented, line, type Doc } from './doc.ts';
import { writeCondition } from './write-expression.ts';
import { writeBlock, type Item } from './write-list.ts';
import type { Writer } from './writer.ts';

/** `start` is the offset of its brace. */
export function writeBlockExpr(writer: Writer, { statements, result }: BlockExpr, start: number): Doc {
  const { script } = writer;
  const end = script.skip(result.span.end) + 1;
  if (statements.length === 0 && !script.hasCommentBefore(end))
    return ['{', indented(line, writer.expr(result)), line, '}'];
  return writeBlock(script, [...statements.map(writer.item), resultItem(writer, result)], { start, end });
}

/** The value at the end of a block. */
export function resultItem({ expr }: Writer, result: Expr): Item {
  const { start, end } = result.span;
  return { start, end, kind: 'statement', write: () => expr(result) };
}

/** An else if is a loop here, not a recursion. */
export function writeIfExpr(writer: Writer, expr: IfExpr): Doc {
  const docs: Doc[] = [];
  for (let next: IfExpr | BlockExpr = expr; ; next = next.else) {
    if (next.kind === 'block') {
      docs.push(writeBlockExpr(writer, next, next.span.start));
      return docs;
    }
    docs.push('if ', writeCondition(writer, next.condition));
    docs.push(' ', writeBlockExpr(writer, next.then, next.then.span.start), ' else ');
  }
}
