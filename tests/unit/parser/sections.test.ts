/** What a script is made of beside probes: C, config, imports, macros, functions, maps; and their order. */

import { expect, test } from 'vitest';
import { sourceFile } from '../../../src/base/source-file.ts';
import { parse } from '../../../src/parser/parse.ts';
import { parsed, sectionsText } from '../../support/ast-text.ts';
import { checkDiagnostics } from '../../support/check-diagnostics.ts';

const forms: readonly (readonly [script: string, tree: string])[] = [
  // C
  ['#include <a.h>\nbegin {}', '(C #include <a.h>) (probe begin {})'],
  ['#!/usr/bin/env tstrace\n#define A 1', '(C #define A 1)'],
  ['#define A \\\n {', '(C #define A \\\n {)'],
  ['#define A /* {\n */ 1\n#undef A', '(C #define A /* {\n */ 1) (C #undef A)'],
  ["#define A '{' // {\n", "(C #define A '{' // {)"],
  ['struct a { int b; };', '(C struct a { int b; };)'],
  ['struct a { int b; }\nbegin {}', '(C struct a { int b; }) (probe begin {})'],
  ['struct a{int b;}enum c{D}', '(C struct a{int b;}) (C enum c{D})'],
  [
    'union u { struct { char c[4]; } d; int e : 3; };',
    '(C union u { struct { char c[4]; } d; int e : 3; };)',
  ],
  ['struct a { /* } */ int b; // }\n };', '(C struct a { /* } */ int b; // }\n };)'],
  ['struct a { } __attribute__((packed));', '(C struct a { } __attribute__((packed));)'],
  [
    'struct a {}\n__attribute__((packed)) __attribute__((aligned(8)))\nbegin {}',
    '(C struct a {}\n__attribute__((packed)) __attribute__((aligned(8)))) (probe begin {})',
  ],
  ['struct __attribute__((packed)) a { };', '(C struct __attribute__((packed)) a { };)'],
  ['struct // c\n a /* d */ { };', '(C struct // c\n a /* d */ { };)'],
  ['struct a;', '(C struct a;)'],
  ['enum { A, B = 2 };', '(C enum { A, B = 2 };)'],
  ['typedef int T[2];begin {}', '(C typedef int T[2];) (probe begin {})'],
  ['typedef struct { int a; } *T, U;', '(C typedef struct { int a; } *T, U;)'],
  ['typedef void (*F)(int, ...);', '(C typedef void (*F)(int, ...);)'],
  // Config
  ['config = { }', '(config)'],
  ['config = { };', '(config)'],
  ['config={a=1}begin{}', '(config a=1) (probe begin {})'],
  [
    'config = { max_strlen = 64; license = "GPL"; print_maps_on_exit = false; missing_probes = warn; t = 5ms }',
    '(config max_strlen=64 license="GPL" print_maps_on_exit=false missing_probes=warn t=5000000)',
  ],
  ['config\n=\n{\na = "}"; // }\n}', '(config a="}")'],
  // Imports
  ['import "a.bt"; import "dir"; begin {}', '(import "a.bt") (import "dir") (probe begin {})'],
  ['import\n"ä\\x41"\n;', '(import "äA")'],
  // Macros
  ['macro m() {}', '(macro m {})'],
  ['macro m() { 1 }', '(macro m {} => 1)'],
  ['macro m($a, @b, c) { $a = c; @b[$a] }', '(macro m $a @b c {(= $a c)} => @b[$a])'],
  ['macro m(a) { if a { 1 } else { 2 } }', '(macro m a {} => (if a {=> 1} {=> 2}))'],
  ['macro m(a) { if a { 1 } else { 2; } }', '(macro m a {(if a {1} {2})})'],
  ['macro m(a) { if a { 1 } }', '(macro m a {(if a {1})})'],
  ['macro m() { 1; }', '(macro m {1})'],
  ['macro m() { { 1 } }', '(macro m {} => {=> 1})'],
  ['macro\nm(\n$a,\n@b\n)\n{\n}', '(macro m $a @b {})'],
  ['macro m($a) // c\n// d\n{ }', '(macro m $a {})'],
  // Functions
  ['fn f() : void { return; }', '(fn f :void {(return)})'],
  ['fn f($a : int64, $b: struct a *): uint8[4] { $a }', '(fn f $a:int64 $b:struct a * :uint8[4] {$a})'],
  ['fn f()\n:\nstruct\na\n*\n{\n}', '(fn f :struct a * {})'],
  // Maps
  ['let @a = hash(10); begin {}', '(map @a hash 10) (probe begin {})'],
  ['let @a = lruhash(0x10)\nlet @b = percpuhash(1)', '(map @a lruhash 16) (map @b percpuhash 1)'],
  ['let @a=hash(1)let @b=hash(2)begin{}', '(map @a hash 1) (map @b hash 2) (probe begin {})'],
  ['let @a // c\n = // d\n hash\n(\n1_000\n)\n;', '(map @a hash 1000)'],
  // All of them
  [
    '#define A 1\nstruct s { int a; };\nimport "a.h";\nconfig = { a = 1 }\nimport "b.bt";\nmacro m() { 1 }\nlet @x = hash(1);\nbegin { }\nfn f() : void { }\nend { }',
    '(C #define A 1) (C struct s { int a; };) (config a=1) (import "a.h") (import "b.bt") (macro m {} => 1) (fn f :void {}) (map @x hash 1) (probe begin {}) (probe end {})',
  ],
  // Words of sections are names of providers too
  ['macro:a, struct:b {}', '(probe macro {})'],
];

