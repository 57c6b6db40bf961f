/** Aggregations: only as the whole right side of an assignment to a map, one kind to a map. */

import { expect, test } from 'vitest';
import { analysed, checkAnalysis, mapsIn, told, typesIn, valueOf } from '../../support/analysis.ts';

test.each([
  ['@x = count();', '@x[] count_t percpu-hash 1'],
  ['@x = count;', '@x[] count_t percpu-hash 1'],
  ['@x[pid] = count();', '@x[uint32] count_t percpu-hash 4096'],
  ['@x = sum(nsecs);', '@x[] usum_t percpu-hash 1'],
  ['@x = sum((int32)pid);', '@x[] sum_t percpu-hash 1'],
  ['@x = sum(5);', '@x[] sum_t percpu-hash 1'],
  ['@x = sum(5); @x = sum(nsecs);', '@x[] usum_t percpu-hash 1'],
  ['@x = max(nsecs); @x = max((int64)pid);', '@x[] max_t percpu-hash 1'],
  ['@x = sum(5); @x = sum(18446744073709551615);', '@x[] usum_t percpu-hash 1'],
  ['@x = stats(pid);', '@x[] ustats_t percpu-hash 1'],
  ['@x = hist(pid);', '@x[] uhist_t percpu-hash 4096'],
  ['@x = lhist(pid, 0, 100, 10);', '@x[] ulhist_t percpu-hash 4096'],
])('%s', (body, map) => expect(mapsIn(`begin { ${body} }`)).toEqual([map]));

test('a large unsigned number among signed ones is warned of', () =>
  checkAnalysis(`
    begin {
      $s = (int64)pid;
      @c = max(nsecs);
            // ^^^^^ sign-change
      @c = max($s);
      @h = hist(nsecs);
             // ^^^^^ sign-change
      @h = hist(-1);
      @l = lhist($s, 0, 100, 10);
      @l = lhist(nsecs, 0, 100, 10);
              // ^^^^^ sign-change
      @i = min(-1);
      @i = min(18446744073709551615);
            // ^^^^^^^^^^^^^^^^^^^^ sign-change
      @s = sum(pid);
      @s = sum($s);
      @a = avg(5);
      @a = avg(nsecs);
    }
  `));

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

test.each([
  ['@m = count();', '@m:uint64'],
  ['@m = sum(nsecs);', '@m:uint64'],
  ['@m = sum((int32)pid);', '@m:int64'],
  ['@m = min((int8)1);', '@m:int64'],
  ['@m = max(pid);', '@m:uint64'],
  ['@m = avg((int16)pid);', '@m:int64'],
])('%s is read as a number of 64 bits of its sign', (before, read) => {
  expect(typesIn(`${before} $x = @m;`).at(-1)).toBe(`$x = ${read}`);
});

test('a cast takes the number of now, in any width, and says what it is for', () => {
  expect(valueOf('(int8)@m[1]', '@m[1] = count();')).toBe('convert(@m[1:int8]:uint64):int8');
  expect(analysed('begin { @m = count(); @n = (uint64)@m; }').diagnostics).toEqual([]);
});

test('what they gather is compared, computed with and printed; no other map, key, tuple or record holds it without a cast', () =>
  checkAnalysis(`
    begin {
      @c = count();
      if (@c > 5 && @c) { print(@c * 2); }
      $x = @c + 1;
      $x = @c;
      printf("%d", @c);
      print(@c);
      @y = @c;
        // ^^ misplaced-aggregation
      @z[@c] = 1;
      // ^^ misplaced-aggregation
      $t = (1, @c);
            // ^^ misplaced-aggregation
      @w = (uint64)@c;
      $u = (1, (uint64)@c);
    }
  `));

test('what is no number can not be read', () => {
  checkAnalysis(`
    begin {
      @s = stats(1);
      $x = @s + 1;
        // ^^ misplaced-aggregation
      @h[1] = hist(1);
      @y = @h[1];
        // ^^^^^ misplaced-aggregation
      print(@s);
    }
  `);
  expect(told('begin { @s = stats(1); if (@s > 5) { } }')).toEqual([
    { code: 'misplaced-aggregation', hints: ['print(@s) shows it.'] },
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
