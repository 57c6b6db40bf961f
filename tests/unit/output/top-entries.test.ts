/** The largest few of many, found without sorting all. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { largest } from '../../../src/output/top-entries.ts';

const compare = (a: number, b: number): number => a - b;

test('they are what sorting all would leave at the end, in the same order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -20, max: 20 })),
      fc.integer({ min: 1, max: 30 }),
      (items, top) => {
        const sorted = [...items].sort(compare);
        expect(largest(items, top, compare)).toEqual(sorted.slice(-top));
      },
    ),
  );
});

test('the items stay as they are, and few are compared more than once', () => {
  const items = Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 100_003);
  const before = [...items];
  let times = 0;
  const found = largest(items, 10, (a, b) => {
    times++;
    return a - b;
  });
  expect(items).toEqual(before);
  expect(found).toEqual([...before].sort(compare).slice(-10));
  expect(times).toBeLessThan(110_000);
});
