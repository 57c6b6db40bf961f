/** What is known when compiling: comptime and the branches it leaves out, tests of types, assertions, typeinfo. */

import { expect, test } from 'vitest';
import { sourceFile } from '../../../src/base/source-file.ts';
import { compile } from '../../../src/compile.ts';
import { gather } from '../../../src/imports/gather.ts';
import { checkAnalysis, treeOf, typesIn, valueOf } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const minimal = goldenFacts('minimal');

/** A machine whose user takes what is unstable. */
const facts = { ...minimal, settings: { ...minimal.settings, unstableTypeinfo: 'enable' as const } };

test.each([
  ['comptime (1 + 2)', '3:int64'],
  ['comptime probetype', '"special":string[8]'],
  ['comptime (sizeof(pid) == 4) ? "four" : 5', '"four":string[5]'],
  ['if comptime (is_str(comm)) { 1 } else { "no" }', '1:int8'],
  ['is_str(comm)', '1:bool'],
  ['is_str(pid)', '0:bool'],
  ['is_ptr(curtask)', '1:bool'],
  ['is_ptr(typeof(uint64))', '0:bool'],
  ['is_array((uint8[8])nsecs)', '1:bool'],
  ['is_integer(typeof(int8))', '1:bool'],
  ['is_unsigned_integer(typeof(int8))', '0:bool'],
  ['is_unsigned_integer(pid)', '1:bool'],
  ['is_literal(3)', '1:bool'],
  ['is_literal("a")', '1:bool'],
  ['is_literal(pid)', '0:bool'],
  ['default_str_length()', '1024:uint64'],
  ['kfunc_exist("f")', '1:bool'],
  ['kfunc_exist("nowhere")', '0:bool'],
  ['kfunc_allowed("f")', '0:bool'],
  ['typeinfo(pid).base_type', '"int":string[4]'],
  ['typeinfo(pid).full_type', '"uint32":string[7]'],
  ['typeinfo(struct task_struct).base_type', '"struct":string[7]'],
  ['typeinfo(struct task_struct).btf_id', '256:uint64'],
  ['typeinfo(curtask).btf_id', '0:uint64'],
  ['typeinfo(curtask).full_type', '"struct task_struct *":string[21]'],
])('%s', (written, typed) => expect(valueOf(written, '', { facts })).toBe(typed));

test('a branch that is left out need not make sense', () =>
  expect(
    typesIn('if comptime (is_integer(comm)) { print($none + @none); fail("never"); } else { @x = "a"; }'),
  ).toEqual(['block', '@x = "a":string[2]']));

test('what a name holds may be learned later', () =>
  expect(
    treeOf('begin { if comptime (is_str(@x)) { @y = 1; } else { @y = "no"; } } end { @x = comm; }'),
  ).toContain('@y[] int8 hash 1'));

test('macros choose by the types that they are given', () =>
  expect(
    treeOf(`macro show(x) { if comptime (is_str(x)) { printf("%s", x); } else { printf("%d", x); } }
      begin { show(comm); show(pid); }`),
  ).toEqual([
    'begin_1 (begin)',
    'block',
    'block',
    'printf("%s":string[3], comm():string[16]):void',
    'block',
    'block',
    'printf("%d":string[3], pid():uint32):void',
  ]));

test('mistakes', () =>
  checkAnalysis(`
    begin {
      @ = comptime pid;
       // ^^^^^^^^^^^^ not-constant
      if comptime (nsecs > 1) { }
      // ^^^^^^^^^^^^^^^^^^^^ not-constant
      fail("no %s on %d", probetype, 3);
   // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ failed-assertion
      static_assert(sizeof(pid) == 8, "wide");
   // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ failed-assertion
      static_assert(pid, "known");
                 // ^^^ wrong-argument-type
      assert_str(pid);
   // ^^^^^^^^^^^^^^^ failed-assertion
      print(typeof(uint8));
         // ^^^^^^^^^^^^^ type-mismatch
      print(typeinfo(pid));
         // ^^^^^^^^^^^^^ unstable
    }
  `));

const errorsOf = (script: string): readonly unknown[] =>
  compile(gather(sourceFile('test', script)), { parameters: [] }, () => minimal).diagnostics.map(
    ({ code, message, span }) => [code, message, script.slice(span?.start, span?.end)],
  );

test('the message of an assertion is the script’s own', () =>
  expect(errorsOf('begin { fail("no %s on %d", probetype, 3); }')).toEqual([
    ['failed-assertion', 'no special on 3', 'fail("no %s on %d", probetype, 3)'],
  ]));

test('the standard library’s macros are told of where they are called, and give way to the script’s own', () => {
  expect(errorsOf('begin { assert(@none, "text"); }')).toEqual([
    ['unknown-map', expect.any(String), '@none'],
  ]);
  expect(errorsOf('begin { assert(1); }').map(String)).toEqual([
    'wrong-argument-count,The macro assert() takes 2 arguments, 1 given,assert(1)',
  ]);
  expect(errorsOf('macro assert(a, b) { print((a, b)); } begin { assert(pid, 2); }')).toEqual([]);
});
