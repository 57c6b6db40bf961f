/** Whatever the text: a program and diagnostics, never an exception. What takes for ever is ended by the tests' time-out. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sourceFile } from '../../../src/base/source-file.ts';
import { TraceParser } from '../../../src/parser/grammar.ts';
import { createLexer } from '../../../src/parser/lexer.ts';
import { parse } from '../../../src/parser/parse.ts';
import { printAst } from '../../../src/parser/print-ast.ts';
import { failuresMax } from '../../../src/parser/recovering-parser.ts';
import { randomSyntax } from '../../support/random-syntax.ts';

/** Parse, and check what holds for every text. */
function check(text: string): readonly string[] {
  const { value, diagnostics } = parse(sourceFile('any', text), { parameters: ['one', ':"/{'] });
  const places = diagnostics.flatMap(({ span, labels }) => [span, ...labels.map((label) => label.span)]);
  const outside = places.filter(
    (place) => !place || place.start < 0 || place.end < place.start || place.end > text.length,
  );
  expect(outside).toEqual([]);
  expect(printAst(value)).toMatch(/^program\n/);
  return diagnostics.map(({ code }) => code);
}

test('chevrotain finds no fault in the lexer’s and the grammar’s definitions', () => {
  expect(() => createLexer(true)).not.toThrow();
  expect(() => new TraceParser(true)).not.toThrow();
});

const words = [
  ...[
    'kprobe:f',
    'begin',
    'k:a,',
    'uprobe:"/x":y',
    '{',
    '}',
    '<',
    '>',
    '/',
    '(',
    ')',
    '[',
    ']',
    ',',
    ';',
    ':',
    '?',
    '.',
    '->',
  ],
  ...[
    '=',
    '+=',
    '<<',
    '>>',
    '+',
    '-',
    '*',
    '++',
    '--',
    '!',
    '&',
    '&&',
    '==',
    '|',
    '@',
    '@x',
    '$x',
    '$1',
    '$#',
    'pid',
    '_',
    '1',
    '1e',
    '5ms',
  ],
  ...[
    '"s"',
    '"',
    '"\\q"',
    'if',
    'else',
    'let',
    'unroll',
    'return',
    'for',
    'while',
    'struct',
    'sizeof',
    'true',
    'config',
    'import',
    'fn',
    'macro m(',
    'let @x = hash(',
    'break',
    'continue',
    'offsetof(',
    'typeinfo',
    'else if',
    '..',
    'for $i : ',
    '#define A',
    'struct a {',
    'x=kprobe:f',
  ],
  ...[
    'comptime',
    'typeof',
    'uint8',
    '/*',
    '*/',
    '//',
    '\n',
    '#',
    '#!',
    '\\',
    'ä',
    '\0',
    'str(',
    '(uint8)',
    'a: ',
    '€',
  ],
];

const samples = [
  'kprobe:f < @x = 1 << 10; >',
  'begin { printf("%s\\n", str(args.f, 16)); @a[1, (2,)] = hist(3); } end /pid / 2 == 3/ { clear(@a) }',
  'uprobe:"/a b":f, k:g+4 /@x[1] > 3/ < if (@a > 3) { @b = 1; } else if !x { return; } else { $y++; } >',
  'i:s:1 { let $x: struct a *[4] = (struct a *)1; unroll (3) { $x = $x->b.c[1] ?: d ? e : f; } _ = -sizeof(uint8); }',
  'struct a { int b; }; config = { a = 1 } begin { for ($i : 0..3) { @ = (a=1); } while (1) { break; } }',
  '#define A 1\nimport "a.bt"; macro m($a, @b, c) { if $a { c } else { { @b[c] } } } begin { @x = m($a, @b, typeof(c)); }',
  'fn f($a : typeof($b), $c: struct a *) : uint8[4] { return offsetof(struct a, b.c); } let @x = hash(10); x=begin { }',
  'begin / if a { 1 } else { 2 } == { 3 } / < @x = { 1 } > 2; for $kv : @x { continue; } >',
];

const mutation = fc.tuple(fc.nat(), fc.nat({ max: 8 }), fc.constantFrom(...words, ''));
const mutated = fc
  .tuple(fc.constantFrom(...samples), fc.array(mutation, { minLength: 1, maxLength: 5 }))
  .map(([sample, edits]) =>
    edits.reduce((text, [where, length, word]) => {
      const at = where % (text.length + 1);
      return text.slice(0, at) + word + text.slice(at + length);
    }, sample),
  );

/** A random script without a stretch of its middle. */
const torn = fc
  .tuple(randomSyntax, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 20 }))
  .map(([text, where, length]) => {
    const at = Math.floor(where * text.length);
    return text.slice(0, at) + text.slice(at + length);
  });

