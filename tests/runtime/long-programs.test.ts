/**
 * Programs of thousands of statements: what fails in them stands near enough for a jump, LLVM gets through them, the kernel takes them and they
 * compute what they should. Their form differs from that of shorter ones: module.ts (cold blocks), emitter/flow.ts (long blocks).
 */

import { expect, test } from 'vitest';

import { runInKernel } from '../support/oracle/run.ts';

const repeated = (times: number, text: (index: number) => string): string =>
  Array.from({ length: times }, (_, index) => text(index)).join('\n');

const statements = 2500;
const modulus = 1n << 64n;

/** 3a + 1, again and again. */
const product = Array.from({ length: statements }).reduce<bigint>((a) => (a * 3n + 1n) % modulus, 7n);

const programs: readonly (readonly [
  what: string,
  body: string,
  wanted: readonly (readonly [string, bigint])[],
])[] = [
  ['counts', repeated(statements, () => '@a++;'), [['a', BigInt(statements)]]],
  [
    'values that are stored under a condition',
    repeated(statements, (index) => `if (arg0 > ${index}) { @b = (uint64)${index}; }`),
    [['b', 1999n]],
  ],
  ['arithmetic', `$a = arg1; ${repeated(statements, () => '$a = $a * 3 + 1;')} @c = $a;`, [['c', product]]],
];

test('programs of thousands of statements', { timeout: 120_000 }, () => {
  const found = runInKernel(
    programs.map(([, body]) => body),
    [2000n, 7n],
  );
  const values = [...found].flatMap(([name, entries]) =>
    [...entries].map(([, value]) => [name, value] as const),
  );
  expect(values.sort()).toEqual(programs.flatMap(([, , wanted]) => wanted));
});
