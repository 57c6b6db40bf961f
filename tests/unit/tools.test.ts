/** tools/: each script has its head, its tests and its page, is laid out as --fmt does it, and parses. */

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sourceFile } from '../../src/base/source-file.ts';
import { format } from '../../src/format/format.ts';
import { parse } from '../../src/parser/parse.ts';
import { areas, exampleOf } from '../support/tools/areas.ts';
import { exampleIn, headOf, indexOf, isCut, pageFile, pageOf, sourceOf } from '../support/tools/page.ts';
import { checkOutput } from '../support/tools/tool-case.ts';
import { fits } from '../support/tools/template.ts';

const folder = join(import.meta.dirname, '../../tools');
const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.bt'),
);
const tools = scripts.filter((name) => !name.includes('/')).map((name) => name.replace(/\.bt$/, ''));
const isUpdating = process.env.UPDATE_DOCS === '1' && process.env.CI === undefined;

test.each(scripts)('%s is laid out as --fmt does it', (name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  const source = sourceFile(name, text);
  expect(parse(source, { parameters: ['first', 'second'] }).diagnostics).toEqual([]);
  expect(format(source).value).toBe(text);
});

describe.each(tools)('%s', (tool) => {
  test('says what it answers, shows, how to read it and what its limits are', () => {
    const { question, paragraphs } = headOf(sourceOf(tool));
    expect(question).toMatch(/^[A-Z][^\n]*\?$/);
    expect(paragraphs.map((paragraph) => /^\w+/.exec(paragraph)?.[0])).toEqual(
      paragraphs.length > 3 ? ['Shows', 'Read', expect.any(String), 'Limits'] : ['Shows', 'Read', 'Limits'],
    );
  });

  test('has a page that shows what the tests expect', () => {
    const testCase = exampleOf(tool);
    if (testCase === undefined)
      throw new Error(`no test of tools/${tool}.bt: add one to tests/support/tools`);
    const page = readFileSync(pageFile(tool), 'utf8');
    const example = exampleIn(page) ?? '';
    const fresh = pageOf(testCase, example);
    if (isUpdating) writeFileSync(pageFile(tool), fresh);
    expect(isUpdating ? fresh : page).toBe(fresh);
    if (!isCut(example)) checkOutput(testCase.prints, example);
  });
});

test('the index lists the tools by what they answer', () => {
  const file = pageFile('README');
  const index = indexOf(areas);
  if (isUpdating) writeFileSync(file, index);
  expect(readFileSync(file, 'utf8')).toBe(index);
});

test('templates describe whole outputs', () => {
  expect(fits('a  1\n\nb\n', 'a #\nb')).toBe(true);
  expect(fits('a 1\nb\nc', 'a #\n...')).toBe(true);
  expect(fits('a 1\nb\nc', '...\nc')).toBe(true);
  expect(fits('a 1\nb\nc', 'a *\nc')).toBe(false);
  expect(fits('a 1', 'a #\nb')).toBe(false);
  expect(fits('[x.y]', '[x*y]')).toBe(true);
  expect(fits('[xzy]', '[x.y]')).toBe(false);
});
