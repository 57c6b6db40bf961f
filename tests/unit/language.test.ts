/** docs/language.md: every script in it compiles without a word, and together they show every form of the language. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sourceFile } from '../../src/base/source-file.ts';
import { compile } from '../../src/compile.ts';
import { gather } from '../../src/imports/gather.ts';
import type { Program } from '../../src/parser/ast.ts';
import { parse } from '../../src/parser/parse.ts';
import { constructs, constructsIn } from '../support/constructs.ts';
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

const programs: readonly Program[] = examples.map(
  (script) => parse(sourceFile('example', script), { parameters }).value,
);

/** Imports have no file here. */
const withoutExample = ['statement import', 'section imports'];

test('every construct has an example', () => {
  const found = new Set(programs.flatMap((program) => [...constructsIn(program)]));
  expect(constructs.filter((construct) => !found.has(construct))).toEqual(withoutExample);
});