test.each(forms)('%s', (script, tree) => {
  expect(sectionsText(script)).toBe(tree);
});

const spans: readonly (readonly [script: string, text: string])[] = [
  [' struct a { int b; } ; begin {}', 'struct a { int b; } ;'],
  [' config = { a = 1 } ;', 'config = { a = 1 }'],
  [' import "a" ;', 'import "a"'],
  [' macro m() { } ', 'macro m() { }'],
  [' fn f() : void { } ', 'fn f() : void { }'],
  [' let @a = hash(1) ;', 'let @a = hash(1)'],
];

test.each(spans)('a section knows its place: %s', (script, text) => {
  const { definitions, config, imports, macros, functions, maps } = parsed(script);
  const [section] = [
    ...definitions,
    ...imports,
    ...macros,
    ...functions,
    ...maps,
    ...(config ? [config] : []),
  ];
  expect(script.slice(section?.span.start, section?.span.end)).toBe(text);
});

const order: readonly (readonly [title: string, script: string])[] = [
  ['C behind config', 'config = { }\n  #include <a.h>\n//^^^^^^^^^^^^^^ misplaced-section'],
  ['C behind an import', 'import "a";\n  struct a {\n//^^^^^^^^^^ misplaced-section\n  int b; };'],
  ['C behind a probe, once', 'begin { }\n  #define A 1\n//^^^^^^^^^^^ misplaced-section\n#define B 2'],
  ['config behind a probe', 'begin { }\n  config = { a = 1 }\n//^^^^^^ misplaced-section'],
  ['config behind a macro', 'macro m() { }\n  config = { a = 1 }\n//^^^^^^ misplaced-section'],
  ['an import behind a map', 'let @a = hash(1);\n  import "a";\n//^^^^^^^^^^ misplaced-section'],
  ['an import behind a function', 'fn f() : void { }\n  import "a";\n//^^^^^^^^^^ misplaced-section'],
  ['two config blocks', 'config = { a = 1 }\n  config = { a = 2 }\n//^^^^^^ duplicate-config'],
  [
    'two config blocks, the second out of order',
    'config = { a = 1 }\nbegin { }\n  config = { a = 2 }\n//^^^^^^ duplicate-config',
  ],
];

test.each(order)('order: %s', (_, script) => {
  checkDiagnostics(script);
});

