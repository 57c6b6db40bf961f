/** let @name = kind(N). */

import { expect, test } from 'vitest';
import { checkAnalysis, mapsIn, told } from '../../support/analysis.ts';

test.each([
  ['hash', '@x[1] = 1;', '@x[int8] int8 hash 7'],
  ['lruhash', '@x[1] = 1;', '@x[int8] int8 lru-hash 7'],
  ['percpuhash', '@x[1] = count();', '@x[int8] count_t percpu-hash 7'],
  ['percpulruhash', '@x[1] = hist(1);', '@x[int8] hist_t lru-percpu-hash 7'],
  ['hash', '@x = 1;', '@x[] int8 hash 7'],
])('%s for %s', (kind, body, map) => {
  expect(mapsIn(`let @x = ${kind}(7); begin { ${body} }`)).toEqual([map]);
});

test('maps that are not declared keep their own', () => {
  expect(mapsIn('let @x = hash(7); begin { @x[1] = 1; @y[1] = 1; }')[1]).toBe('@y[int8] int8 hash 4096');
});

test('a kind goes with what is stored', () => {
  checkAnalysis(`
    let @a = hash(1);
     // ^^ incompatible-map-kind
    let @b = lruhash(1);
     // ^^ incompatible-map-kind
    let @c = percpuhash(1);
     // ^^ incompatible-map-kind
    let @d = percpulruhash(1);
     // ^^ incompatible-map-kind
    begin { @a[1] = count(); @b[1] = hist(1); @c[1] = 1; @d[1] = "a"; }
  `);
  expect(told('let @a = hash(1); begin { @a[1] = count(); }')).toEqual([
    {
      code: 'incompatible-map-kind',
      places: ['@a[1]'],
      hints: ['Declare it as percpuhash or percpulruhash.'],
    },
  ]);
});

test('unknown kinds, sizes out of range, two of one name, and those that nothing uses', () => {
  checkAnalysis(`
    let @a = table(1);
          // ^^^^^ unknown-map-kind
    let @b = hash(4294967296);
               // ^^^^^^^^^^ bad-argument
    let @c = hash(4294967295);
    let @c = hash(1);
     // ^^ declared-twice
    let @d = hash(1);
     // ^^ unused-map
    begin { @a[1] = 1; @b[1] = 1; @c[1] = 1; }
  `);
  expect(told('let @a = hsah(1); begin { @a[1] = 1; }')).toEqual([
    {
      code: 'unknown-map-kind',
      hints: ['A map is one of hash, lruhash, percpuhash, percpulruhash.'],
    },
  ]);
});

test('a declared map that nothing is stored in is unknown where it is read', () =>
  checkAnalysis(`
    let @a = hash(1);
    begin { print(@a[1]); }
               // ^^^^^ unknown-map
  `));
