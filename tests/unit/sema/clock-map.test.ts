/** The map that time series take their time from, if the environment names one. */

import { expect, test } from 'vitest';
import { checkClockMap } from '../../../src/sema/clock-map.ts';
import { analysed } from '../../support/analysis.ts';

test.each([
  ['', []],
  ['@now', []],
  ['@nwo', ['unknown-map']],
  ['@keyed', ['type-mismatch']],
  ['@text', ['type-mismatch']],
  ['@count', ['type-mismatch']],
])('%s', (clockMap, codes) => {
  const { typed } = analysed('begin { @now = 1; @keyed[1] = 1; @text = "a"; @count = count(); }');
  expect(checkClockMap(typed, { clockMap }).map(({ code }) => code)).toEqual(codes);
});
