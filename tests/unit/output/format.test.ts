import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatter } from '../../../src/output/format.ts';
import type { Type } from '../../../src/types/type.ts';
import {
  bool,
  buffer,
  i16,
  i32,
  i64,
  i8,
  none,
  pointerTo,
  string,
  tuple,
  u32,
  u64,
  u8,
} from '../../../src/types/type.ts';
import type { Value } from '../../../src/types/value.ts';
import { byteText } from '../../../src/types/value.ts';

const print = (format: string, ...args: readonly (readonly [Type, Value])[]): string =>
  formatter(
    byteText(format),
    args.map(([type]) => type),
  )(args.map(([, value]) => value));

const int64Min = -(2n ** 63n);
const uint64Max = 2n ** 64n - 1n;

test.each<[string, Type, Value, string]>([
  // Without a modifier: the whole value.
  ['%d', i32, 42, '42'],
  ['%d', i32, -42, '-42'],
  ['%d', u32, 4294967295, '4294967295'],
  ['%d', i64, 2 ** 53 - 1, '9007199254740991'],
  ['%d', i64, 2n ** 53n + 1n, '9007199254740993'],
  ['%d', i64, int64Min, '-9223372036854775808'],
  ['%d', u64, 1_234_567_000_000_001, '1234567000000001'],
  ['%d', u64, 999_999_999, '999999999'],
  ['%d', u64, 1_000_000_000, '1000000000'],
  ['%d', u64, 1_000_000_000_000_000, '1000000000000000'],
  // A negative errno in a u64 (retval) is what people look for.
  ['%d', u64, uint64Max - 1n, '-2'],
  ['%u', u64, uint64Max, '18446744073709551615'],
  ['%u', i8, -1, '255'],
  ['%x', i8, -1, 'ff'],
  ['%x', i16, -1, 'ffff'],
  ['%x', i32, -1, 'ffffffff'],
  ['%x', i64, -1, 'ffffffffffffffff'],
  ['%X', u64, 0xbeef, 'BEEF'],
  ['%o', u32, 8, '10'],
  ['%d', bool, true, '1'],
  ['%d', pointerTo(none, 'kernel'), { kind: 'pointer', address: 0xffffffff81000000n }, '-2130706432'],
  ['%x', pointerTo(none, 'kernel'), { kind: 'pointer', address: 0xffffffff81000000n }, 'ffffffff81000000'],
  ['%d', u32, { kind: 'enum', value: 3, name: 'THREE' }, '3'],
  // With one: cut as in C.
  ['%hhd', i32, 511, '-1'],
  ['%hhu', i32, 511, '255'],
  ['%hd', i32, 65535, '-1'],
  ['%hx', i64, -1, 'ffff'],
  ['%ld', u64, uint64Max, '-1'],
  ['%lx', i32, -1, 'ffffffffffffffff'],
  // Flags and widths.
  ['%5d|', i32, 42, '   42|'],
  ['%-5d|', i32, 42, '42   |'],
  ['%05d|', i32, -42, '-0042|'],
  ['%-05d|', i32, 42, '42   |'],
  ['%+d', i32, 42, '+42'],
  ['% d', i32, 42, ' 42'],
  ['%.5d', i32, 42, '00042'],
  ['%08.5d|', i32, 42, '   00042|'],
  ['%#x', u32, 255, '0xff'],
  ['%#X', u32, 255, '0XFF'],
  ['%#x', u32, 0, '0'],
  ['%#o', u32, 8, '010'],
  ['%#010x', u32, 255, '0x000000ff'],
  ['%2d', i32, 12345, '12345'],
  ['%p', u64, 0xffff888000000000n, '0xffff888000000000'],
  ['%p', u64, 0, '0x0'],
  ['%18p|', u64, 255, '              0xff|'],
  ['%c%%', u8, 65, 'A%'],
  ['%c', u64, 0x141, 'A'],
  ['%3c|', u8, 65, '  A|'],
  // Text.
  ['%s', string(16), 'node', 'node'],
  ['%8s|', string(16), 'node', '    node|'],
  ['%-8s|', string(16), 'node', 'node    |'],
  ['%08s|', string(16), 'node', '0000node|'],
  ['%.2s|', string(16), 'node', 'no|'],
  ['%5.2s|', string(16), 'node', '   no|'],
  ['%.0s|', string(16), 'node', '|'],
  ['%.9s|', string(16), 'node', 'node|'],
  ['%s', bool, false, 'false'],
  ['%s', i64, int64Min, '-9223372036854775808'],
  ['%s', u32, { kind: 'enum', value: 3, name: 'THREE' }, 'THREE'],
  ['%8s|', tuple([u8, u8]), { kind: 'tuple', elements: [1, 2] }, '  (1, 2)|'],
  ['%r', buffer(4), { kind: 'buffer', bytes: Uint8Array.of(65, 0, 126, 127) }, 'A\\x00~\\x7f'],
  ['%rx', buffer(4), { kind: 'buffer', bytes: Uint8Array.of(65, 0) }, '\\x41\\x00'],
  ['%rh', buffer(4), { kind: 'buffer', bytes: Uint8Array.of(10, 254) }, '0a fe'],
  ['%rh', buffer(4), { kind: 'buffer', bytes: new Uint8Array() }, ''],
  ['%gr', u32, 0xcc0, 'GFP_KERNEL'],
  ['%gr', u32, 0xdc0, 'GFP_KERNEL|__GFP_ZERO'],
  ['%gr', u32, 0, 'none'],
  ['%gr', u32, 0x80000000, '0x80000000'],
  // What sema never lets through is marked.
  ['%d', string(4), 'abc', '!{invalid integer conversion: abc}'],
])('%s of %o value %o', (format, type, value, expected) =>
  expect(print(format, [type, value])).toBe(expected),
);

