/** Time series byte for byte: the plot, and the JSON. */

import { expect, test } from 'vitest';
import type { Series } from '../../../src/output/series.ts';
import { seriesJson, seriesText } from '../../../src/output/series.ts';

const points = (...values: readonly (bigint | undefined)[]): Series['points'] =>
  values.map((value, index) => ({ time: `10:41:46.${7 + index}00`, ...(value !== undefined && { value }) }));

const series = (...values: readonly (bigint | undefined)[]): Series => ({
  kind: 'series',
  precision: 'ms',
  points: points(...values),
});

test('values on both sides of zero, and an interval without one', () => {
  expect(seriesText(series(-5n, undefined, 5n))).toBe(
    `\
             -5                                                  5
hh:mm:ss.ms  |___________________________________________________|
10:41:46.700 *                         .                         | -5
10:41:46.800 |                         .                         | -
10:41:46.900 |                         .                         * 5
             v___________________________________________________v
             -5                                                  5
`,
  );
});

test('equal values stand in the middle, and zero is marked only between the edges', () => {
  expect(seriesText(series(0n, 0n))).toBe(
    `\
             -1                                                  1
hh:mm:ss.ms  |___________________________________________________|
10:41:46.700 |                         *                         | 0
10:41:46.800 |                         *                         | 0
             v___________________________________________________v
             -1                                                  1
`,
  );
  expect(seriesText(series(0n, 53n))).not.toContain('.  ');
});

test('the smallest and the largest numbers of 64 bits', () => {
  const text = seriesText(series(-(2n ** 63n), 2n ** 63n - 1n));
  expect(text.split('\n')[0]).toBe(
    `${' '.repeat(13)}-9223372036854775808${' '.repeat(14)}9223372036854775807`,
  );
  expect(text).toContain(
    '10:41:46.700 *                         .                         | -9223372036854775808\n',
  );
  expect(text).toContain(
    '10:41:46.800 |                         .                         * 9223372036854775807\n',
  );
});

test.each([
  ['s', '10:41:46', 'hh:mm:ss'],
  ['ms', '10:41:46.700', 'hh:mm:ss.ms '],
  ['us', '10:41:46.700000', 'hh:mm:ss.us    '],
  ['ns', '10:41:46.700000000', 'hh:mm:ss.ns       '],
] as const)('times to the %s', (precision, time, heading) => {
  const [bounds, head, row] = seriesText({ kind: 'series', precision, points: [{ time, value: 7n }] }).split(
    '\n',
  );
  expect(bounds).toBe(`${' '.repeat(time.length + 1)}6${' '.repeat(51)}8`);
  expect(head).toBe(`${heading} |${'_'.repeat(51)}|`);
  expect(row).toBe(`${time} |${' '.repeat(25)}*${' '.repeat(25)}| 7`);
});

test('no data', () => {
  expect(seriesText({ kind: 'series', precision: 's', points: [] })).toBe('<no data>\n');
  expect(seriesJson({ kind: 'series', precision: 's', points: [] })).toBe('[]');
});

test('JSON leaves out what has no value; numbers that a double has not are text', () => {
  expect(seriesJson(series(-5n, undefined, 2n ** 53n + 1n))).toBe(
    '[{"interval_start":"10:41:46.700","value":-5},{"interval_start":"10:41:46.900","value":"9007199254740993"}]',
  );
});
