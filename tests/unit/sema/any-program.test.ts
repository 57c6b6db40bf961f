/** Whatever the parser lets through, analysis ends, and yields a tree and diagnostics; without errors the tree is whole and compiles. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasErrors } from '../../../src/base/outcome.ts';
import { sourceFile } from '../../../src/base/source-file.ts';
import { gather } from '../../../src/imports/gather.ts';
import { compile } from '../../../src/compile.ts';
import { analysed } from '../../support/analysis.ts';
import { brokenPromises } from '../../support/check-tree.ts';
import { goldenFacts } from '../../support/golden-facts.ts';
import { randomProgram } from '../../support/random-programs.ts';
import { randomSyntax } from '../../support/random-syntax.ts';

const parameters = ['12', 'abc'];

test('any program that the parser accepts is typed', () => {
  const facts = goldenFacts('minimal');
  fc.assert(
    fc.property(randomProgram, (program) => {
      const { typed, diagnostics } = compile(
        gather(sourceFile('random', program), { parameters }),
        { parameters },
        () => facts,
      );
      if (typed && !hasErrors(diagnostics)) expect(brokenPromises(typed)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('a program of any forms gets a tree and diagnostics', () => {
  fc.assert(
    fc.property(randomSyntax, (program) => {
      expect(analysed(program, { parameters }).typed.probes).toBeInstanceOf(Array);
    }),
    { numRuns: 200 },
  );
});

test('any text is', () =>
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(...'{}()[]@$/;,.=+-*<>!?: "ab01\n'.split(''), 'begin', 'pid', 'count()'),
      }),
      (text) => {
        expect(analysed(`begin { ${text} }`, { parameters }).typed.probes).toBeInstanceOf(Array);
      },
    ),
  ));

test('what a script says twice it may say in any order of probes', () => {
  const [write, read] = [
    'kprobe:f { @x[pid] = nsecs; }',
    'kretprobe:f { @d = hist(nsecs - @x[pid]); delete(@x, pid); }',
  ];
  const maps = (program: string): readonly string[] =>
    analysed(program)
      .typed.maps.map(({ name, key, value }) => JSON.stringify([name, key, value.kind]))
      .sort();
  expect(maps(`${write} ${read}`)).toEqual(maps(`${read} ${write}`));
});

test('long chains of maps that get their values from each other come to an end', () => {
  const count = 150;
  const chain = Array.from({ length: count }, (_, index) => `@m${index} = @m${index + 1};`).join(' ');
  const { typed, diagnostics } = analysed(`begin { ${chain} @m${count} = nsecs; }`);
  expect(diagnostics).toEqual([]);
  expect(typed.maps.every(({ value }) => value.kind === 'int' && value.bytes === 8 && !value.signed)).toBe(
    true,
  );
});

test('long chains of operators do not exhaust the stack', () => {
  for (const op of ['+', '&&', '==', '|']) {
    const { typed } = analysed(
      `begin { print(${Array.from({ length: 5000 }, () => 'pid').join(` ${op} `)}); }`,
    );
    expect(typed.probes).toHaveLength(1);
  }
});
