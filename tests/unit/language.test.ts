/** docs/language.md: every script in it compiles without a word, and together they show every form of the language. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sourceFile } from '../../src/base/source-file.ts';
import { compile } from '../../src/compile.ts';
import { gather } from '../../src/imports/gather.ts';
import type { Expr, Program, Statement } from '../../src/parser/ast.ts';
import { parse } from '../../src/parser/parse.ts';
import { exampleFacts } from '../support/example-facts.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/language.md'), 'utf8');

/** Indented paragraphs. */
const examples = (page.match(/(?:^ {4}.+\n)+/gm) ?? []).map((paragraph) => paragraph.replace(/^ {4}/gm, ''));

const parameters = ['7', 'text'];

test.each(examples)('%s', (script) => {
  const { diagnostics } = compile(
    gather(sourceFile('example', script), { parameters }),
    { parameters },
    (config) => {
      const facts = exampleFacts();
      return { ...facts, settings: { ...facts.settings, ...config } };
    },
  );
  const told = diagnostics.filter(({ code }) => code !== 'deprecated');
  expect(told.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
});

/** Forms that no example is for: mistakes, and imports, which have no file here. */
const forms: Readonly<Record<Exclude<Expr['kind'] | Statement['kind'], 'error' | 'import'>, true>> = {
  int: true,
  bool: true,
  string: true,
  identifier: true,
  variable: true,
  map: true,
  parameter: true,
  unary: true,
  step: true,
  binary: true,
  conditional: true,
  cast: true,
  field: true,
  index: true,
  call: true,
  tuple: true,
  record: true,
  block: true,
  if: true,
  comptime: true,
  sizeof: true,
  typeinfo: true,
  offsetof: true,
  type: true,
  let: true,
  assign: true,
  discard: true,
  expression: true,
  unroll: true,
  while: true,
  for: true,
  break: true,
  continue: true,
  return: true,
};

/** Words in places of a kind, and kinds of sections, that trees hold. */
function kindsIn(data: unknown, found: Set<string>): void {
  if (typeof data !== 'object' || data === null) return;
  if ('kind' in data && typeof data.kind === 'string') found.add(data.kind);
  for (const part of Object.values(data)) kindsIn(part, found);
}

const programs: readonly Program[] = examples.map(
  (script) => parse(sourceFile('example', script), { parameters }).value,
);

test('every form of expression and statement has an example', () => {
  const found = new Set<string>();
  kindsIn(programs, found);
  expect(Object.keys(forms).filter((kind) => !found.has(kind))).toEqual([]);
});

test('every section has one, too', () => {
  for (const section of ['definitions', 'macros', 'functions', 'maps', 'probes'] as const)
    expect(programs.some((program) => program[section].length > 0)).toBe(true);
  expect(programs.some(({ config }) => config)).toBe(true);
});
