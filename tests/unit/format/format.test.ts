/** Scripts laid out anew: what they look like, and that nothing of them changes or gets lost. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasErrors } from '../../../src/base/outcome.ts';
import { sourceFile } from '../../../src/base/source-file.ts';
import { format } from '../../../src/format/format.ts';
import { parse, parseWithComments } from '../../../src/parser/parse.ts';
import { readGoldens } from '../../support/golden.ts';
import { randomProgram } from '../../support/random-programs.ts';
import { randomSyntax } from '../../support/random-syntax.ts';

/** That the tree stays the same, format() checks itself. */
function formatted(text: string): string {
  const { value, diagnostics } = format(sourceFile('script', text));
  if (value === undefined)
    throw new Error(diagnostics.map(({ message }) => message).join('\n') + '\n' + text);
  return value;
}

const layouts: readonly (readonly [title: string, script: string, result: string])[] = [
  ['nothing', '', ''],
  ['only comments', '  // a\n\n\n\n /* b */', '// a\n\n/* b */\n'],
  ['an empty block', 'begin{}', 'begin { }\n'],
  ['angle brackets become braces', 'kprobe:f < @x = 1 << 10; >', 'kprobe:f {\n  @x = 1 << 10;\n}\n'],
  ['several probes', 'begin{a}end{b;c}', 'begin {\n  a;\n}\n\nend {\n  b;\n  c;\n}\n'],
  [
    'a script of all sections',
    `#!/usr/bin/env tstrace
#include <linux/fs.h>
struct a { int b;   // as it is
 }
config={max_strlen=0x40;license="GPL"}
import "a.bt";import "b.h";
let @x=hash( 1_000 )
let @y=lruhash(1);
macro m($a,@b,c){@b[$a]=c;$a}
fn f($a:struct a*,$b:uint8[4]):int64{return 1}
named=k:f,k:g,/pid==1/{@x[1]=m($x,@y,2)}`,
    `#!/usr/bin/env tstrace
#include <linux/fs.h>
struct a { int b;   // as it is
 }

config = {
  max_strlen = 0x40;
  license = "GPL";
}

import "a.bt";
import "b.h";

let @x = hash(1_000);
let @y = lruhash(1);

macro m($a, @b, c) {
  @b[$a] = c;
  $a
}

fn f($a: struct a *, $b: uint8[4]): int64 {
  return 1;
}

named=k:f, k:g /pid == 1/ {
  @x[1] = m($x, @y, 2);
}
`,
  ],
  [
    'statements',
    `begin{let $x:uint8=1;if !$x{a}else if(b||c){d}else{e}for $i:0..3{break}for($kv:@x){continue;}
while($x){$x--}unroll 3{_=f()}if comptime is_str(a){return}{import "x";}}`,
    `begin {
  let $x: uint8 = 1;
  if (!$x) {
    a;
  } else if (b || c) {
    d;
  } else {
    e;
  }
  for ($i : 0..3) {
    break;
  }
  for ($kv : @x) {
    continue;
  }
  while ($x) {
    $x--;
  }
  unroll (3) {
    _ = f();
  }
  if comptime is_str(a) {
    return;
  }
  {
    import "x";
  }
}
`,
  ],
  [
    'expressions, with the parentheses that were there',
    'begin{@x=(a*b)+c-((d));@y=(uint8)-(-1)- -1- --$z;$t=(1,);$r=(a=1,b="\\x41").a;$p=$q->a.b[1];@z=a?b:c?:{1};f(typeof(a),sizeof(struct a*),offsetof(a,b.c))}',
    `begin {
  @x = (a * b) + c - (d);
  @y = (uint8)-(-1) - -1 - --$z;
  $t = (1,);
  $r = (a=1, b="\\x41").a;
  $p = $q->a.b[1];
  @z = a ? b : c ?: { 1 };
  f(typeof(a), sizeof(struct a *), offsetof(a, b.c));
}
`,
  ],
  [
    'values of blocks',
    'begin{$a={1};$b={$c=1;$c+1};$d=if a{1}else if b{2}else{3};$e=if a{1;2}else{3}}',
    `begin {
  $a = { 1 };
  $b = {
    $c = 1;
    $c + 1
  };
  $d = if (a) { 1 } else if (b) { 2 } else { 3 };
  $e = if (a) {
    1;
    2
  } else {
    3
  };
}
`,
  ],
  [
    'long lines',
    `kprobe:a_function_with_a_long_name,kprobe:another_function_with_a_long_name,kprobe:a_third_one {
printf("a text of some length that goes on %d %s %d\\n", pid, comm, the_first_argument_of_many);
@the_map[the_first_part_of_a_long_key, another_part_of_a_long_key, a_third_part_of_the_key] = 1;
$x = first_long_operand + second_long_operand * with_a_factor - third_long_operand + fourth_long_operand;
if (first_long_operand == second_long_operand && third_long_operand == fourth_long_operand) { }
$y = a_condition_of_some_length ? the_first_of_three_values : another_condition_of_some_length ? 1 : 2;
$z = if a_condition_of_some_length { the_first_of_two_long_values } else { the_second_of_two_values };
}`,
    `kprobe:a_function_with_a_long_name,
kprobe:another_function_with_a_long_name,
kprobe:a_third_one
{
  printf(
    "a text of some length that goes on %d %s %d\\n",
    pid,
    comm,
    the_first_argument_of_many
  );
  @the_map[
    the_first_part_of_a_long_key,
    another_part_of_a_long_key,
    a_third_part_of_the_key
  ] = 1;
  $x = first_long_operand +
    second_long_operand * with_a_factor -
    third_long_operand +
    fourth_long_operand;
  if (
    first_long_operand == second_long_operand && third_long_operand == fourth_long_operand
  ) { }
  $y = a_condition_of_some_length
    ? the_first_of_three_values
    : another_condition_of_some_length
    ? 1
    : 2;
  $z = if (a_condition_of_some_length) {
    the_first_of_two_long_values
  } else {
    the_second_of_two_values
  };
}
`,
  ],
  [
    'comments',
    `// on top

// of a probe
begin { // of a block
  // of a statement
  @x = 1; // beside it

  /* one */ /* and another */
  @y = f(a, // of an argument
    b /* of another */);
  if (a) // of a condition
  { } // at the end
  else { /* of nothing */ }
  $z = 1 /* first */ + // second
    2;
  // last
} // behind
// at the end`,
    `// on top

// of a probe
begin { // of a block
  // of a statement
  @x = 1; // beside it

  /* one */
  /* and another */
  @y = f(
    a,
    // of an argument
    b /* of another */
  );
  if (a) { // of a condition
  } else { // at the end
    /* of nothing */
  }
  $z = 1 +
    /* first */ // second
    2;
  // last
} // behind
// at the end
`,
  ],
  [
    'empty lines: one at most, none at the ends of blocks',
    'begin {\n\n\n  a;\n\n\n\n  b;\n  c;\n\n}\nend { }',
    'begin {\n  a;\n\n  b;\n  c;\n}\n\nend { }\n',
  ],
  ['a predicate that begins with a star', 'k:f / *$p == 1/ {}', 'k:f / *$p == 1/ { }\n'],
  ['a predicate that begins with a comment', 'k:f / /* a */ b/ {}', 'k:f / /* a */ b/ { }\n'],
  ['attach points as they are written', 'k:$1, uprobe:"/a b":f+4{}', 'k:$1, uprobe:"/a b":f+4 { }\n'],
];

test.each(layouts)('layout: %s', (_, script, result) => {
  expect(formatted(script)).toBe(result);
});

test('a script with errors is not laid out', () => {
  const { value, diagnostics } = format(sourceFile('script', 'begin { @x = ; }'));
  expect([value, diagnostics.map(({ code }) => code)]).toEqual([undefined, ['missing-expression']]);
});

/** What must hold of every script. */
function check(script: string): void {
  const once = formatted(script);
  expect(formatted(once)).toBe(once);
  const comments = (text: string): readonly string[] =>
    parseWithComments(sourceFile('script', text)).comments.map((comment) => comment.text);
  expect(comments(once)).toEqual(comments(script));
}

test('any script is the same after a second time, and keeps its tree and comments', () => {
  fc.assert(fc.property(randomSyntax, check), { numRuns: 200 });
  // A random predicate may begin with a star, and so a comment.
  const sound = randomProgram.filter((text) => !hasErrors(parse(sourceFile('script', text)).diagnostics));
  fc.assert(fc.property(sound, check), { numRuns: 50 });
});

const goldens = readGoldens();

test.each(goldens.map(({ name, program }) => [name, program] as const))('golden %s, too', (_, program) => {
  check(program);
});
