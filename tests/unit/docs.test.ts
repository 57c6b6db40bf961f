/** Generated documents are fresh. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documentBuiltins } from '../support/document-builtins.ts';

const file = join(import.meta.dirname, '../../docs/builtins.md');

test('docs/builtins.md is what the definitions say', () => {
  if (process.env.UPDATE_DOCS === '1' && process.env.CI === undefined)
    writeFileSync(file, documentBuiltins());
  expect(readFileSync(file, 'utf8')).toBe(documentBuiltins());
});
