/**
 * Integers as the kernel computes them, against the language's rules computed here: every width and sign, at
 * the borders of their ranges. A program's operands are words of its context, so that nothing is known when compiling.
 */

import { describe, expect, test } from 'vitest';

import { present } from '../../src/base/assert.ts';
import { loadScript } from '../support/run-program.ts';

interface Int {
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
}

const widths = [8, 16, 32, 64] as const;
const types: readonly Int[] = widths.flatMap((bits) => [
  { bits, signed: true },
  { bits, signed: false },
]);
const nameOf = ({ bits, signed }: Int): string => `${signed ? '' : 'u'}int${bits}`;

const wrap = ({ bits, signed }: Int, value: bigint): bigint =>
  signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);

function borders({ bits, signed }: Int): readonly bigint[] {
  const all = 1n << BigInt(bits);
  return signed ? [-all / 2n, -7n, -1n, 0n, 1n, 3n, all / 2n - 1n] : [0n, 1n, 3n, 63n, all / 2n, all - 1n];
}

/** What an operation gives, as an int64. */
type Rule = (a: bigint, b: bigint, left: Int, right: Int) => bigint;

const isSigned = (left: Int, right: Int): boolean => left.signed || right.signed;
const wide = (signed: boolean): Int => ({ bits: 64, signed });

/** Both operands as 64-bit integers, signed if either is. */
const in64 =
  (compute: (a: bigint, b: bigint) => bigint): Rule =>
  (a, b, left, right) => {
    const type = wide(isSigned(left, right));
    return compute(wrap(type, a), wrap(type, b));
  };

/** The type in which two integers are compared. */
function joined(left: Int, right: Int): Int {
  const bits = Math.max(left.bits, right.bits) as Int['bits'];
  if (left.signed === right.signed) return { bits, signed: left.signed };
  const [signed, unsigned] = left.signed ? [left, right] : [right, left];
  if (signed.bits > unsigned.bits) return signed;
  return { bits: Math.min(64, bits * 2) as Int['bits'], signed: true };
}

const comparing =
  (holds: (a: bigint, b: bigint) => boolean): Rule =>
  (a, b, left, right) => {
    const type = joined(left, right);
    return holds(wrap(type, a), wrap(type, b)) ? 1n : 0n;
  };

const count = (b: bigint): bigint => BigInt.asUintN(64, b) & 63n;

const operations: Readonly<Record<string, Rule>> = {
  '$a + $b': in64((a, b) => a + b),
  '$a - $b': in64((a, b) => a - b),
  '$a * $b': in64((a, b) => a * b),
  '$a / $b': in64((a, b) => (b === 0n ? 1n : a / b)),
  '$a % $b': in64((a, b) => (b === 0n ? 1n : a % b)),
  '$a & $b': in64((a, b) => a & b),
  '$a | $b': in64((a, b) => a | b),
  '$a ^ $b': in64((a, b) => a ^ b),
  '$a << $b': (a, b) => a << count(b),
  '$a >> $b': (a, b, left) => wrap(wide(left.signed), a) >> count(b),
  '-$a': (a) => -a,
  '~$a': (a) => ~a,
  '!$a ? 1 : 0': (a) => (a === 0n ? 1n : 0n),
  '$a == $b ? 1 : 0': comparing((a, b) => a === b),
  '$a != $b ? 1 : 0': comparing((a, b) => a !== b),
  '$a < $b ? 1 : 0': comparing((a, b) => a < b),
  '$a <= $b ? 1 : 0': comparing((a, b) => a <= b),
  '$a > $b ? 1 : 0': comparing((a, b) => a > b),
  '$a >= $b ? 1 : 0': comparing((a, b) => a >= b),
  '(int8)$a': (a) => wrap({ bits: 8, signed: true }, a),
  '(uint16)$a': (a) => wrap({ bits: 16, signed: false }, a),
  '(int32)$a': (a) => wrap({ bits: 32, signed: true }, a),
};

/** All operations on two types, in one program that stores each result under its number. */
function programFor(left: Int, right: Int): string {
  const stores = Object.keys(operations).map((text, index) => `@r[(int64)${index}] = (int64)(${text});`);
  return `rawtracepoint:fixture { $a = (${nameOf(left)})arg0; $b = (${nameOf(right)})arg1; ${stores.join(' ')} }`;
}

/** Runs a program with two context words; gives the results it stored. */
function runner(script: string): (a: bigint, b: bigint) => readonly bigint[] {
  const program = loadScript(script);
  return (a, b) => {
    program.run([a, b]);
    return Object.keys(operations).map((_, index) =>
      program.read('r', new Uint8Array(BigUint64Array.of(BigInt(index)).buffer)).readBigInt64LE(),
    );
  };
}

function check(left: Int, right: Int): void {
  const run = runner(programFor(left, right));
  const rules = Object.entries(operations);
  for (const a of borders(left))
    for (const b of borders(right)) {
      const wanted = rules.map(([text, rule]) => [
        `${text} of ${a}, ${b}`,
        BigInt.asIntN(64, rule(a, b, left, right)),
      ]);
      const results = run(a, b);
      const given = rules.map(([text], index) => [`${text} of ${a}, ${b}`, results[index]]);
      expect(given).toEqual(wanted);
    }
}

describe('operands of one type', () => {
  test.each(types.map((type) => [nameOf(type), type] as const))('%s', (_name, type) => check(type, type));
});

const mixed = [
  [1, 0],
  [0, 1],
  [2, 5],
  [5, 2],
  [4, 7],
  [7, 4],
  [6, 7],
  [7, 6],
  [3, 6],
] as const;

describe('operands of two types', () => {
  const pairs = mixed.map(
    ([left, right]) => [present(types[left], 'type'), present(types[right], 'type')] as const,
  );
  test.each(pairs.map(([left, right]) => [nameOf(left), nameOf(right), left, right] as const))(
    '%s and %s',
    (_left, _right, left, right) => check(left, right),
  );
});