const mistakes: readonly (readonly [title: string, script: string])[] = [
  // C
  ['a definition without braces', '  struct a\n//^^^^^^^^ unexpected-token\n  begin { }'],
  ['a typedef without its semicolon', '  typedef int T\n//             ^ missing-semicolon\n  begin { }'],
  [
    'a typedef of a struct without its semicolon',
    '  typedef struct { int a; }\n//                         ^ missing-semicolon\n  begin { }',
  ],
  // Config
  ['config without =', 'config { a = 1 }\n//     ^ unexpected-token\nbegin { }'],
  ['config without a block', 'config = \n//      ^ missing-block'],
  ['a key without a value', 'config = { a = ; b = 1 }\n//             ^ unexpected-token'],
  ['a key without =', 'config = { a; b = 1 }\n//          ^ unexpected-token'],
  [
    'no semicolon between entries',
    'config = { a = 1 b = 2; c = ; }\n//              ^ missing-semicolon\n//                          ^ unexpected-token',
  ],
  ['an expression as a value', 'config = { a = 1 + 2; b = 1 }\n//               ^ unexpected-token'],
  ['a config block that is not closed', 'config = { a = 1;\n//               ^ unclosed-block'],
  // Imports
  ['import without a path', '  import ;\n//       ^ unexpected-token\n  begin { }'],
  ['import of a bare word', '  import a.bt;\n//       ^ unexpected-token\n  begin { }'],
  ['import without a semicolon', '  import "a"\n//          ^ missing-semicolon\n  begin { }'],
  [
    'import without a semicolon, on one line',
    '  import "a" import "b"; \n//          ^ missing-semicolon\n  begin { }',
  ],
  // Macros
  ['a macro without parentheses', 'macro m { 1 }\n//     ^ unexpected-token\nbegin { }'],
  ['a macro without a name', 'macro ($a) { 1 }\n//    ^ unexpected-token\nbegin { }'],
  ['a macro without a block', 'macro m()\n//       ^ missing-block\nbegin { }'],
  [
    'a number as a parameter',
    'macro m(1) { @x = ; }\n//      ^ unexpected-token\n//                ^ missing-expression',
  ],
  ['a comma too many', 'macro m($a,) { }\n//         ^ unexpected-token'],
  ['a macro that is not closed', 'macro m() { @x = 1;\n//                 ^ unclosed-block'],
  [
    'a macro that is not closed before the next',
    'macro m() { @x = 1;\n//                 ^ unclosed-block\nmacro n() { }',
  ],
  // Functions
  ['a function without a result type', 'fn f() { }\n//     ^ unexpected-token\nbegin { }'],
  ['a parameter without a type', 'fn f($a) : void { }\n//     ^ unexpected-token'],
  ['a parameter that is no variable', 'fn f(a : int8) : void { }\n//   ^ unexpected-token'],
  [
    'a function without a block',
    'fn f() : int8\n//           ^ missing-block\nbegin { @x = ; }\n//           ^ missing-expression',
  ],
  // Maps
  ['a variable between probes', '  let $x = { 1 };\n//    ^^ unexpected-token\n  begin { }'],
  ['a map without a kind', '  let @x;\n//      ^ unexpected-token\n  begin { }'],
  ['a map without a size', '  let @x = hash();\n//              ^ unexpected-token\n  begin { }'],
  ['a map without a size and semicolon', '  let @x = hash\n//             ^ unexpected-token\n  begin { }'],
  ['a map without entries', '  let @x = hash(0);\n//              ^ bad-number\n  begin { }'],
  [
    'a map with a word for a size',
    '  let @x = hash(many)\n//              ^^^^ unexpected-token\n  begin { }',
  ],
];

test.each(mistakes)('one mistake, one error: %s', (_, script) => {
  checkDiagnostics(script);
});

test('a definition that is not closed shows where it begins', () => {
  const text = 'struct a { struct b { int c; } // }';
  const [problem, ...more] = parse(sourceFile('test', text)).diagnostics;
  expect([problem?.code, problem?.span?.start, more]).toEqual(['unclosed-block', text.length, []]);
  expect(problem?.labels.map(({ span }) => [span.start, span.end])).toEqual([[9, 10]]);
});

test('sections in wrong order and two config blocks show the other place too', () => {
  const text = 'config = { }\nbegin { }\nimport "a";\nconfig = { }';
  const labels = parse(sourceFile('test', text)).diagnostics.flatMap((problem) => problem.labels);
  expect(labels.map(({ span }) => text.slice(span.start, span.end))).toEqual(['begin', 'config']);
});
