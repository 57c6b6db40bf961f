/** Every golden file against what the compiler makes of its program now. UPDATE_GOLDEN=1 rewrites them, but not where CI is set. */

import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { areaOf, areas, compileGolden, irLines, printGolden, readGoldens } from '../support/golden.ts';

const goldens = readGoldens();
const isUpdate = process.env.UPDATE_GOLDEN === '1';
/** More can't be reviewed: choose a smaller program, or split the behaviour. */
const irLinesMax = 40;
/** For the few that say why they are long. */
const longIrLinesMax = 120;

test('goldens are rewritten by people, not by CI', () => {
  expect(isUpdate && process.env.CI !== undefined).toBe(false);
});

test('every golden lies in a known area, and every area has one', () => {
  expect([...new Set(goldens.map(areaOf))].sort()).toEqual([...areas].sort());
});

test.each(goldens)('$name: $why', (golden) => {
  const printed = printGolden(golden, compileGolden(golden));
  const linesMax = golden.long === undefined ? irLinesMax : longIrLinesMax;
  if (golden.show !== 'module') expect(irLines(printed), 'lines of IR').toBeLessThanOrEqual(linesMax);
  if (isUpdate && process.env.CI === undefined) writeFileSync(golden.path, printed);
  else expect(golden.text).toBe(printed);
});
