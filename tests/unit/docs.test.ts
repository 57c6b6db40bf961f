/** Generated documents are fresh. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documentErrors } from '../support/document-errors.ts';
import { editorGrammar } from '../support/editor-grammar.ts';
import { referencePage } from '../support/manual/as-markdown.ts';
import { manPage } from '../support/manual/as-mdoc.ts';

const documents = [
  ['docs/reference.md', referencePage],
  ['docs/tstrace.1', manPage],
  ['docs/errors.md', documentErrors],
  ['editors/tstrace.tmLanguage.json', editorGrammar],
] as const;

test.each(documents)('%s is what the definitions say', (name, document) => {
  const file = join(import.meta.dirname, '../..', name);
  if (process.env.UPDATE_DOCS === '1' && process.env.CI === undefined) writeFileSync(file, document());
  expect(readFileSync(file, 'utf8')).toBe(document());
});
