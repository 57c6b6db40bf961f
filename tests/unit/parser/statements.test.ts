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
  ['return;', '{(return)}'],
  ['return', '{(return)}'],
  ['return 1;', '{(return 1)}'],
  ['{ a; { b } } c', '{{a {b}} c}'],
  ['a /* ; */; // ;\n b', '{a b}'],
];

test.each(forms)('%s', (source, tree) => {
  expect(statementsText(source)).toBe(tree);
});
