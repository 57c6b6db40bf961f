/** Every construct of the language has a golden: what the compiler makes of it is written down, emitted by LLVM, and loaded by the kernels. */

import { expect, test } from 'vitest';

import { sourceFile } from '../../src/base/source-file.ts';
import { parse } from '../../src/parser/parse.ts';
import { constructs, constructsIn } from '../support/constructs.ts';
import { readGoldens } from '../support/golden.ts';

const inGoldens = new Set(
  readGoldens().flatMap(({ name, program }) => [
    ...constructsIn(parse(sourceFile(name, program), { parameters: [] }).value),
  ]),
);

/** An import inside a block is refused; a parameter is put in by the parser, and goldens are given none. */
const withoutCode = ['expression parameter', 'statement import'];

test('every construct has a golden', () => {
  expect(constructs.filter((construct) => !inGoldens.has(construct))).toEqual(withoutCode);
});
