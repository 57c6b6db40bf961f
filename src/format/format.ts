/** DOOR: a script laid out as all scripts are, with its comments. What it means stays the same, and this is checked. */

import { assert } from '../base/assert.ts';
import { hasErrors, type Outcome } from '../base/outcome.ts';
import { sourceFile, type SourceFile } from '../base/source-file.ts';
import type { Program } from '../parser/ast.ts';
import { shebangEnd } from '../parser/comments.ts';
import { parse, parseWithComments } from '../parser/parse.ts';
import { layOut } from './doc.ts';
import { Script } from './script.ts';
import { writeExpr } from './write-expression.ts';
import { writeLines } from './write-list.ts';
import { sectionItems } from './write-section.ts';
import { statementItem } from './write-statement.ts';
import { writeType } from './write-type.ts';
import type { Writer } from './writer.ts';

/** Lines are no longer than this, where they can be broken. */
const widthMax = 90;

/** No text for a script with errors: what is left out of its tree would get lost. */
export function format(source: SourceFile): Outcome<string | undefined> {
  const { outcome, comments } = parseWithComments(source);
  const errors = outcome.diagnostics.filter(({ severity }) => severity === 'error');
  if (hasErrors(errors)) return { value: undefined, diagnostics: errors };
  const text = write(new Script(source.text, comments), outcome.value);
  assert(sameMeaning(outcome.value, parse(sourceFile(source.name, text)).value), 'formatting keeps the tree');
  return { value: text, diagnostics: [] };
}

function write(script: Script, program: Program): string {
  const writer: Writer = {
    script,
    expr: (expr) => writeExpr(writer, expr),
    type: (type) => writeType(writer, type),
    item: (statement) => statementItem(writer, statement),
  };
  const start = shebangEnd(script.text);
  const shebang = script.text.slice(0, start).trimEnd();
  const lines = writeLines(script, sectionItems(writer, program), { start, end: script.text.length });
  const text = layOut([shebang, ...lines], widthMax);
  // Each line stands behind a line break, and the first has none before it.
  return text === '' ? '' : `${shebang === '' ? text.slice(1) : text}\n`;
}

/** Whether two trees differ in their places only. */
function sameMeaning(one: Program, other: Program): boolean {
  const plain = (program: Program): string =>
    JSON.stringify(program, (key, value: unknown) =>
      key === 'span' ? undefined : typeof value === 'bigint' ? value.toString() : value,
    );
  return plain(one) === plain(other);
}
