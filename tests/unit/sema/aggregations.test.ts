/** Aggregations: only as the whole right side of an assignment to a map, one kind to a map. */

import { expect, test } from 'vitest';
import { checkAnalysis, mapsIn, told } from '../../support/analysis.ts';

test.each([
  ['@x = count();', '@x[] count_t percpu-hash 1'],
  ['@x = count;', '@x[] count_t percpu-hash 1'],
  ['@x[pid] = count();', '@x[uint32] count_t percpu-hash 4096'],
  ['@x = sum(nsecs);', '@x[] usum_t percpu-hash 1'],
  ['@x = sum((int32)pid);', '@x[] sum_t percpu-hash 1'],
  ['@x = sum(5);', '@x[] sum_t percpu-hash 1'],
  ['@x = sum(5); @x = sum(nsecs);', '@x[] usum_t percpu-hash 1'],
  ['@x = max(nsecs); @x = max((int64)pid);', '@x[] max_t percpu-hash 1'],
  ['@x = stats(pid);', '@x[] ustats_t percpu-hash 1'],
  ['@x = hist(pid);', '@x[] uhist_t percpu-hash 4096'],
  ['@x = lhist(pid, 0, 100, 10);', '@x[] ulhist_t percpu-hash 4096'],
])('%s', (body, map) => expect(mapsIn(`begin { ${body} }`)).toEqual([map]));

test('anywhere else they are misplaced', () =>
  checkAnalysis(`
    begin {
      count();
   // ^^^^^^^ misplaced-aggregation
      print(count());
         // ^^^^^^^ misplaced-aggregation
      @x = 1 + sum(5);
            // ^^^^^^ misplaced-aggregation
      $x = count();
   // ^^ misplaced-aggregation
      @t = (1, count());
            // ^^^^^^^ misplaced-aggregation
      let $y = max(1);
            // ^^^^^^ misplaced-aggregation
    }
  `));

test('what they gather can not be read in the script', () => {
  checkAnalysis(`
    begin {
      @c = count();
      $x = @c + 1;
        // ^^ misplaced-aggregation
      @y = @c;
        // ^^ misplaced-aggregation
      printf("%d", @c);
                // ^^ misplaced-aggregation
      print(@c);
    }
  `);
  expect(told('begin { @c = count(); if (@c > 5) { } }')).toEqual([
    { code: 'misplaced-aggregation', hints: ['print(@c) shows it.'] },
  ]);
});

test('two kinds in one map: both places are shown', () => {
  const mixed = [{ code: 'type-mismatch', places: ['@x'], hints: ['Use a map of its own for each.'] }];
  expect(told('begin { @x = count(); @x = sum(5); }')).toEqual(mixed);
  expect(told('begin { @x = count(); @x = 5; }')).toEqual(mixed);
  expect(told('begin { @x = 5; @x = count(); }')).toEqual(mixed);
  expect(told('begin { @x = hist(1, 2); @x = hist(1, 3); }')).toEqual(mixed);
  expect(told('begin { @x = lhist(1, 0, 10, 1); @x = lhist(1, 0, 20, 1); }')).toEqual(mixed);
});

test('bounds of histograms, and one element of them', () =>
  checkAnalysis(`
    begin {
      @a = hist(pid, 6);
                  // ^ bad-argument
      @b = lhist(pid, 10, 5, 1);
        // ^^^^^^^^^^^^^^^^^^^^ bad-argument
      @c = lhist(pid, 0, 100000, 1);
        // ^^^^^^^^^^^^^^^^^^^^^^^^ bad-argument
      @h[1] = hist(pid);
      print(@h[1]);
         // ^^^^^ bad-argument
      @s[1] = stats(pid);
      print(@s[1]);
    }
  `));

test('wrong arguments', () =>
  checkAnalysis(`
    begin {
      @a = sum("a");
            // ^^^ wrong-argument-type
      @b = avg();
        // ^^^^^ wrong-argument-count
      @c = hist(pid, tid);
                  // ^^^ wrong-argument-type
    }
  `));
