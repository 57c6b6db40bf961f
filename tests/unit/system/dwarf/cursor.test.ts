/** Numbers of debug sections, read one after the other. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Cursor, Damaged } from '../../../../src/system/dwarf/cursor.ts';

const over = (...bytes: readonly number[]): Cursor => new Cursor(Buffer.from(bytes));

test.each<readonly [readonly number[], number]>([
  [[0], 0],
  [[0x7f], 127],
  [[0x80, 0x01], 128],
  [[0xe5, 0x8e, 0x26], 624485],
  [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 53 - 1],
])('unsigned numbers of any length: %j is %d', (bytes, value) =>
  expect(over(...bytes).unsigned()).toBe(value),
);

test.each<readonly [readonly number[], number]>([
  [[0], 0],
  [[0x02], 2],
  [[0x7e], -2],
  [[0xff, 0x00], 127],
  [[0x81, 0x7f], -127],
  [[0x80, 0x7f], -128],
  [[0xc0, 0xbb, 0x78], -123456],
])('signed numbers of any length: %j is %d', (bytes, value) => expect(over(...bytes).signed()).toBe(value));

test('numbers stand one behind the other, the lowest byte first', () => {
  const cursor = over(1, 2, 3, 4, 5, 6, 7, 0x61, 0x62, 0, 8, 0, 0, 0, 1, 0, 0, 0);
  expect([cursor.u8(), cursor.u16(), cursor.u32(), cursor.text(), cursor.u64()]).toEqual([
    1,
    0x302,
    0x7060504,
    'ab',
    2 ** 32 + 8,
  ]);
  expect(cursor.isAtEnd).toBe(true);
});

test('addresses are their lower 48 bits: exact, in a kernel too', () => {
  const cursor = over(0x78, 0x56, 0x34, 0x81, 0xff, 0xff, 0xff, 0xff, 0x10, 0, 0x40, 0);
  expect([cursor.address(8), cursor.address(4)]).toEqual([0xffff81345678, 0x400010]);
});

test('nothing is read behind the end', () => {
  const reads: readonly ((cursor: Cursor) => unknown)[] = [
    (cursor) => cursor.u16(),
    (cursor) => cursor.u32(),
    (cursor) => cursor.u64(),
    (cursor) => cursor.address(8),
    (cursor) => cursor.address(3),
    (cursor) => cursor.text(),
    (cursor) => cursor.skip(2),
    (cursor) => cursor.skip(-1),
  ];
  for (const read of reads) expect(() => read(over(1))).toThrow(Damaged);
  expect(() => over(0x80).unsigned()).toThrow(Damaged);
  expect(() => over().u8()).toThrow(Damaged);
  expect(() => new Cursor(Buffer.alloc(4), 5)).not.toThrow();
  expect(() => new Cursor(Buffer.alloc(4), 0, 5)).toThrow(Damaged);
});

test('every number that is exact comes back', () => {
  const encode = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...encode(Math.floor(value / 128))];
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      expect(over(...encode(value)).unsigned()).toBe(value);
    }),
  );
});
