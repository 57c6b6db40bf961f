/** Folded constants are what the kernel would have computed. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldArithmetic, literalType, wrap } from '../../../src/sema/fold.ts';
import type { ArithmeticOp } from '../../../src/sema/typed-tree.ts';
import { i64, u64 } from '../../../src/types/type.ts';

const signed = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
const unsigned = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

const machineWord = (value: bigint): bigint => new BigInt64Array([value])[0] ?? 0n;
const unsignedWord = (value: bigint): bigint => new BigUint64Array([value])[0] ?? 0n;

test.each<ArithmeticOp>(['+', '-', '*', '&', '|', '^'])('%s wraps as a 64-bit register does', (op) =>
  fc.assert(
    fc.property(signed, signed, (a, b) => {
      const results = { '+': a + b, '-': a - b, '*': a * b, '&': a & b, '|': a | b, '^': a ^ b };
      const expected = machineWord(results[op as keyof typeof results]);
      expect(foldArithmetic(op, a, b, true, i64)).toBe(expected);
    }),
  ),
);

test('division truncates toward zero, modulo has the sign of the dividend', () =>
  fc.assert(
    fc.property(
      signed,
      signed.filter((b) => b !== 0n),
      (a, b) => {
        const quotient = foldArithmetic('/', a, b, true, i64) ?? 0n;
        const rest = foldArithmetic('%', a, b, true, i64) ?? 0n;
        expect(machineWord(quotient * b + rest)).toBe(a);
        expect(rest === 0n || rest < 0n === a < 0n).toBe(true);
        expect((rest < 0n ? -rest : rest) < (b < 0n ? -b : b)).toBe(true);
      },
    ),
  ));

test('division by zero is left to run time', () => {
  expect(foldArithmetic('/', 1n, 0n, true, i64)).toBeUndefined();
  expect(foldArithmetic('%', 1n, 0n, false, u64)).toBeUndefined();
});

test('shifts count their low six bits; to the right they keep the sign of signed numbers', () =>
  fc.assert(
    fc.property(unsigned, fc.integer({ min: 0, max: 63 }), (a, count) => {
      const by = BigInt(count);
      expect(foldArithmetic('<<', a, by, false, u64)).toBe(unsignedWord(a << by));
      expect(foldArithmetic('>>', a, by, false, u64)).toBe(a >> by);
      expect(foldArithmetic('>>', machineWord(a), by, true, i64)).toBe(machineWord(a) >> by);
      expect(foldArithmetic('<<', a, by + 64n, false, u64)).toBe(foldArithmetic('<<', a, by, false, u64));
    }),
  ));

test('a literal has the smallest signed type that holds it, or uint64', () =>
  fc.assert(
    fc.property(fc.oneof(signed, unsigned, fc.bigInt({ min: -70000n, max: 70000n })), (value) => {
      const type = literalType(value);
      expect(wrap(value, type)).toBe(value);
      if (type.bytes > 1 && type.signed) expect(BigInt.asIntN(type.bytes * 4, value)).not.toBe(value);
      expect(type.signed).toBe(value < 1n << 63n);
    }),
  ));
