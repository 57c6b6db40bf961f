/** Each form of a statement, and of a block. */

import { expect, test } from 'vitest';
import { statementsText } from '../../support/ast-text.ts';

const forms: readonly (readonly [source: string, tree: string])[] = [
  ['', '{}'],
  [';', '{}'],
  [';;exit();;', '{(call exit)}'],
  ['exit()', '{(call exit)}'],
  ['exit();', '{(call exit)}'],
  ['pid; tid', '{pid tid}'],
  ['let $x;', '{(let $x)}'],
  ['let $x: uint8;', '{(let $x :uint8)}'],
  ['let $x = 1;', '{(let $x 1)}'],
  ['let $x: struct a * = 1', '{(let $x :struct a * 1)}'],
  ['let $x: string[16];', '{(let $x :string[16])}'],
  ['let $x: uint8[2][];', '{(let $x :uint8[2][])}'],
  ['$x = 1', '{(= $x 1)}'],
  ['@x = 1; @y[1] = 2;', '{(= @x 1) (= @y[1] 2)}'],
  ...['+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>='].map(
    (op) => [`@x ${op} 2`, `{(${op} @x 2)}`] as const,
  ),
  ['$a.b = 1', '{(= (.b $a) 1)}'],
  ['$x++; --@y', '{(_++ $x) (--_ @y)}'],
  ['_ = delete(@x, 1);', '{(discard (call delete @x 1))}'],
  ['if (a) { b }', '{(if a {b})}'],
  ['if a { b }', '{(if a {b})}'],
  ['if !a { b } c', '{(if (! a) {b}) c}'],
  ['if a.b->c { }', '{(if (.c (.b a)) {})}'],
  ['if has_key(@x, 1) { }', '{(if (call has_key @x 1) {})}'],
  ['if (a == 1 && b) { } else { c }', '{(if (&& (== a 1) b) {} {c})}'],
  ['if (a) {b} else if (c) {d} else {e}', '{(if a {b} {(if c {d} {e})})}'],
  ['if (a) {b} else if (c) {d}', '{(if a {b} {(if c {d})})}'],
  ['if (a) { };', '{(if a {})}'],
  ['unroll (3) { a; }', '{(unroll 3 {a})}'],
  ['unroll 3 { a }', '{(unroll 3 {a})}'],
  ['unroll $1 { a }', '{(unroll $1 {a})}'],
  ['unroll (a + 1) { }', '{(unroll (+ a 1) {})}'],
  ['for $i : 0..3 { a }', '{(for $i (.. 0 3) {a})}'],
  ['for ($i : 0..3) { a; }', '{(for $i (.. 0 3) {a})}'],
  ['for ($i : $a..$b.c) { }', '{(for $i (.. $a (.c $b)) {})}'],
  ['for $i : f(1)..(a + b) { }', '{(for $i (.. (call f 1) (+ a b)) {})}'],
  ['for $i : -1..@n { }', '{(for $i (.. (- 1) @n) {})}'],
  ['for $i : $t.0..$t.1 { }', '{(for $i (.. (.0 $t) (.1 $t)) {})}'],
  ['for $kv : @x { $kv.0 } b', '{(for $kv @x {(.0 $kv)}) b}'],
  ['for ($kv : @) { }', '{(for $kv @ {})}'],
  [
    'for $i : 0..2 { for $j : 0..$i { break; continue; } }',
    '{(for $i (.. 0 2) {(for $j (.. 0 $i) {(break) (continue)})})}',
  ],
  ['while ($x < 3) { $x++ }', '{(while (< $x 3) {(_++ $x)})}'],
  ['while !$x { break }', '{(while (! $x) {(break)})}'],
  ['while comptime (1) { continue }', '{(while (comptime 1) {(continue)})}'],
  ['if comptime (a == 1) { b } else { c }', '{(if (comptime (== a 1)) {b} {c})}'],
  ['if comptime is_str(a) { }', '{(if (comptime (call is_str a)) {})}'],
  ['import "stdlib/x.bpf.c"; a', '{(import "stdlib/x.bpf.c") a}'],
  ['if a { 1 } else { 2 }', '{(if a {1} {2})}'],
  ['{ 1 }; { 2 }', '{{1} {2}}'],
  ['return;', '{(return)}'],
  ['return', '{(return)}'],
  ['return 1;', '{(return 1)}'],
  ['{ a; { b } } c', '{{a {b}} c}'],
  ['a /* ; */; // ;\n b', '{a b}'],
];

test.each(forms)('%s', (source, tree) => {
  expect(statementsText(source)).toBe(tree);
});
