import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bug } from '../../../src/base/assert.ts';
import { compileReader, compileSlots } from '../../../src/runtime/decode.ts';
import { memoryOver } from '../../../src/runtime/memory.ts';
import { layOut } from '../../../src/types/layout.ts';
import type { IntType, StringType, Type } from '../../../src/types/type.ts';
import * as types from '../../../src/types/type.ts';
import type { Value } from '../../../src/types/value.ts';
import { plainDecoding } from '../../support/decoding.ts';

/** What bytes read as, at an offset that isn't the memory's start. */
function decode(type: Type, bytes: Uint8Array | readonly number[], context = plainDecoding): Value {
  const buffer = new ArrayBuffer(16 + Math.ceil(bytes.length / 8) * 8 + 8);
  new Uint8Array(buffer).fill(0xee);
  new Uint8Array(buffer).set(bytes, 16);
  return compileReader(type, memoryOver(buffer), context, 8)(8);
}

const u64 = (...values: readonly bigint[]) => new Uint8Array(BigUint64Array.from(values).buffer);
const u32 = (...values: readonly number[]) => new Uint8Array(Uint32Array.from(values).buffer);
const concat = (...parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

test.each<[IntType, readonly number[], number]>([
  [types.u8, [255], 255],
  [types.i8, [255], -1],
  [types.i8, [128], -128],
  [types.u16, [255, 255], 65535],
  [types.i16, [0, 128], -32768],
  [types.u32, [255, 255, 255, 255], 4294967295],
  [types.i32, [255, 255, 255, 255], -1],
  [types.i32, [0, 0, 0, 128], -2147483648],
])('%o', (type, bytes, expected) => expect(decode(type, bytes)).toBe(expected));

test.each<[bigint, number | bigint]>([
  [0n, 0],
  [2n ** 32n - 1n, 4294967295],
  [2n ** 32n, 4294967296],
  [2n ** 53n - 1n, Number.MAX_SAFE_INTEGER],
  [2n ** 53n, 2n ** 53n],
  [2n ** 53n + 1n, 2n ** 53n + 1n],
  [2n ** 63n, 2n ** 63n],
  [2n ** 64n - 1n, 2n ** 64n - 1n],
])('u64 %d is %o', (value, expected) => expect(decode(types.u64, u64(value))).toBe(expected));

test.each<[bigint, number | bigint]>([
  [-1n, -1],
  [-(2n ** 32n), -4294967296],
  [2n ** 53n - 1n, Number.MAX_SAFE_INTEGER],
  [2n ** 53n, 2n ** 53n],
  [-(2n ** 53n) + 1n, Number.MIN_SAFE_INTEGER],
  [-(2n ** 53n), -(2n ** 53n)],
  [-(2n ** 53n) - 1n, -(2n ** 53n) - 1n],
  [-(2n ** 63n), -(2n ** 63n)],
  [2n ** 63n - 1n, 2n ** 63n - 1n],
])('i64 %d is %o', (value, expected) =>
  expect(decode(types.i64, u64(BigInt.asUintN(64, value)))).toBe(expected),
);

test('every 64-bit integer is read exactly, as a number just where that is safe', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(63), (large, shift) => {
      const raw = large >> BigInt(shift);
      for (const [type, value] of [
        [types.u64, raw],
        [types.i64, BigInt.asIntN(64, raw)],
      ] as const) {
        const read = decode(type, u64(raw));
        expect(typeof read === 'number' ? BigInt(read) : read).toBe(value);
        expect(typeof read).toBe(Number.isSafeInteger(Number(value)) ? 'number' : 'bigint');
      }
    }),
  );
});

const text = (content: string, capacity: number) => {
  const bytes = new Uint8Array(capacity).fill(0x21);
  bytes.set(Buffer.from(`${content}\0`, 'latin1').subarray(0, capacity));
  return bytes;
};

test('text ends at its NUL, or at its capacity', () => {
  expect(decode(types.string(8), text('abc', 8))).toBe('abc');
  expect(decode(types.string(8), text('', 8))).toBe('');
  expect(decode(types.string(4), text('abcdef', 4))).toBe('abcd');
});

test('text of every length and byte, short and remembered or long', () => {
  const bytes = fc
    .uint8Array({ min: 1, max: 255, maxLength: 80 })
    .map((array) => Buffer.from(array).toString('latin1'));
  fc.assert(
    fc.property(bytes, (content) => {
      expect(decode(types.string(81), text(content, 81))).toBe(content);
    }),
  );
});

test('texts that come again and again are told apart', () => {
  const memory = memoryOver(new ArrayBuffer(16));
  const read = compileReader(types.string(16), memory, plainDecoding);
  // More texts than are remembered, twice over.
  for (let index = 0; index < 6000; index++) {
    const content = `w${index % 3000}`;
    memory.u8.set(text(content, 16));
    expect(read(0)).toBe(content);
  }
});

const mayBeCut = (capacity: number): StringType => ({ kind: 'string', capacity, mayBeCut: true });

test('texts that may have been cut are counted, also without a trailer', () => {
  let cut = 0;
  const counting = { ...plainDecoding, trailer: '', onCut: () => void cut++ };
  for (const content of ['abc', 'ab', ''])
    decode({ kind: 'string', capacity: 4, mayBeCut: true }, text(content, 4), counting);
  decode({ kind: 'string', capacity: 4 }, text('abc', 4), counting);
  expect(cut).toBe(1);
});

test('text that may be cut gets the trailer when it fills its buffer', () => {
  expect(decode(mayBeCut(4), text('abc', 4))).toBe('abc..');
  expect(decode(mayBeCut(4), text('ab', 4))).toBe('ab');
  expect(decode(mayBeCut(4), text('abc', 4), { ...plainDecoding, trailer: '' })).toBe('abc');
});

