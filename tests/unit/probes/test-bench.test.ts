/** Targets of tests and benches, and which scripts a run has a use for. */

import { expect, test } from 'vitest';
import type { RunMode } from '../../../src/plan/plan.ts';
import { analysed, checkAnalysis, told } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const inMode = (mode: RunMode, probeFilter?: RegExp) => ({
  facts: { ...goldenFacts('minimal'), mode, ...(probeFilter && { probeFilter }) },
});

test('each is a program for packets, under the name that it has', () => {
  const { typed, diagnostics } = analysed('test:a-1, TEST:b.c { } bench:a-1 { }');
  expect(diagnostics).toEqual([]);
  expect(typed.probes.map(({ info, attachments }) => [info.name, info.type, attachments])).toEqual([
    ['test:a-1', 'xdp', [{ kind: 'test', name: 'a-1' }]],
    ['test:b.c', 'xdp', [{ kind: 'test', name: 'b.c' }]],
    ['bench:a-1', 'xdp', [{ kind: 'bench', name: 'a-1' }]],
  ]);
});

test('mistakes in targets', () =>
  checkAnalysis(`
    test { }
 // ^^^^ bad-probe-target
    test:* { }
 // ^^^^^^ bad-probe-target
    bench:a:b { }
 // ^^^^^^^^^ bad-probe-target
  `));

test('two of one name are told with both places', () => {
  checkAnalysis(`
    test:a { }
    bench:a { }
    test:a { }
 // ^^^^^^ declared-twice
  `);
  expect(told('bench:a { } bench:a { }')).toEqual([
    { code: 'declared-twice', places: ['bench:a'], hints: ['Give each a name of its own.'] },
  ]);
});

test.each<readonly [mode: RunMode, program: string, problems: readonly unknown[]]>([
  ['trace', 'begin { } test:a { }', []],
  ['trace', 'interval:s:1 { } test:a { }', []],
  ['trace', 'test:a { } bench:b { }', ['--test runs tests, --bench runs benches.']],
  ['test', 'test:a { } interval:s:1 { }', []],
  ['test', 'begin { } bench:a { }', ['Write test:NAME { … }.']],
  ['bench', 'test:a { } end { }', ['Write bench:NAME { … }.']],
  ['bench', 'bench:a { }', []],
])('to %s: %s', (mode, program, problems) => {
  const expected = problems.map((hint) => ({ code: 'no-probes', hints: [hint] }));
  expect(told(program, inMode(mode))).toEqual(expected);
});

test('a filter that leaves no test is told as such', () => {
  const { diagnostics } = analysed('test:a { } test:b { } interval:s:1 { }', inMode('test', /interval/));
  expect(diagnostics.map(({ message }) => message)).toEqual([
    'The script has no tests that the filter interval fits',
  ]);
  expect(analysed('test:a { } test:b { }', inMode('test', /:b$/)).typed.probes).toHaveLength(1);
});