test('padding and precision count characters, not bytes', () => {
  expect(print('%5s|', [string(16), byteText('héé')])).toBe(byteText('  héé|'));
  expect(print('%-5s|', [string(16), byteText('€')])).toBe(byteText('€    |'));
  expect(print('%.2s|', [string(16), byteText('€€€')])).toBe(byteText('€€|'));
});

test('* takes its width from the arguments; a negative one means left', () => {
  expect(print('%*d|', [i32, 5], [i32, 42])).toBe('   42|');
  expect(print('%*d|', [i32, -5], [i32, 42])).toBe('42   |');
  expect(print('%*.*s|%d', [i32, 4], [i32, 2], [string(8), 'node'], [i32, 7])).toBe('  no|7');
  expect(print('%.*s|', [i32, -1], [string(8), 'node'])).toBe('node|');
});

test('a runaway * is bounded', () => expect(print('%*d', [i64, 2 ** 40], [i32, 1]).length).toBe(65_536));

test('a format without conversions is text, escapes and all', () =>
  expect(print('\x1b[31m100%%\n')).toBe('\x1b[31m100%\n'));

test('a script written in UTF-8 comes out in UTF-8', () =>
  expect(print('é %s\n', [string(4), 'x'])).toBe(byteText('é x\n')));

test('every 64-bit value prints whole, as signed and as unsigned', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: uint64Max }), fc.integer({ min: 0, max: 30 }), (value, width) => {
      const given = value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
      expect(print(`%${width || ''}u`, [u64, given])).toBe(String(value).padStart(width));
      expect(print(`%-${width || ''}d`, [u64, given])).toBe(String(BigInt.asIntN(64, value)).padEnd(width));
      expect(print('%x', [u64, given])).toBe(value.toString(16));
    }),
  );
});

test('a width is always reached', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀'), maxLength: 12 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 20 }), fc.boolean(), (word, width, left) => {
      const padded = print(`%${left ? '-' : ''}${width}s`, [string(64), byteText(word)]);
      const characters = [...Buffer.from(padded, 'latin1').toString('utf8')].length;
      expect(characters).toBe(Math.max(width, [...word].length));
    }),
  );
});