test('text that is as long as it was meant to be gets none: literals, comm', () => {
  expect(decode(types.string(4), text('abc', 4))).toBe('abc');
  expect(decode(types.string(16), text('kworker/0:1-eve', 16))).toBe('kworker/0:1-eve');
});

const enumType: Type = {
  kind: 'enum',
  name: 'e',
  bytes: 4,
  signed: true,
  variants: [
    { name: 'MINUS', value: -1n },
    { name: 'ONE', value: 1n },
    { name: 'ALSO_ONE', value: 1n },
  ],
};

test.each<[Type, Uint8Array, Value]>([
  [types.bool, Uint8Array.of(1), true],
  [types.bool, Uint8Array.of(0), false],
  [types.none, new Uint8Array(), null],
  [types.pointerTo(types.none, 'kernel'), u64(2n ** 64n - 1n), { kind: 'pointer', address: 2n ** 64n - 1n }],
  [types.pointerTo(types.none, 'user'), u64(0n), { kind: 'pointer', address: 0n }],
  [enumType, u32(0xffffffff), { kind: 'enum', value: -1, name: 'MINUS' }],
  [enumType, u32(1), { kind: 'enum', value: 1, name: 'ONE' }],
  [enumType, u32(5), { kind: 'enum', value: 5 }],
  [types.arrayOf(types.u16, 3), Uint8Array.of(1, 0, 2, 0, 3, 0), { kind: 'array', elements: [1, 2, 3] }],
  [types.arrayOf(types.u16, 0), new Uint8Array(), { kind: 'array', elements: [] }],
  [
    types.arrayOf(types.arrayOf(types.u8, 2), 2),
    Uint8Array.of(1, 2, 3, 4),
    {
      kind: 'array',
      elements: [
        { kind: 'array', elements: [1, 2] },
        { kind: 'array', elements: [3, 4] },
      ],
    },
  ],
  [
    types.tuple([types.u8, types.tuple([types.i64, types.string(4)])]),
    concat(u64(7n), u64(2n ** 64n - 2n), text('ab', 4)),
    { kind: 'tuple', elements: [7, { kind: 'tuple', elements: [-2, 'ab'] }] },
  ],
  [
    types.buffer(8),
    concat(u32(3), Uint8Array.of(1, 2, 3, 4)),
    { kind: 'buffer', bytes: Uint8Array.of(1, 2, 3) },
  ],
  [types.buffer(2), concat(u32(99), Uint8Array.of(1, 2)), { kind: 'buffer', bytes: Uint8Array.of(1, 2) }],
  [types.symbol('kernel'), concat(u64(0xffffffff81000000n), u32(0, 0)), 'k:ffffffff81000000'],
  [types.symbol('user'), concat(u64(0x401000n), u32(42, 0)), 'u:42:401000'],
  [types.timestamp, concat(u64(2n ** 64n - 5n), u32(1, 2)), '-5@2|%M'],
  [types.inet, concat(u32(2), Uint8Array.of(127, 0, 0, 1), new Uint8Array(12)), '127.0.0.1'],
  [
    types.stack('user', 4, 'perf'),
    concat(u32(42, 2), u64(0x10n, 0x20n, 0n, 0n)),
    { kind: 'stack', frames: ['user:42:10', 'user:42:20'], indent: '\t' },
  ],
  [
    types.stack('user', 2, 'build_id'),
    concat(
      u32(42, 2),
      u32(1),
      new Uint8Array(20).fill(0xab),
      u64(0x1234n),
      u32(2),
      new Uint8Array(20),
      u64(0x20n),
    ),
    { kind: 'stack', frames: [`${'ab'.repeat(20)}:1234`, 'user:42:20'], indent: '' },
  ],
  [
    types.stack('kernel', 2, 'raw'),
    concat(u32(0, 1), u64(0x10n, 0n)),
    { kind: 'stack', frames: ['kernel:0:10'], indent: '' },
  ],
  [
    types.stack('kernel', 1, 'bpftrace'),
    concat(u32(0, 9), u64(2n ** 64n - 1n)),
    { kind: 'stack', frames: ['kernel:0:ffffffffffffffff'], indent: '        ' },
  ],
])('%o', (type, bytes, expected) => expect(decode(type, bytes)).toEqual(expected));

test('a buffer is a copy: the ring is written over afterwards', () => {
  const memory = memoryOver(new ArrayBuffer(16));
  memory.u8.set(concat(u32(2), Uint8Array.of(1, 2)));
  const value = compileReader(types.buffer(4), memory, plainDecoding)(0);
  memory.u8.fill(9);
  expect(value).toEqual({ kind: 'buffer', bytes: Uint8Array.of(1, 2) });
});

test('slots are read where the layout puts them', () => {
  const { slots, size } = layOut([
    { name: 'a', type: types.u8 },
    { name: 'b', type: types.i64 },
    { name: 'c', type: types.string(3) },
  ]);
  const memory = memoryOver(new ArrayBuffer(2 * size));
  memory.u8[size] = 1;
  memory.i64[size / 8 + 1] = -3n;
  memory.u8.set([0x78, 0x79], size + 16);
  expect(compileSlots(slots, memory, plainDecoding).map((read) => read(size))).toEqual([1, -3, 'xy']);
});

test('types whose bytes mean nothing alone are our fault', () => {
  const struct: Type = { kind: 'struct', keyword: 'struct', name: 's', bytes: 8, id: 'x' };
  expect(() => decode(struct, u64(0n))).toThrow(Bug);
  expect(() => decode(types.errorType, u64(0n))).toThrow(Bug);
});
