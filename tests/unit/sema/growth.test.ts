/** Short scripts that would become enormous: each way to it ends in an error, at the place that multiplies, before the work is done. */

import { expect, test } from 'vitest';
import type { Facts } from '../../../src/sema/facts.ts';
import { analysed, checkAnalysis, valueOf, treeOf } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const minimal = goldenFacts('minimal');

/** A machine with a thousand functions f0 … f999. */
const manyFunctions: Facts = {
  ...minimal,
  traceableFunctions: () => ({
    functions: Array.from({ length: 1000 }, (_, index) => ({ name: `f${index}` })),
    exact: true,
  }),
  kernelSymbol: () => minimal.kernelSymbol('f'),
};

const nested = (times: number, around: (inner: string) => string, inner: string): string =>
  times === 0 ? inner : around(nested(times - 1, around, inner));

const repeated = (times: number, text: (index: number) => string): string =>
  Array.from({ length: times }, (_, index) => text(index)).join(' ');

const errorsOf = (script: string, facts: Facts = minimal): readonly string[] =>
  analysed(script, { facts }).diagnostics.map(
    ({ code, span }) => `${code}: ${script.slice(span?.start, span?.end).slice(0, 16)}`,
  );

const growing: readonly (readonly [way: string, script: string, wanted: string, facts?: Facts])[] = [
  [
    'loops that are unrolled within each other',
    `begin { ${nested(4, (inner) => `unroll (100) { ${inner} }`, '@++;')} }`,
    'program-too-large: unroll (100) { u',
  ],
  [
    'loops that are unrolled one after the other',
    `begin { ${repeated(200, () => 'unroll (100) { @++; }')} }`,
    'program-too-large: unroll (100) { @',
  ],
  [
    'an argument that a macro writes twice, again and again',
    `macro twice(x) { x + x } begin { @ = ${nested(40, (inner) => `twice(${inner})`, 'pid')}; }`,
    'program-too-large: twice(twice(twic',
  ],
  [
    'macros that each name the next one twice',
    `${repeated(40, (n) => `macro m${n}(x) { m${n + 1}(x) + m${n + 1}(x) }`)} macro m40(x) { x } begin { @ = m0(pid); }`,
    'program-too-large: m',
  ],
  [
    'macros deep within each other',
    `${repeated(1000, (n) => `macro m${n}(x) { m${n + 1}(x) + 1 }`)} macro m1000(x) { x } begin { @ = m0(pid); }`,
    'too-deeply-nested: m',
  ],
  [
    'a wildcard whose places need programs of their own',
    `kprobe:f* { ${repeated(100, () => '@[probe] = count();')} }`,
    'program-too-large: kprobe:f*',
    manyFunctions,
  ],
  [
    'a list of probes with a long block',
    `${repeated(500, (n) => `kprobe:f${n},`)} kprobe:f { ${repeated(500, () => '@++;')} }`,
    'program-too-large: kprobe:f',
    manyFunctions,
  ],
  [
    'functions that many programs call',
    `fn g() : void { ${repeated(200, () => '@++;')} } ${repeated(500, (n) => `kprobe:f${n} { g(); }`)}`,
    'program-too-large: kprobe:f',
    manyFunctions,
  ],
  [
    'tuples that are put into tuples twice',
    `begin { $t0 = (1, 2); ${repeated(60, (n) => `$t${n + 1} = ($t${n}, $t${n});`)} }`,
    'value-too-large: ($t8, $t8)',
  ],
  [
    'more while loops in a program than LLVM goes through in good time',
    `begin { $i = 0; ${repeated(11, () => 'unroll (50) { while ($i < 9) { $i++; } }')} }`,
    'program-too-large: while ($i < 9) {',
  ],
  [
    'more for loops in a program than the kernel takes functions',
    `begin { ${repeated(241, (n) => `for $i${n} : 0..9 { }`)} }`,
    'program-too-large: for $i240 : 0..9',
  ],
  [
    'names whose types follow from the next one’s',
    `begin { ${repeated(3000, (n) => `@m${n} = @m${n + 1};`)} @m3000 = 1; }`,
    'program-too-large: @m',
  ],
];

test.each(growing.map(([way, ...rest]) => [way, rest] as const))('%s', (_, [script, wanted, facts]) => {
  expect(errorsOf(script, facts)).toEqual([expect.stringContaining(wanted)]);
});

test('what is written is never too large, nor are loops, functions and tuples of a usual size', () => {
  expect(errorsOf(`begin { ${repeated(5000, (n) => `@[${n}] = pid + ${n} * 2;`)} }`)).toEqual([]);
  checkAnalysis('begin { unroll (100) { unroll (30) { @++; } } }');
  expect(valueOf(nested(60, (inner) => `(${inner}, 1)`, 'pid'))).toContain('uint32');
});

test('tuples within tuples have their size as soon as their elements have', () => {
  const type = nested(90, (inner) => `(${inner},1)`, '2');
  expect(treeOf(`begin { @ = sizeof(${type}); }`)).toContain('@ = 91:uint64');
});
