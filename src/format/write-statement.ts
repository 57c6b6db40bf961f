/** Statements, each on a line of its own and ended by its semicolon. */

import { assertNever } from '../base/assert.ts';
import type { Block, Expr, Name, Statement } from '../parser/ast.ts';
import { group, indented, type Doc } from './doc.ts';
import { writeCondition } from './write-expression.ts';
import { writeBlock, type Item } from './write-list.ts';
import { enclosed, type Writer } from './writer.ts';

type StatementOf<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;

export function statementItem(writer: Writer, statement: Statement): Item {
  const { start, end } = statement.span;
  return {
    start,
    end: writer.script.semicolonEnd(end),
    kind: 'statement',
    write: () => writeStatement(writer, statement),
  };
}

/** The braces of a probe's block in angle brackets, too. */
export function writeStatementBlock({ script, item }: Writer, { statements, span }: Block): Doc {
  return writeBlock(script, statements.map(item), span);
}

function writeStatement(writer: Writer, statement: Statement): Doc {
  switch (statement.kind) {
    case 'let':
      return writeLet(writer, statement);
    case 'assign':
      return [writer.expr(statement.target), ` ${statement.op} `, continued(writer, statement.value), ';'];
    case 'discard':
      return ['_ = ', continued(writer, statement.value), ';'];
    case 'expression':
      return [writer.expr(statement.value), ';'];
    case 'return':
      return ['return', ...(statement.value ? [' ', continued(writer, statement.value)] : []), ';'];
    case 'break':
    case 'continue':
      return [statement.kind, ';'];
    case 'import':
      return ['import ', writePath(writer, statement.path), ';'];
    case 'if':
      return writeIf(writer, statement);
    case 'for':
      return writeFor(writer, statement);
    case 'while':
      return [
        'while ',
        writeCondition(writer, statement.condition),
        ' ',
        writeStatementBlock(writer, statement.body),
      ];
    case 'unroll':
      return [
        'unroll ',
        writeCondition(writer, statement.count),
        ' ',
        writeStatementBlock(writer, statement.body),
      ];
    case 'block':
      return writeStatementBlock(writer, statement.body);
    default:
      return assertNever(statement);
  }
}

/** The value behind a mark; comments between them would put it at the beginning of a line. */
function continued({ script, expr }: Writer, value: Expr): Doc {
  return script.hasCommentBefore(value.span.start) ? indented(expr(value)) : expr(value);
}

/** A path in quotes, as it is written. */
export function writePath({ script }: Writer, { span }: Name): Doc {
  return [script.lead(span.start), script.slice(span)];
}

function writeLet(writer: Writer, { variable, type, value }: StatementOf<'let'>): Doc {
  return [
    'let ',
    writer.script.lead(variable.span.start),
    `$${variable.text}`,
    ...(type ? [': ', writer.type(type)] : []),
    ...(value ? [' = ', continued(writer, value)] : []),
    ';',
  ];
}

/** An else if is a loop here, not a recursion. */
function writeIf(writer: Writer, statement: StatementOf<'if'>): Doc {
  const docs: Doc[] = [];
  for (let next = statement; ;) {
    docs.push('if ', writeCondition(writer, next.condition), ' ', writeStatementBlock(writer, next.then));
    if (!next.else) return docs;
    docs.push(' else ');
    const chained = elseIf(next);
    if (!chained) {
      docs.push(writeStatementBlock(writer, next.else));
      return docs;
    }
    next = chained;
  }
}

/** The if of an else if: in the tree it is a block that is no longer than its one statement. */
function elseIf({ else: otherwise }: StatementOf<'if'>): StatementOf<'if'> | undefined {
  const [only] = otherwise?.statements ?? [];
  return only?.kind === 'if' && only.span.start === otherwise?.span.start ? only : undefined;
}

function writeFor(writer: Writer, { variable, over, body }: StatementOf<'for'>): Doc {
  const { script, expr } = writer;
  const name: Doc = [script.lead(variable.span.start), `$${variable.text} : `];
  const [first, last] = over.kind === 'map' ? [over.map] : [over.from, over.to];
  const range: Doc = [expr(first), ...(last ? ['..', expr(last)] : [])];
  return [
    'for ',
    group(enclosed(script, '(', [[name, range]], script.closing((last ?? first).span.end))),
    ' ',
    writeStatementBlock(writer, body),
  ];
}