test.each([
  ['text', fc.string({ unit: 'binary', maxLength: 200 }), 300],
  ['plain text', fc.string({ unit: 'grapheme-ascii', maxLength: 200 }), 500],
  [
    'UTF-16, well-formed or not',
    fc.array(fc.nat({ max: 0xffff })).map((codes) => 'begin {' + String.fromCharCode(...codes)),
    300,
  ],
  [
    'tokens in any order',
    fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((list) => list.join(' ')),
    1000,
  ],
  [
    'tokens in any order, close together',
    fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((list) => list.join('')),
    500,
  ],
  [
    'tokens in a block',
    fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((list) => `begin { ${list.join(' ')} }`),
    1000,
  ],
  [
    'tokens in angle brackets',
    fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((list) => `begin < ${list.join(' ')} ; >`),
    500,
  ],
  ['mutated programs', mutated, 1500],
  ['torn programs of all forms', torn, 500],
] as const)('no exception: %s', (_, texts, numRuns) => {
  fc.assert(
    fc.property(texts, (text) => {
      check(text);
    }),
    { numRuns },
  );
});

test('no error: a script of any forms, laid out in any way', () => {
  fc.assert(
    fc.property(randomSyntax, (text) => {
      expect(check(text).filter((code) => code !== 'unknown-parameter')).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

/** Texts of some 100 kB that go on and on with one thing. */
const endless: readonly string[] = [
  ...[
    '#',
    '"',
    '\\',
    '/',
    '/* ',
    '// ',
    '/*',
    '{',
    '}',
    '(',
    ')',
    '<',
    '>',
    ';',
    ',',
    '@',
    '$',
    ':',
    '=',
    '?',
    '&',
    '€',
    '9',
    '1_',
    '0x',
  ],
  ...[
    'a:',
    'a ',
    'a\n',
    '"\\',
    'a"\\"',
    'struct {',
    'import\n',
    'a{',
    'a{(',
    'a{<',
    'a{for',
    'a<',
    'a<{',
    '/{',
    'a/',
    'a /',
    '$1',
    'k:$1',
  ],
  ...[
    'a{\n',
    'a{"',
    '/ /* */ ',
    'if (',
    'if(1){',
    'else ',
    'a?',
    'a?b:',
    '@[',
    'f(',
    '(a)',
    '(int8)',
    '-',
    '!',
    '.a',
    '->a',
    '*',
    'let $x:a',
  ],
  ...[
    ...[
      '{1}>',
      '={1}>{1}',
      '= if a {1} else {2}',
      'if a {1} else ',
      '{ 1 } + ',
      '(a=',
      '&',
      'comptime ',
      'typeof(',
    ],
    ...['for $i : ', 'for ($i = 0;', 'while ', '..', '0..', 'break;', 'import "', 'offsetof(a,', 'a.b..'],
    ...[
      'macro m(\n',
      'macro m() {',
      'fn f($a:',
      'let @x=hash(1)',
      'let @x\n',
      'config={',
      'config={a=',
      'import"a"\n',
    ],
    ...[
      'struct\n',
      'struct a\n{}',
      'enum{}__attribute__((',
      '#define \\\n',
      '#/*',
      "#'",
      'union a;',
      'macro //\n',
      'fn /**/',
    ],
    ...['fn f($a: typeof({1}', 'fn f(if a {1} else ', 'a /if(', 'a /if(a){1}else{2}+', 'a / {1}+', 'x=k:f '],
    'struct "\\"',
    '{ } else',
    '> ',
    '>;',
    'if a > b\n',
    '"\n',
    '@x=;',
    '(1;',
    'kprobe:f\n',
    'kprobe:f {\n',
    "'",
  ],
];

test.each(endless)('short time: 100 kB of %j, alone and in each kind of place', (piece) => {
  const text = piece.repeat(Math.ceil(100_000 / piece.length));
  for (const head of ['', 'begin { ', 'begin < @x = ', 'begin / ']) check(head + text);
});

const deep: readonly (readonly [what: string, script: string])[] = [
  ['parentheses', `begin { @x = ${'('.repeat(10_000)}1${')'.repeat(10_000)}; @y = 1; }`],
  ['blocks', `begin { ${'{'.repeat(10_000)}${'}'.repeat(10_000)} @y = 1; }`],
  ['ifs', `begin { ${'if (1) { '.repeat(10_000)}${'}'.repeat(10_000)} @y = 1; }`],
  ['else ifs', `begin { ${'if (1) { @x = 1; } else '.repeat(10_000)}{ } @y = 1; }`],
  ['minus signs', `begin { @x = ${'- '.repeat(10_000)}1; @y = 1; }`],
  ['casts', `begin { @x = ${'(int8)'.repeat(10_000)}1; @y = 1; }`],
  ['sums', `begin { @x = ${'a+'.repeat(100_000)}a; @y = 1; }`],
  ['conditionals', `begin { @x = ${'a ? b : '.repeat(10_000)}c; @y = 1; }`],
  ['nested conditionals', `begin { @x = ${'a ? '.repeat(10_000)}b${' : c'.repeat(10_000)}; @y = 1; }`],
  ['keys', `begin { @x = ${'@a['.repeat(10_000)}1${']'.repeat(10_000)}; @y = 1; }`],
  ['calls', `begin { @x = ${'f('.repeat(10_000)}1${')'.repeat(10_000)}; @y = 1; }`],
  ['fields', `begin { @x = a${'.b'.repeat(10_000)}; @y = 1; }`],
  ['indices', `begin { @x = $a${'[0]'.repeat(10_000)}; @y = 1; }`],
  ['tuples', `begin { @x = ${'('.repeat(10_000)}1${',)'.repeat(10_000)}; @y = 1; }`],
  ['pointers to pointers', `begin { @x = (struct a ${'*'.repeat(10_000)})1; @y = 1; }`],
  ['arrays of arrays', `begin { let $x: a${'[1]'.repeat(10_000)}; @y = 1; }`],
  ['blocks as values', `begin { @x = ${'{'.repeat(10_000)}1${'}'.repeat(10_000)}; @y = 1; }`],
  ['ifs as values', `begin { @x = ${'if (1) { '.repeat(10_000)}1${'} else { 2 }'.repeat(10_000)}; @y = 1; }`],
  ['else ifs as values', `begin { @x = ${'if (1) { 2 } else '.repeat(10_000)}{ 3 }; @y = 1; }`],
  ['records', `begin { @x = ${'(a='.repeat(10_000)}1${')'.repeat(10_000)}; @y = 1; }`],
  ['loops', `begin { ${'for $i : 0..2 { '.repeat(10_000)}${'}'.repeat(10_000)} @y = 1; }`],
  ['types of types', `begin { @x = sizeof(${'typeof('.repeat(10_000)}a${')'.repeat(10_000)}); @y = 1; }`],
  ['types of values', `begin { @x = ${'sizeof('.repeat(10_000)}a${')'.repeat(10_000)}; @y = 1; }`],
  ['comptime', `begin { @x = ${'comptime '.repeat(10_000)}1; @y = 1; }`],
  ['not in a bare condition', `begin { if ${'!'.repeat(10_000)}1 { @x = 1; } @y = 1; }`],
];

test.each(deep)('too deep: %s give one error, and the rest is read', (_, script) => {
  expect(check(script)).toEqual(['too-deeply-nested']);
  expect(parse(sourceFile('deep', script)).value.probes[0]?.body.statements.at(-1)?.kind).toBe('assign');
});

test.each([
  ['ifs', `${'if (pid) { '.repeat(150)}${'}'.repeat(150)}`, 'Blocks'],
  ['loops', `${'while (1) { '.repeat(150)}${'}'.repeat(150)}`, 'Blocks'],
  ['parentheses in a block', `if (pid) { @x = ${'('.repeat(150)}1${')'.repeat(150)}; }`, 'Expressions'],
])('too deep: %s are told by what they are', (_, body, what) => {
  const { diagnostics } = parse(sourceFile('deep', `begin { ${body} }`));
  expect(diagnostics.map(({ message }) => message.split(' ')[0])).toEqual([what]);
});

test('ordinary depths are fine: 80 parentheses, blocks, calls and 300 terms', () => {
  const nest = (open: string, close: string): string => open.repeat(80) + '1' + close.repeat(80);
  expect(
    check(
      `begin { @x = ${nest('(', ')')} + ${nest('f(', ')')}; ${nest('{', '}')} @y = ${'a + '.repeat(300)}1; }`,
    ),
  ).toEqual([]);
});

test('parentheses too deep in a predicate give one error, too', () => {
  expect(check(`begin /${'('.repeat(10_000)}1${')'.repeat(10_000)}/ { @y = 1; }`)).toEqual([
    'too-deeply-nested',
  ]);
});

const line =
  'k:f /pid == 1 && arg0 > 3/ { $a = (uint64)arg0 * 3 - (arg1 >> 2); @x[comm, pid] = hist($a); }\n';

test('a script of 10,000 lines is read in short time', () => {
  expect(check(line.repeat(10_000))).toEqual([]);
});

test('all errors are reported, but after some hundreds the rest is not looked at', () => {
  const broken = line.replace('hist($a)', '');
  expect(check(broken.repeat(failuresMax - 1) + line.repeat(100))).toHaveLength(failuresMax - 1);
  expect(check(broken.repeat(10_000))).toHaveLength(failuresMax);
});
