/** tseries: what it takes, and what becomes of the cells of all CPUs. */

import { expect, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import { tseries } from '../../../src/builtins/aggregations/tseries.ts';
import type { Cell } from '../../../src/builtins/define.ts';
import { seriesValue } from '../../../src/runtime/series-value.ts';
import type { AggregateType } from '../../../src/types/type.ts';
import type { Unstable } from '../../../src/plan/settings.ts';
import type { Facts } from '../../../src/sema/facts.ts';
import { analysed, checkAnalysis } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';
import { plainDecoding } from '../../support/decoding.ts';

const ways = ['last', 'avg', 'sum', 'min', 'max'] as const;
type Way = (typeof ways)[number];

/** Intervals of 10 ns, of which 3 are kept. */
const typeOf = (way: Way): AggregateType => ({
  kind: 'aggregate',
  name: 'tseries',
  signed: true,
  parameters: [10n, 3n, BigInt(ways.indexOf(way))],
});

const factsWith = (unstableTseries: Unstable): Facts => {
  const facts = goldenFacts('minimal');
  return { ...facts, settings: { ...facts.settings, unstableTseries } };
};

const cell = (interval: bigint, value: bigint, extra = 1n): Cell => ({
  interval: interval + 1n,
  value,
  extra,
});

/** Starts and values of each key. */
function shown(way: Way, ...keys: readonly (readonly Cell[])[]): readonly (readonly string[])[] {
  const series = present(tseries.series, 'series')(keys, typeOf(way));
  return series.map(({ points }) => points.map(({ start, value }) => `${start}: ${value ?? '-'}`));
}

test.each<readonly [Way, readonly Cell[], string]>([
  ['last', [cell(5n, 1n, 51n), cell(5n, 2n, 59n), cell(5n, 3n, 55n)], '50: 2'],
  ['avg', [cell(5n, -10n, 2n), cell(5n, 3n, 1n)], '50: -2'],
  ['sum', [cell(5n, -10n), cell(5n, 3n)], '50: -7'],
  ['sum', [cell(5n, 2n ** 63n - 1n), cell(5n, 1n)], `50: ${-(2n ** 63n)}`],
  ['min', [cell(5n, 4n), cell(5n, -3n)], '50: -3'],
  ['max', [cell(5n, -4n), cell(5n, -3n)], '50: -3'],
])('%s of all CPUs', (way, cells, point) => {
  expect(shown(way, cells)).toEqual([[point]]);
});

test('rows go from the first interval of a key to the newest of all; what is too old is left out', () => {
  const first = [cell(7n, 1n), cell(9n, 2n)];
  const second = [cell(6n, 3n), cell(8n, 4n)];
  expect(shown('sum', first, second, [cell(2n, 5n)])).toEqual([
    ['70: 1', '80: -', '90: 2'],
    ['80: 4', '90: -'],
    [],
  ]);
});

test('nothing is known of no cells', () => {
  expect(shown('sum')).toEqual([]);
  expect(shown('sum', [])).toEqual([[]]);
});

test.each([
  [2_000_000_000n, 's'],
  [1_500_000_000n, 'ms'],
  [1_000n, 'us'],
  [999n, 'ns'],
] as const)('an interval of %d ns is shown to the %s', (interval, precision) => {
  expect(seriesValue({ interval, points: [] }, plainDecoding)).toMatchObject({ precision });
});

test.each(['warn', 'error'] as const)('a setting makes its use a %s', (unstableTseries) => {
  const { diagnostics } = analysed('kprobe:f { @ = tseries(1, 1s, 10); }', {
    facts: factsWith(unstableTseries),
  });
  expect(diagnostics.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
    `unstable-feature ${unstableTseries === 'warn' ? 'warning' : 'error'}`,
  ]);
});

test('what tseries takes', () =>
  checkAnalysis(
    `
    kprobe:f {
      @a = tseries(arg0, 1s, 10);
      @b = tseries(arg0, 1s, 10, "avg");
      @c = tseries(arg0, 0, 10);
                      // ^ bad-argument
      @d = tseries(arg0, 1s, 0);
                          // ^ bad-argument
      @e = tseries(arg0, 1s, 1000001);
                          // ^^^^^^^ bad-argument
      @f = tseries(arg0, 1s, 10, "median");
                              // ^^^^^^^^ bad-argument
      @g = tseries(arg0, arg1, 10);
                      // ^^^^ wrong-argument-type
      print(@a[1]);
         // ^^^^^ map-key-mismatch
    }
  `,
    { facts: factsWith('enable') },
  ));
