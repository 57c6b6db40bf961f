/** Each form of an expression, and the tree that it gives. */

import { expect, test } from 'vitest';
import { expressionText } from '../../support/ast-text.ts';

const forms: readonly (readonly [source: string, tree: string])[] = [
  // Operands
  ['pid', 'pid'],
  ['$x', '$x'],
  ['$1', '$1'],
  ['$#', '$#'],
  ['@', '@'],
  ['@x', '@x'],
  ['@x[1]', '@x[1]'],
  ['@[pid, comm]', '@[pid, comm]'],
  ['@x[(1, 2)]', '@x[(tuple 1 2)]'],
  ['true', 'true'],
  ['false', 'false'],
  ['"a b"', '"a b"'],
  ['truely', 'truely'],
  ['_x', '_x'],
  // Calls
  ['rand()', '(call rand)'],
  ['str(args.filename, 16)', '(call str (.filename args) 16)'],
  ['f(g(1), h(2))', '(call f (call g 1) (call h 2))'],
  // Parentheses and tuples
  ['(1)', '1'],
  ['((1))', '1'],
  ['()', '(tuple)'],
  ['(1,)', '(tuple 1)'],
  ['(1, 2)', '(tuple 1 2)'],
  ['(1, 2,)', '(tuple 1 2)'],
  ['(1, (2, 3))', '(tuple 1 (tuple 2 3))'],
  // Postfix
  ['a.b', '(.b a)'],
  ['a->b', '(.b a)'],
  ['a.b->c.d', '(.d (.c (.b a)))'],
  ['$t.0', '(.0 $t)'],
  ['$t.1.2', '(.2 (.1 $t))'],
  ['a.if->let.struct', '(.struct (.let (.if a)))'],
  ['a._', '(._ a)'],
  ['$a[1]', '(index $a 1)'],
  ['@a[1][2]', '(index @a[1] 2)'],
  ['f(1).x[2]', '(index (.x (call f 1)) 2)'],
  ['$a++', '(_++ $a)'],
  ['@a[1]--', '(_-- @a[1])'],
  // Prefix
  ['-1', '(- 1)'],
  ['!$a', '(! $a)'],
  ['~$a', '(~ $a)'],
  ['*$a', '(* $a)'],
  ['&$a', '(& $a)'],
  ['- -1', '(- (- 1))'],
  ['!!1', '(! (! 1))'],
  ['++$a', '(++_ $a)'],
  ['--@a', '(--_ @a)'],
  ['-$a++', '(- (_++ $a))'],
  ['*$a.b', '(* (.b $a))'],
  ['!a == b', '(== (! a) b)'],
  // Binary: all levels, left to right
  ['a + b * c', '(+ a (* b c))'],
  ['a * b + c', '(+ (* a b) c)'],
  ['(a + b) * c', '(* (+ a b) c)'],
  ['a - b - c', '(- (- a b) c)'],
  ['a / b % c', '(% (/ a b) c)'],
  ['1 << 10', '(<< 1 10)'],
  ['a << b + c', '(<< a (+ b c))'],
  ['a < b << c', '(< a (<< b c))'],
  ['a == b < c', '(== a (< b c))'],
  ['a & b == c', '(& a (== b c))'],
  ['a ^ b & c', '(^ a (& b c))'],
  ['a | b ^ c', '(| a (^ b c))'],
  ['a && b | c', '(&& a (| b c))'],
  ['a || b && c', '(|| a (&& b c))'],
  ['a ? b : c || d', '(? a b (|| c d))'],
  ['a <= b >= c != d > e', '(!= (>= (<= a b) c) (> d e))'],
  ['a - -b', '(- a (- b))'],
  ['a * *b', '(* a (* b))'],
  ['a & &$b', '(& a (& $b))'],
  // Conditionals
  ['a ? b : c', '(? a b c)'],
  ['a ?: b', '(? a b)'],
  ['a ? : b', '(? a b)'],
  ['a ? b : c ? d : e', '(? a b (? c d e))'],
  ['a ? b ? c : d : e', '(? a (? b c d) e)'],
  ['a ?: b ?: c', '(? a (? b c))'],
  // Casts: by the word
  ['(uint64)x', '(cast uint64 x)'],
  ['(int8)-1', '(cast int8 (- 1))'],
  ['(pid_t)~1', '(cast pid_t (~ 1))'],
  ['(bool)!x', '(cast bool (! x))'],
  ['(uint64)x + 1', '(+ (cast uint64 x) 1)'],
  ['(uint64)x.y', '(cast uint64 (.y x))'],
  ['-(int32)x', '(- (cast int32 x))'],
  ['(int8)(int16)x', '(cast int8 (cast int16 x))'],
  ['(string[16])x', '(cast string[16] x)'],
  ['(uint8[4])x', '(cast uint8[4] x)'],
  ['(uint8[])x', '(cast uint8[] x)'],
  ['(struct task_struct *)curtask', '(cast struct task_struct * curtask)'],
  ['((struct task_struct *)curtask)->mm', '(.mm (cast struct task_struct * curtask))'],
  ['(struct a **)1', '(cast struct a * * 1)'],
  ['(union u)x', '(cast union u x)'],
  ['(enum e)3', '(cast enum e 3)'],
  // Casts: by what surrounds an unknown word
  ['(foo)bar', '(cast foo bar)'],
  ['(foo)1', '(cast foo 1)'],
  ['(foo)"s"', '(cast foo "s")'],
  ['(foo)$x', '(cast foo $x)'],
  ['(foo)@x', '(cast foo @x)'],
  ['(foo)(1)', '(cast foo 1)'],
  ['(foo *)x', '(cast foo * x)'],
  ['(foo *)-x', '(cast foo * (- x))'],
  ['(foo)-1', '(- foo 1)'],
  ['(foo)*x', '(* foo x)'],
  ['(foo)&x', '(& foo x)'],
  ['(pid) - 1', '(- pid 1)'],
  ['(foo) ? 1 : 2', '(? foo 1 2)'],
  ['(a[1]) - 2', '(- (index a 1) 2)'],
  // sizeof
  ['sizeof(uint64)', '(sizeof uint64)'],
  ['sizeof(struct task_struct)', '(sizeof struct task_struct)'],
  ['sizeof(struct a *)', '(sizeof struct a *)'],
  ['sizeof(size_t)', '(sizeof size_t)'],
  ['sizeof(uint8[4])', '(sizeof uint8[4])'],
  ['sizeof(foo *)', '(sizeof foo *)'],
  ['sizeof($x)', '(sizeof $x)'],
  ['sizeof(a + 1)', '(sizeof (+ a 1))'],
  ['sizeof(args.x)', '(sizeof (.x args))'],
];

test.each(forms)('%s', (source, tree) => {
  expect(expressionText(source)).toBe(tree);
});

test('comments and line breaks may stand between any two words', () => {
  expect(expressionText('a // one\n + /* two\n */ b /**/ * /***/ c')).toBe('(+ a (* b c))');
});

test('an unknown name in parentheses at the end of a line is a value', () => {
  expect(expressionText('(foo)\n - bar')).toBe('(- foo bar)');
});
