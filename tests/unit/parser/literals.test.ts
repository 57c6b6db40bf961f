/** Integers and strings as they are written: b.3 of the language reference. */

import { expect, test } from 'vitest';
import { expressionOf, expressionText } from '../../support/ast-text.ts';
import { checkDiagnostics } from '../../support/check-diagnostics.ts';

const integers: readonly (readonly [text: string, value: bigint])[] = [
  ['0', 0n],
  ['42', 42n],
  ['1_000_000', 1_000_000n],
  ['18446744073709551615', 2n ** 64n - 1n],
  ['010', 8n],
  ['0777', 511n],
  ['00', 0n],
  ['0_7', 7n],
  ['0x1F', 31n],
  ['0XfF', 255n],
  ['0xffff_ffff', 0xffffffffn],
  ['0xffffffffffffffff', 2n ** 64n - 1n],
  ['1e6', 1_000_000n],
  ['9E3', 9000n],
  ['5e0', 5n],
  ['1e1_0', 10_000_000_000n],
  ['1e19', 10n ** 19n],
  ['5u', 5n],
  ['5U', 5n],
  ['5l', 5n],
  ['5UL', 5n],
  ['5ll', 5n],
  ['5uLL', 5n],
  ['0x10ull', 16n],
  ['1ns', 1n],
  ['1us', 1_000n],
  ['5ms', 5_000_000n],
  ['1s', 1_000_000_000n],
  ['2m', 120_000_000_000n],
  ['1h', 3_600_000_000_000n],
  ['1d', 86_400_000_000_000n],
  ['1_000ms', 1_000_000_000n],
  ['0000000000000000000000000000000000000000000000000000000000000000000000017', 15n],
];

test.each(integers)('%s is an integer', (text, value) => {
  expect(expressionText(text)).toBe(String(value));
});

test('every malformed number is reported where it goes wrong', () => {
  checkDiagnostics(`begin {
    @a = 18446744073709551616;
    //   ^^^^^^^^^^^^^^^^^^^^ bad-number
    @b = 0x10000000000000000;
    //   ^^^^^^^^^^^^^^^^^^^ bad-number
    @c = 2e19;
    //   ^^^^ bad-number
    @d = 1e999999999999999999999999;
    //   ^^^^^^^^^^^^^^^^^^^^^^^^^^ bad-number
    @e = 300000000000d;
    //   ^^^^^^^^^^^^^ bad-number
    @f = 12_;
    //     ^ bad-number
    @g = 0x1_;
    //      ^ bad-number
    @h = 12_ms;
    //     ^ bad-number
    @i = 089;
    //    ^ bad-number
    @j = 12x;
    //     ^ bad-number
    @k = 5MS;
    //    ^^ bad-number
    @l = 0x;
    //   ^^ bad-number
    @m = 1e;
    //   ^^ bad-number
    @n = 12e3;
    //   ^^ bad-number
    @o = 0e3;
    //   ^ bad-number
    @p = 1.5;
    //   ^^^ bad-number
    @q = $0;
    //   ^^ bad-number
    @r = $9223372036854775808;
    //   ^^^^^^^^^^^^^^^^^^^^ bad-number
    let $x: uint8[0x];
    //            ^^ bad-number
    @s = 0x10ms;
    //       ^^ bad-number
  }`);
});

function bytesOf(text: string): string {
  const expr = expressionOf(text);
  if (expr.kind !== 'string') throw new Error(`no string: ${text}`);
  return expr.value;
}

const strings: readonly (readonly [text: string, bytes: string])[] = [
  ['""', ''],
  ['"abc"', 'abc'],
  [String.raw`"a\nb\tc\rd"`, 'a\nb\tc\rd'],
  [String.raw`"\"\\"`, '"\\'],
  [String.raw`"\0\7\101\377"`, '\x00\x07A\xff'],
  [String.raw`"\1018"`, 'A8'],
  [String.raw`"\x41\xfF\x4"`, 'A\xff\x04'],
  [String.raw`"\x414"`, 'A4'],
  ['"ä€😀"', '\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80'],
  [String.raw`"ä\n€"`, '\xc3\xa4\n\xe2\x82\xac'],
  ['"// no comment /* here */"', '// no comment /* here */'],
  ['"100%"', '100%'],
];

test.each(strings)('%s becomes bytes', (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes);
});

test('bad escapes are each reported at the escape', () => {
  checkDiagnostics(String.raw`begin {
    @a = "one\q two\z";
    //       ^^ bad-escape
    //             ^^ bad-escape
    @b = "\400 \x \xg \ä";
    //    ^^^^ bad-escape
    //         ^^ bad-escape
    //            ^^ bad-escape
    //                ^^ bad-escape
  }`);
});

test('a string ends on its line, and the statement after it is read', () => {
  checkDiagnostics(`begin {
    printf("abc, 1);
    //     ^^^^^^^^^ unterminated-string
    @x = 1;
    @y = ;
    //   ^ missing-expression
  }`);
});

test('a backslash does not carry a string over the end of its line', () => {
  checkDiagnostics(`begin {
    @x = "abc\\
    //   ^^^^^ unterminated-string
    //       ^ bad-escape
  }`);
});

test('a string that swallows the closing brace gives one error', () => {
  checkDiagnostics(`
  begin { printf("abc); }
  //             ^^^^^^^^ unterminated-string
  `);
});

test('a string with a line break inside gives one error', () => {
  checkDiagnostics(`begin {
    printf("abc
    //     ^^^^ newline-in-string
    def\n", 1);
    @y = ;
    //   ^ missing-expression
  }`);
});

test('a quote too few is not taken for a line break inside a string', () => {
  checkDiagnostics(`begin {
    printf("abc, 1);
    //     ^^^^^^^^^ unterminated-string
    printf("def", "ghi");
  }`);
});
