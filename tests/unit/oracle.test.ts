/** The generator of the oracle's programs (tests/runtime/oracle.test.ts) makes every form that its model has, with every operator and integer. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { randomBlock } from '../support/oracle/generate.ts';
import type { ArithmeticOp, ComparisonOp, Expr, Statement } from '../support/oracle/model.ts';
import { functions, printBlock } from '../support/oracle/model.ts';

const statements: Readonly<Record<Statement['kind'], string>> = {
  assign: ' = ',
  update: ' *= ',
  step: '++;',
  declare: 'let $',
  delete: 'delete(@',
  if: 'if (',
  unroll: 'unroll (',
  for: ' : (',
  each: ' : @',
  while: 'while (',
  break: 'break;',
  continue: 'continue;',
  return: 'return;',
};

const expressions: Readonly<Record<Expr['kind'], string>> = {
  number: '9223372036854775807',
  argument: 'arg1',
  text: '"abc"',
  truth: 'true',
  variable: '$a',
  map: '@k',
  cast: ')(',
  unary: '~(',
  arithmetic: ' + ',
  comparison: ' == ',
  logical: ' && ',
  choice: '(if (',
  elvis: ' ?: ',
  tuple: ', ',
  element: '.1',
  record: '(n=',
  member: '.t',
  stepped: '= --',
  call: 'steps(',
  block: '= { ',
};

const arithmetic: Readonly<Record<ArithmeticOp, true>> = {
  '+': true,
  '-': true,
  '*': true,
  '/': true,
  '%': true,
  '&': true,
  '|': true,
  '^': true,
  '<<': true,
  '>>': true,
};
const comparisons: Readonly<Record<ComparisonOp, true>> = {
  '==': true,
  '!=': true,
  '<': true,
  '>': true,
  '<=': true,
  '>=': true,
};

const integers = [8, 16, 32, 64].flatMap((bits) => [`(int${bits})`, `(uint${bits})`]);

test('the generator makes every form of its model', () => {
  const text = fc
    .sample(randomBlock, { seed: 1, numRuns: 300 })
    .map((block) => printBlock(block, ''))
    .join('\n');
  const wanted = [
    ...Object.values(statements),
    ...Object.values(expressions),
    ...Object.keys(arithmetic).flatMap((op) => [` ${op} `, ` ${op}= `]),
    ...Object.keys(comparisons).map((op) => ` ${op} `),
    ...Object.keys(functions).map((name) => `${name}(`),
    ...integers,
  ];
  expect(wanted.filter((form) => !text.includes(form))).toEqual([]);
});
