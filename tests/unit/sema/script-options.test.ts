/** Named parameters: getopt() and what follows -- on the command line. */

import { expect, test } from 'vitest';
import { sourceFile } from '../../../src/base/source-file.ts';
import { parse } from '../../../src/parser/parse.ts';
import { analyse } from '../../../src/sema/analyse.ts';
import { printTypes } from '../../../src/sema/print-types.ts';
import { asksForHelp, describeOptions } from '../../../src/sema/script-options.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

type Given = Readonly<Record<string, string | true>>;

function analysed(expression: string, named: Given) {
  const { value } = parse(sourceFile('test', `begin { print(${expression}); }`));
  const given = { parameters: [], named: new Map(Object.entries(named)) };
  return { given, ...analyse(value, goldenFacts('minimal'), given) };
}

const valueOf = (expression: string, named: Given): string | undefined =>
  /print\((.*)\):void/.exec(printTypes(analysed(expression, named).value))?.[1];

test.each<readonly [string, Given, string]>([
  ['getopt("a")', {}, '0:bool'],
  ['getopt("a")', { a: true }, '1:bool'],
  ['getopt("a")', { a: 'true' }, '1:bool'],
  ['getopt("a", true)', { a: '0' }, '0:bool'],
  ['getopt("n", 5)', {}, '5:int64'],
  ['getopt("n", 5)', { n: '-7' }, '-7:int64'],
  ['getopt("n", 5)', { n: '0x10' }, '16:int64'],
  ['getopt("s", "none")', {}, '"none":string[5]'],
  ['getopt("s", "none")', { s: 'vfs_read' }, '"vfs_read":string[9]'],
])('%s with %o', (expression, named, shown) => {
  expect(analysed(expression, named).diagnostics).toEqual([]);
  expect(valueOf(expression, named)).toBe(shown);
});

test.each<readonly [string, Given, string, string]>([
  ['getopt("n", 5)', { n: 'five' }, 'bad-option', 'option --n invalid integer (value: five)'],
  ['getopt("n", 5)', { n: true }, 'bad-option', 'option --n invalid integer (value: )'],
  ['getopt("a")', { a: 'maybe' }, 'bad-option', 'option --a invalid bool (value: maybe)'],
  ['getopt("a")', { b: true }, 'bad-option', 'unexpected program command line options: --b'],
  ['1', { b: true }, 'bad-option', 'unexpected program command line options: --b'],
  ['(getopt("a", 1), getopt("a", 2))', {}, 'bad-argument', 'another default'],
])('%s with %o is wrong: %s', (expression, named, code, words) => {
  const { diagnostics } = analysed(expression, named);
  expect(diagnostics.map((found) => found.code)).toEqual([code]);
  expect(diagnostics[0]?.message).toContain(words);
});

test('a hint names the options that there are', () => {
  const { diagnostics } = analysed('(getopt("aa"), getopt("limit", 3))', { bb: true });
  expect(diagnostics[0]?.hints).toEqual(['expected program options: --aa, --limit']);
});

test('--help shows what the script reads, unless it reads that itself', () => {
  const { value, given } = analysed('(getopt("aa"), getopt("limit", 3, "how many"))', { help: true });
  expect(asksForHelp(given, value.options)).toBe(true);
  expect(describeOptions(value.options)).toEqual([
    '--aa     (default: false)',
    '--limit  how many (default: 3)',
  ]);
  const own = analysed('getopt("help")', { help: true });
  expect(asksForHelp(own.given, own.value.options)).toBe(false);
});
