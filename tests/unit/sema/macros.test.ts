/** Macros: what they become, and what is wrong with them, in their bodies and at their calls. */

import { expect, test } from 'vitest';
import { sourceFile } from '../../../src/base/source-file.ts';
import { renderDiagnostics } from '../../../src/output/render-diagnostic.ts';
import { analysed, checkAnalysis, treeOf, valueOf } from '../../support/analysis.ts';

const valueWith = (macros: string, expression: string): string =>
  treeOf(`${macros} begin { print(${expression}); }`)
    .at(-1)
    ?.replace(/^print\((.*)\):void$/, '$1') ?? '';

test.each<readonly [string, string, string, string]>([
  ['an expression is put in as it is', 'macro add(a, b) { a + b }', 'add(pid, 1)', valueOf('{ pid + 1 }')],
  ['a bare name calls a macro without parameters', 'macro five() { 5 }', 'five', '5:int8'],
  [
    'one macro may use another',
    'macro a(x) { x + 1 } macro b(x) { a(x) * 2 }',
    'b(pid)',
    valueOf('(pid + 1) * 2'),
  ],
  ['the number of arguments chooses', 'macro f(a) { a } macro f(a, b) { b }', 'f(1, 2)', '2:int8'],
  [
    'a type may be given',
    'macro size(t) { sizeof(t) }',
    'size(typeof(uint32))',
    valueOf('{ sizeof(uint32) }'),
  ],
  ['a type may be cast to', 'macro as(t, v) { (t)v }', 'as(typeof(uint8), pid)', valueOf('{ (uint8)pid }')],
  [
    'a field path may be given',
    'macro at(f) { offsetof(struct task_struct, f) }',
    'at(comm)',
    valueOf('{ offsetof(struct task_struct, comm) }'),
  ],
  [
    'a macro beside a builtin of its name, with other arguments',
    'macro strlen(a, b) { a + b }',
    'strlen(comm)',
    valueOf('strlen(comm)'),
  ],
])('%s', (_, macros, expression, wanted) => {
  expect(valueWith(macros, expression)).toBe(wanted);
});

test('variables and maps are the caller’s, kinds choose among macros, own variables disturb nobody', () => {
  const tree = treeOf(`macro set($v) { $v = 1; let $x = 5; $v += $x; }
    macro set(@m) { @m[pid] = 2; }
    begin { let $x = 0; let $y = 7; set($y); set(@z); print(($x, $y)); }`);
  expect(tree).toContain('$y = 1:int64');
  expect(tree).toContain('$x of set() 1 = 5:int8');
  expect(tree).toContain('@z[pid():uint32] = 2:int8');
});

test('each call has variables of its own, also of other types', () => {
  expect(treeOf('macro id(e) { $x = e; $x } begin { print(id(1)); print(id("a")); }')).toContain(
    '$x of id() 2 = "a":string[2]',
  );
  const { diagnostics } = analysed(
    'macro twice(a) { let $t = a; $t * 2 } begin { print(twice(1) + twice("a" == "b" ? 3 : 4)); }',
  );
  expect(diagnostics).toEqual([]);
});

test('a body is checked where it stands', () =>
  checkAnalysis(`
macro f($v, e) {
  let $v = 1;
//    ^^ shadowed-variable
  @x = e;
//^^ unhygienic-macro
  print($y);
//      ^^ unhygienic-macro
}
macro g(pid) { pid }
//      ^^^ reserved-name
macro h(a) { a }
macro h(b) { b }
//    ^ declared-twice
macro i($v, e, e, $v) { $v + e }
//             ^ declared-twice
//                ^^ declared-twice
begin { exit(); }`));

test('a call is checked where it stands', () =>
  checkAnalysis(`
macro needs($v) { $v = 1; }
macro map(@m) { @m = 1; }
macro two(a, b) { a + b }
macro again(a) { again(a) }
//               ^^^^^^^^ recursive-function
begin {
  needs(@x);
//      ^^ wrong-argument-type
  map(@y[1]);
//    ^^^^^ wrong-argument-type
  print(two(1));
//      ^^^^^^ wrong-argument-count
  print(again(1));
  let $v = 0;
  print(needs($v));
//      ^^^^^^^^^ type-mismatch
}`));

test('macros that call each other twice come to an end', () => {
  const doubling = Array.from(
    { length: 30 },
    (_, i) => `macro m${i}(a) { m${i + 1}(a) + m${i + 1}(a) }`,
  ).join('\n');
  const { diagnostics } = analysed(`${doubling} macro m30(a) { a } begin { print(m0(1)); }`);
  expect(diagnostics.map(({ code }) => code)).toEqual(['program-too-large']);
});

test('what is wrong in a body is shown with the calls that led there', () => {
  const script = 'macro inner(a) { a + comm }\nmacro outer(a) { inner(a) }\nbegin { print(outer(1)); }';
  const source = sourceFile('f.bt', script);
  const shown = renderDiagnostics(analysed(source).diagnostics, { source: () => source, colours: false });
  expect(shown).toBe(`f.bt:1:22-26: ERROR: '+' takes integers, not string[16] [bad-operand]
macro inner(a) { a + comm }
                     ~~~~
f.bt:2:18-26: expanded from
macro outer(a) { inner(a) }
                 ~~~~~~~~
f.bt:3:15-23: expanded from
begin { print(outer(1)); }
              ~~~~~~~~
`);
});
