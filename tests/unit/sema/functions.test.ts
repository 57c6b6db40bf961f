/** Functions of the script: signatures, calls, returns. */

import { expect, test } from 'vitest';
import { analysed, checkAnalysis, told, treeOf } from '../../support/analysis.ts';

test('arguments take the parameters’ types, results the declared one', () => {
  expect(treeOf('fn add($a: int64, $b: uint8): int32 { return $a + $b; } begin { $x = add(1, 2); }')).toEqual(
    [
      'begin_1 (begin)',
      'let $x: int32',
      '$x = add(1:int64, 2:uint8):int32',
      'fn add($a: int64, $b: uint8): int32',
      'return convert(($a:int64 + convert($b:uint8):int64):int64):int32',
    ],
  );
});

test('each program has those that it calls, also through others', () => {
  const tree = treeOf(`
    fn one(): int64 { return 1; }
    fn two(): int64 { return one() + one(); }
    begin { print(two()); }
    end { print(one()); }
  `);
  expect(tree.filter((line) => /_\d \(/.test(line) || line.startsWith('fn '))).toEqual([
    'begin_1 (begin)',
    'fn two(): int64',
    'fn one(): int64',
    'end_2 (end)',
    'fn one(): int64',
  ]);
});

test('void functions return nothing and have no value', () =>
  checkAnalysis(`
    fn f(): void { if (pid) { return; } print(1); }
    fn g(): void { return 5; }
                       // ^ type-mismatch
    begin {
      f();
      $x = f();
        // ^^^ type-mismatch
      g();
    }
  `));

test('a result that is not used is told', () =>
  checkAnalysis(`
    fn f(): int64 { return 1; }
    begin {
      f();
   // ^^^ unused-result
      _ = f();
    }
  `));

test('numbers and types of arguments', () => {
  checkAnalysis(`
    fn f($a: uint8, $b: bool): int64 { return $b ? $a : 0; }
    begin {
      print(f(1));
         // ^^^^ wrong-argument-count
      print(f(1, true, 2));
         // ^^^^^^^^^^^^^ wrong-argument-count
      print(f("a", true));
           // ^^^ type-mismatch
      print(f(300, true));
           // ^^^ literal-out-of-range
      print(f(pid, pid == 1));
           // ^^^ sign-change
      print(f(@none, true));
           // ^^^^^ unknown-map
      print(f((uint8)pid, 1));
    }
  `);
  expect(told('fn f(): int64 { return 1; } begin { print(f(1)); }')).toEqual([
    { code: 'wrong-argument-count', places: ['f'] },
  ]);
});

test('at most five parameters, of types that fit a register', () =>
  checkAnalysis(`
    fn f($a: int64, $b: int64, $c: int64, $d: int64, $e: int64): int64 { return $a; }
    fn g($a: int64, $b: int64, $c: int64, $d: int64, $e: int64, $f: int64): int64 { return $a; }
                                                             // ^^ bad-signature
    fn h($s: string[16]): void { print($s); }
          // ^^^^^^^^^^ bad-signature
    fn i(): string[16] { return "a"; }
         // ^^^^^^^^^^ bad-signature
    fn j($t: struct task_struct *, $e: enum color): bool { return $t == 0; }
    begin { print(f(1, 2, 3, 4, 5)); }
  `));

test('a signature that is made of itself is refused', () => {
  checkAnalysis(`
    fn f(): typeof({ if (pid) { return 1; } 0 }) { return 1; }
         // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ bad-signature
    begin { print(f()); }
  `);
  const { diagnostics } = analysed('fn g($a: typeof(g(1))): int64 { return $a; } begin { print(g(1)); }');
  const codes = diagnostics.map(({ code }) => code);
  expect(new Set(codes)).toEqual(new Set(['bad-signature', 'recursive-function']));
});

test('every way through a function returns its value', () =>
  checkAnalysis(`
    fn f($a: int64): int64 { if ($a > 0) { return 1; } }
    // ^ missing-return
    fn g($a: int64): int64 { if ($a > 0) { return 1; } else { return 2; } }
    fn h($a: int64): int64 { return; }
                          // ^^^^^^ missing-return
    fn i($a: int64): int64 { for $i : 0..3 { return 1; } return 2; }
    begin { print(f(1)); }
  `));

test('no recursion, in any number of steps', () => {
  checkAnalysis(`
    fn f($a: int64): int64 { return f($a - 1); }
    // ^ recursive-function
    fn g(): int64 { return h(); }
    // ^ recursive-function
    fn h(): int64 { return g(); }
    begin { print(f(1)); print(g()); }
  `);
  const program = 'fn g(): int64 { return h(); } fn h(): int64 { return g(); } begin { }';
  expect(told(program)).toEqual([
    { code: 'recursive-function', hints: ['BPF programs have no recursion: use a loop.'] },
  ]);
});

test('names: builtins have theirs, others are declared once, unknown ones are suggested', () => {
  checkAnalysis(`
    fn printf($a: int64): void { }
    // ^^^^^^ reserved-name
    fn f($a: int64): void { }
    fn f($a: int64): void { }
    // ^ declared-twice
    fn g($a: int64, $a: int64): void { }
                 // ^^ shadowed-variable
    begin { f(1); }
  `);
  expect(told('fn compute(): void { } begin { comptue(); }')).toEqual([
    { code: 'unknown-function', hints: ["Did you mean 'compute'?"] },
  ]);
});

test('a function sees maps and its parameters, neither the variables of its caller nor what the probe was given', () =>
  checkAnalysis(`
    fn f($a: int64): void { @x = $a; $a = 5; $b = $a; @x = $b; }
    fn g(): void { @x = $outer; }
                     // ^^^^^^ undefined-variable
    fn h(): int64 { return arg0; }
                        // ^^^^ not-available-here
    kprobe:f { $outer = 1; f((int64)arg0); g(); print(h()); print($outer); }
  `));

test('functions that nothing calls are checked too', () =>
  checkAnalysis(`
    fn f(): void { @x = $nowhere; }
                     // ^^^^^^^^ undefined-variable
    begin { @x = 1; }
  `));

test('a map may get what a function makes of it', () =>
  expect(told('fn next($x: int64): int64 { return $x + 1; } begin { @x = next(@x); }')).toEqual([]));

test('a pointer leads into one memory, in each program that calls the function', () => {
  const value = 'fn value($p: int32 *): int64 { return *$p; } ';
  const codesOf = (probes: string): readonly string[] =>
    analysed(value + probes).diagnostics.map(({ code }) => code);
  expect(codesOf('uprobe:/bin/app:main { print(value((int32 *)curtask)); }')).toEqual([]);
  expect(codesOf('uprobe:/bin/app:main { print(value(0)); print(value((int32 *)curtask)); }')).toEqual([]);
  expect(
    codesOf('uprobe:/bin/app:main { print(value((int32 *)arg0)); print(value((int32 *)curtask)); }'),
  ).toEqual(['type-mismatch']);
  expect(codesOf('kprobe:f { $x = (int32)1; print(value(&$x)); print(value((int32 *)curtask)); }')).toEqual([
    'type-mismatch',
  ]);
  expect(
    codesOf(
      'kprobe:f { print(value((int32 *)curtask)); } uprobe:/bin/app:main { print(value((int32 *)arg0)); }',
    ),
  ).toEqual([]);
});
