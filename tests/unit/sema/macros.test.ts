/** Macros as they are declared. */

import { expect, test } from 'vitest';
import { Report } from '../../../src/base/diagnostic.ts';
import { checkMacros } from '../../../src/sema/check-macros.ts';
import { parsed } from '../../support/ast-text.ts';

test('the name of a builtin is refused as a bare parameter, not as a variable or map', () => {
  const report = new Report();
  const text = 'macro m(count, $pid, @comm, other, pid) { other }';
  checkMacros(report, parsed(text).macros);
  const places = report.diagnostics.map(({ code, span }) => [code, text.slice(span?.start, span?.end)]);
  expect(places).toEqual([
    ['reserved-name', 'count'],
    ['reserved-name', 'pid'],
  ]);
});
