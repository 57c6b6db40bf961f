/** strftime against GNU date: every conversion that both mean alike, at moments whose weeks, days and centuries are at borders. */

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { strftime, utc } from '../../../src/output/strftime.ts';

/** Not %f, %k and %l: fractions of the second here. */
const conversions = [...'aAbBcCdDeFgGhHIjmMnpPrRsSTtuUVwWxXyYzZ%'];
const flagged = ['-d', '_d', '0e', '^a', '-H', '_H', '-j', '_j', '^b', '-I', '_m', 'Ey', 'Od'];

const days = Array.from({ length: 30 }, (_, year) =>
  ['01-01', '01-03', '01-07', '02-28', '03-01', '12-28', '12-29', '12-31'].map(
    (day) => `${1995 + year}-${day}`,
  ),
).flat();
const moments = [
  ...days,
  '1970-01-01',
  '1999-12-31',
  '2000-02-29',
  '2038-01-19',
  '2100-03-01',
  '9999-12-31',
].flatMap((day) => [`${day}T00:00:00`, `${day}T11:59:59`, `${day}T12:00:01`, `${day}T23:59:59`]);

test.each([...conversions, ...flagged])('%%%s', (conversion) => {
  const format = `%${conversion}|`;
  const theirs = execFileSync('date', ['-u', '-f', '-', `+${format}`], {
    input: moments.map((moment) => `${moment}Z\n`).join(''),
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  const ours = moments.map(
    (moment) => `${strftime(format, BigInt(Date.parse(`${moment}Z`)) * 1_000_000n, utc)}\n`,
  );
  expect(ours.join('')).toBe(theirs);
});
