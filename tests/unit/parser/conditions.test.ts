/** The mistakes of syntax that the language reference (f.2) names: each gives one error, with its code, its place and a hint. */

import { expect, test } from 'vitest';
import type { DiagnosticCode } from '../../../src/base/diagnostic.ts';
import { sourceFile } from '../../../src/base/source-file.ts';
import { parse } from '../../../src/parser/parse.ts';

/** `place` is the text that is underlined; empty where something is missing. */
const conditions: readonly (readonly [what: string, script: string, code: DiagnosticCode, place: string])[] =
  [
    ['missing ;', 'begin { @x = 1 @y = 2; }', 'missing-semicolon', ''],
    ['missing expression', 'begin { @x = ; }', 'missing-expression', ';'],
    ['else not followed by a block or if', 'begin { if (a) { } else b; }', 'missing-block', 'b'],
    ['missing attach point', 'begin { } { @x = 1; }', 'missing-attach-point', '{'],
    ['predicate not closed', 'k:f /pid == 1 { @x = 1; }', 'unclosed-predicate', ''],
    ['neither map nor range in a for', 'begin { for $i : $x { } }', 'not-iterable', '$x'],
    ['unterminated string', 'begin { print("a); }', 'unterminated-string', '"a); }'],
    ['unknown escape', String.raw`begin { print("\q"); }`, 'bad-escape', String.raw`\q`],
    ['raw newline in a string', 'begin { print("a\nb"); }', 'newline-in-string', '"a\nb"'],
    ['trailing underscore in a number', 'begin { @x = 1_; }', 'bad-number', '_'],
    ['unknown integer suffix', 'begin { @x = 1x; }', 'bad-number', 'x'],
    ['number over 2^64−1', 'begin { @x = 18446744073709551616; }', 'bad-number', '18446744073709551616'],
    ['exponent form with a coefficient outside 1–9', 'begin { @x = 12e3; }', 'bad-number', '12'],
    ['C definitions out of order', 'begin { }\n#define A 1\n', 'misplaced-section', '#define A 1'],
    ['config out of order', 'begin { } config = { }', 'misplaced-section', 'config'],
    ['imports out of order', 'begin { } import "a";', 'misplaced-section', 'import "a"'],
    ['two config blocks', 'config = { } config = { }', 'duplicate-config', 'config'],
    ['& on something other than a variable or a map', 'begin { @x = &(1 + 2); }', 'no-address', '&(1 + 2)'],
    ['positional parameter index out of range', 'begin { @x = $0; }', 'bad-number', '$0'],
    ['a record with the same name twice', 'begin { @x = (a=1, a=2); }', 'duplicate-field', 'a'],
    ['unclosed block', 'begin { @x = 1;', 'unclosed-block', ''],
    ['let of a variable between probes', 'let $x = 1; begin { }', 'unexpected-token', '$x'],
    ['a macro without parentheses', 'macro m { 1 }', 'unexpected-token', ''],
  ];

test.each(conditions)('%s: %s', (_, script, code, place) => {
  const { diagnostics } = parse(sourceFile('test', script));
  expect(diagnostics.map((problem) => problem.code)).toEqual([code]);
  const [problem] = diagnostics;
  expect(script.slice(problem?.span?.start, problem?.span?.end)).toBe(place);
  expect(problem?.hints).not.toEqual([]);
});
