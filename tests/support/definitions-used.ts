/** Which builtins and kinds of probes scripts use, and which scripts the tests' own sources hold: for what the registries promise. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { hasErrors } from '../../src/base/outcome.ts';
import { sourceFile } from '../../src/base/source-file.ts';
import type { Builtin } from '../../src/builtins/define.ts';
import { findBuiltin } from '../../src/builtins/registry.ts';
import type { AttachPoint, Expr } from '../../src/parser/ast.ts';
import { parse } from '../../src/parser/parse.ts';
import type { ProbeDefinition } from '../../src/probes/define.ts';
import { findProbe } from '../../src/probes/registry.ts';

type Definition = Builtin | ProbeDefinition;

/** Definitions that any of the scripts names; a text that is no script names none. */
export function definitionsUsed(scripts: readonly string[]): ReadonlySet<Definition> {
  const found = scripts.flatMap((script) => {
    const { value, diagnostics } = parse(sourceFile('script', script), { parameters: ['word', '1'] });
    return hasErrors(diagnostics) ? [] : [...namedIn(value)];
  });
  return new Set(found);
}

/** The tree is walked by its shape alone: a new kind of node needs nothing here. */
function* namedIn(node: unknown): Iterable<Definition> {
  if (typeof node !== 'object' || node === null) return;
  if (isNode(node)) {
    const named = 'provider' in node ? findProbe(node.provider.text) : findBuiltin(nameOf(node) ?? '');
    if (named) yield named;
  }
  for (const child of Object.values(node)) yield* namedIn(child);
}

const isNode = (node: object): node is AttachPoint | Expr => 'provider' in node || 'kind' in node;

function nameOf(expression: Expr): string | undefined {
  if (expression.kind === 'identifier') return expression.name;
  return expression.kind === 'call' ? expression.callee.text : undefined;
}

/** Texts in a folder's TypeScript files, what a template inserts being 0. */
export function textsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return [...textsOf(ts.createSourceFile(file, text, ts.ScriptTarget.Latest))];
    });
}

function* textsOf(node: ts.Node): Iterable<string> {
  if (ts.isStringLiteralLike(node)) yield node.text;
  if (ts.isTemplateExpression(node))
    yield [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('0');
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* textsOf(child);
}
