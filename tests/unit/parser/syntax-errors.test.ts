/** Every kind of syntax error: its code and its place, and that one mistake gives one error. */

import { expect, test } from 'vitest';
import { sourceFile } from '../../../src/base/source-file.ts';
import { parse } from '../../../src/parser/parse.ts';
import { blockText } from '../../support/ast-text.ts';
import { checkDiagnostics } from '../../support/check-diagnostics.ts';

const mistakes: readonly (readonly [title: string, script: string])[] = [
  // Between probes
  ['a block without an attach point', `begin { } { }\n//        ^ missing-attach-point`],
  ['a predicate without an attach point', `begin { } /pid/ { }\n//        ^ missing-attach-point`],
  ['a comma before the first attach point', `begin { } , k:f { }\n//        ^ missing-attach-point`],
  ['two commas', `  k:f,, k:g { }\n//    ^ unexpected-token`],
  ['two attach points without a comma', `  k:f k:g { @x = 1 }\n//    ^^^ unexpected-token`],
  ['blanks in an attach point', `  interval:s: 1 { @x = 1 }\n//            ^ unexpected-token`],
  ['a predicate without a blank before it', `  k:f/pid == 1/ { @x = 1 }\n//        ^ unexpected-token`],
  ['an attach point at the end of the script', `  begin { }  k:f\n//           ^^^ missing-block`],
  ['a predicate at the end of the script', `  k:f /pid == 1/\n//^^^ missing-block`],
  ['an attach point before the next probe', `  k:f\n//^^^ missing-block\n  k:g { @x = 1 }`],
  ['a brace too many', `  begin { } }\n//          ^ unexpected-token\n  end { }`],
  ['braces too many', `  begin { } }}} ) ;\n//          ^ unexpected-token\n  end { }`],
  ['an angle bracket too many', `  begin < > >\n//          ^ unexpected-token`],
  ['a second predicate', `  k:f /1/ /2/ { }\n//        ^ missing-expression`],
  [
    'a predicate that is not closed',
    `  k:f /pid == 1 { @x = 1 }\n//             ^ unclosed-predicate\n  end { @y = ; }\n//           ^ missing-expression`,
  ],
  ['an empty predicate', `  k:f / / { @x = 1 }\n//      ^ missing-expression`],
  ['a predicate that ends in an operator', `  k:f /pid == / { @x = 1 }\n//            ^ missing-expression`],
  [
    'a predicate and a block with mistakes',
    `  k:f /+/ { @x = ; }\n//     ^ missing-expression\n//               ^ missing-expression`,
  ],
  // Blocks
  ['a block that is not closed', `begin { @x = 1;\n//             ^ unclosed-block`],
  [
    'an inner block that is not closed',
    `begin { if (1) { @x = 1; }\n//                        ^ unclosed-block`,
  ],
  ['two blocks that are not closed', `begin { { @x = 1;\n//               ^ unclosed-block`],
  [
    'a block that is not closed before the next probe',
    `
    begin { if (a) { @x = 1; }
    //                        ^ unclosed-block
    kprobe:f { @y = 1; }
    end { @z = 1; }
    `,
  ],
  [
    'a mistake before the missing brace is still reported',
    `
    begin { @a = ; @x = 1;
    //           ^ missing-expression
    //                    ^ unclosed-block
    END { @y = 1; }
    `,
  ],
  [
    'what looks like a probe in a closed block is a mistake of its own',
    `
    begin {
      kprobe:f { @x = 1; }
      //    ^ unexpected-token
    }
    end { @y = 1;
    //           ^ unclosed-block
    `,
  ],
  ['a block in angle brackets that is not closed', `begin < @x = 1;\n//             ^ unclosed-block`],
  [
    'a block in angle brackets closed by a brace',
    `begin < @x = 1; }\n//              ^ unexpected-token\nend { }`,
  ],
  ['no semicolon before the closing angle bracket', `begin < @x = 1 >\n//            ^ missing-semicolon`],
  [
    'no semicolon before the closing angle bracket of the first of two',
    `begin < @x = 1 >\n//            ^ missing-semicolon\nend { @y = 1 }`,
  ],
  [
    'braces within angle brackets that are not closed',
    `begin < if (a) { @x = 1; >\n//                       ^ unexpected-token\n//                        ^ unclosed-block`,
  ],
  // Statements
  [
    'no semicolon between two lines',
    `begin {\n  @x = 1\n//      ^ missing-semicolon\n  @y = 2\n//      ^ missing-semicolon\n  @z = 3 }`,
  ],
  [
    'no semicolon on one line',
    `begin { @x = 1 @y = 2; @z = ; }\n//            ^ missing-semicolon\n//                          ^ missing-expression`,
  ],
  ['words in a row', `begin { this is no script; }\n//          ^ missing-semicolon`],
  [
    'a stray parenthesis after a statement',
    `begin { @x = 1) ; @y = ; }\n//            ^ unexpected-token\n//                     ^ missing-expression`,
  ],
  [
    'a stray mark before a statement',
    `begin { ) @x = 1; @y = ; }\n//      ^ unexpected-token\n//                     ^ missing-expression`,
  ],
  ['an assignment within another', `begin { @x = @y = 1; }\n//              ^ unexpected-token`],
  ['a map after let', `begin { let @x = 1; }\n//          ^^ unexpected-token`],
  ['no type after a colon', `begin { let $x: = 1; }\n//              ^ unexpected-token`],
  ['no name after struct', `begin { let $x: struct = 1; }\n//                     ^ unexpected-token`],
  ['an odd array length', `begin { let $x: uint8[a]; }\n//                    ^ unexpected-token`],
  ['nothing to assign', `begin { @x = ; }\n//           ^ missing-expression`],
  ['nothing to assign at the end of the block', `begin { @x = }\n//           ^ missing-expression`],
  ['nothing to discard', `begin { _ = ; }\n//          ^ missing-expression`],
  ['a lone underscore', `begin { _; }\n//       ^ unexpected-token`],
  ['a reserved word as a value', `begin { @x = let; }\n//           ^^^ missing-expression`],
  [
    'a reserved word as a variable',
    `begin { else = 3; @y = ; }\n//      ^^^^ unexpected-token\n//                     ^ missing-expression`,
  ],
  ['if without a block', `begin { if (1) @x = 1; else @y = 2; @z = 3; }\n//             ^^ missing-block`],
  ['if without a condition', `begin { if { @x = 1 } @y = 1; }\n//         ^ missing-expression`],
  ['a bare condition with an operator', `begin { if $x > 3 { @y = 1 } }\n//            ^ missing-block`],
  ['else without if', `begin { @x = 1; else { @y = 1; } }\n//              ^^^^ unexpected-token`],
  ['else without a block', `begin { if (1) { } else @y = 1; }\n//                      ^^ missing-block`],
  ['an unclosed condition', `begin { if (1 { @x = 1; } @y = 1; }\n//            ^ unexpected-token`],
  ['unroll without a count', `begin { unroll { } }\n//             ^ missing-expression`],
  // Expressions
  ['an operator without a right side', `begin { @x = 1 + ; }\n//               ^ missing-expression`],
  ['an operator without a left side', `begin { @x = / 1; }\n//           ^ missing-expression`],
  ['an empty key', `begin { @x[] = 1; }\n//         ^ missing-expression`],
  [
    'a missing argument',
    `begin { f(1, ); g(,); }\n//           ^ missing-expression\n//                ^ missing-expression`,
  ],
  ['an unclosed call', `begin { f(1; @y = 1; }\n//         ^ unexpected-token`],
  ['an unclosed key', `begin { @x[1 = 1; @y = 1; }\n//           ^ unexpected-token`],
  ['an unclosed parenthesis', `begin { @x = (1 + 2; @y = 1; }\n//                 ^ unexpected-token`],
  ['a conditional without a colon', `begin { @x = 1 ? 2; }\n//                ^ unexpected-token`],
  [
    'no name after a dot',
    `begin { @x = a.; @y = a->+; }\n//             ^ unexpected-token\n//                       ^ unexpected-token`,
  ],
  ['a call of something that has no name', `begin { $f(1); }\n//        ^ missing-semicolon`],
  // Characters
  [
    'characters without meaning',
    `begin { @x = 'a'; }\n//           ^ unexpected-character\n//             ^ unexpected-character`,
  ],
  ['a lone dollar sign', `begin { @x = $; }\n//           ^ unexpected-character`],
  ['a row of odd characters', `begin { @x = 1 §€😀\\ + 2; }\n//             ^^^^^ unexpected-character`],
  [
    'a comment that is not closed',
    `begin { @x = 1; /* a } */ /* b }\n//                        ^^ unterminated-comment`,
  ],
  // Blocks and ifs as values
  [
    'a block without a value',
    `begin { @x = { @y = 1; }; @z = ; }\n//             ^^^^^^ missing-expression\n//                             ^ missing-expression`,
  ],
  ['an empty block as a value', `begin { @x = {}; }\n//           ^^ missing-expression`],
  ['a block that ends in a semicolon', `begin { @x = { 1; }; }\n//             ^ missing-expression`],
  [
    'a block whose value has a mistake',
    `begin { @x = { 1 + }; @y = { ) }; }\n//                 ^ missing-expression\n//                           ^ unexpected-token`,
  ],
  ['an if without else as a value', `begin { @x = if a { 1 }; }\n//           ^^ missing-else`],
  [
    'an else if without else as a value',
    `begin { @x = if a { 1 } else if b { 2 }; }\n//                           ^^ missing-else`,
  ],
  [
    'a branch without a value',
    `begin { @x = if a { 1 } else { @y = 1 }; }\n//                             ^^^^^^ missing-expression`,
  ],
  ['a nested if without else as a value', `begin { @x = { if a { 1 } }; }\n//             ^^ missing-else`],
  [
    'else without a block in a value',
    `begin { @x = if a { 1 } else 2; }\n//                           ^ missing-block`,
  ],
  ['a block that is not closed in a value', `begin { @x = { 1;\n//               ^ unclosed-block`],
  // Records
  [
    'two fields of one name',
    `begin { @x = (a=1, b=2, a=3, a=4); }\n//                      ^ duplicate-field\n//                           ^ duplicate-field`,
  ],
  ['a field without a value', `begin { @x = (a=, b=2); }\n//              ^ missing-expression`],
  [
    'a record that goes on as a tuple',
    `begin { @x = (a=1, 2); @y = ; }\n//                 ^ unexpected-token\n//                          ^ missing-expression`,
  ],
  ['a tuple that goes on as a record', `begin { @x = (1, a=2); }\n//                ^ unexpected-token`],
  // Loops
  [
    'a loop over a number',
    `begin { for $i : 10 { @x = ; } }\n//               ^^ not-iterable\n//                         ^ missing-expression`,
  ],
  ['a loop over a variable', `begin { for ($i : $x) { } }\n//                ^^ not-iterable`],
  ['a bound that is computed', `begin { for $i : $n-1..5 { } }\n//                 ^ missing-block`],
  ['a loop over nothing', `begin { for $i : { @x = 1; } @y = 1; }\n//               ^ missing-expression`],
  [
    'a range without an end',
    `begin { for $i : 0.. { @x = 1; } @y = 1; }\n//                   ^ missing-expression`,
  ],
  ['a loop without a colon', `begin { for $i 0..3 { @x = 1; } @y = 1; }\n//             ^ unexpected-token`],
  ['a loop over a map by name', `begin { for @x { @x = 1; } @y = 1; }\n//          ^^ unexpected-token`],
  [
    'a loop as in C',
    `begin { for ($i = 0; $i < 3; $i++) { @x = 1; } @y = 1; }\n//              ^ unexpected-token`,
  ],
  [
    'a bound with an operator',
    `begin { for $i : 0..$x + 1 { @y = 1; } }\n//                     ^ missing-block`,
  ],
  [
    'a loop without a block',
    `begin { for $i : 0..3; @x = ; }\n//                   ^ missing-block\n//                          ^ missing-expression`,
  ],
  [
    'a loop head that is not closed',
    `begin { for ($i : 0..3 { @x = 1; } @y = 1; }\n//                     ^ unexpected-token`,
  ],
  ['while without a condition', `begin { while { @x = 1; } @y = 1; }\n//            ^ missing-expression`],
  [
    'while without a block',
    `begin { while (1); @x = ; }\n//               ^ missing-block\n//                      ^ missing-expression`,
  ],
  [
    'break with a value',
    `begin { while (1) { break 2; @x = ; } }\n//                       ^ missing-semicolon\n//                                ^ missing-expression`,
  ],
  // Types and what asks for them
  ['typeof as a value', `begin { @x = typeof(@y); }\n//           ^^^^^^ missing-expression`],
  ['a type as an argument', `begin { f(struct a); }\n//        ^^^^^^ missing-expression`],
  ['typeof of nothing', `begin { let $x: typeof(); }\n//                     ^ missing-expression`],
  [
    'offsetof without a field',
    `begin { @x = offsetof(struct a); @y = ; }\n//                            ^ unexpected-token\n//                                    ^ missing-expression`,
  ],
  [
    'offsetof of a number',
    `begin { @x = offsetof(struct a, 1); }\n//                              ^ unexpected-token`,
  ],
  ['comptime of nothing', `begin { @x = comptime ; }\n//                    ^ missing-expression`],
  // Addresses
  ['the address of a number', `begin { @x = &1; }\n//           ^^ no-address`],
  ['the address of a call', `begin { @x = &f(1) + &$x + &@y[1]; }\n//           ^^^^^ no-address`],
  ['the address of a field', `begin { @x = &$a.b; }\n//           ^^^^^ no-address`],
  // Sections inside blocks
  [
    'a macro inside a block',
    `begin { macro m() { 1 } @x = ; }\n//      ^^^^^ unexpected-token\n//                           ^ missing-expression`,
  ],
  [
    'a statement-level import without a path',
    `begin { import x; @x = ; }\n//             ^ unexpected-token\n//                     ^ missing-expression`,
  ],
];

test.each(mistakes)('%s', (_, script) => {
  checkDiagnostics(script);
});

test('an unclosed block shows where it begins, and what looks like the next probe', () => {
  const text = 'begin { @x = 1;\n kprobe:f { @y = 1; }';
  const [problem] = parse(sourceFile('test', text)).diagnostics;
  expect(problem?.labels.map(({ span }) => text.slice(span.start, span.end))).toEqual(['{', 'kprobe:f']);
});

test('statements around a mistake are kept', () => {
  const text = 'begin { @a = 1; @b = ; if (1) { @c = ); @d = 4; } else { ) } @e = 5 }';
  const [probe] = parse(sourceFile('test', text)).value.probes;
  expect(probe && blockText(probe.body)).toBe('{(= @a 1) (if 1 {(= @d 4)} {}) (= @e 5)}');
});

test('diagnostics come in the order of the text', () => {
  const text = 'begin { @a = 1_; @b = ; @c = "\\q"; @d = §; @e = 2x }';
  const starts = parse(sourceFile('test', text)).diagnostics.map(({ span }) => span?.start ?? -1);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
  expect(starts).toHaveLength(5);
});
