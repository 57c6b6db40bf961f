/** Joins of types: laws that make inference come to one end, whatever the order of uses. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Known } from '../../../src/sema/convert.ts';
import { fits, joinKnown, known } from '../../../src/sema/convert.ts';
import type { IntType, Type } from '../../../src/types/type.ts';
import {
  buffer,
  i64,
  i8,
  intType,
  none,
  pointerTo,
  sameType,
  string,
  tuple,
  u32,
  u64,
  u8,
} from '../../../src/types/type.ts';

const integer: fc.Arbitrary<IntType> = fc
  .tuple(fc.constantFrom<IntType['bytes']>(1, 2, 4, 8), fc.boolean())
  .map(([bytes, signed]) => intType(bytes, signed));

const plain: fc.Arbitrary<Type> = fc.oneof(
  integer,
  fc.integer({ min: 1, max: 64 }).map(string),
  fc.integer({ min: 1, max: 64 }).map(buffer),
  fc.constantFrom<Type>(pointerTo(u8, 'kernel'), pointerTo(none, 'kernel'), pointerTo(u8, 'none'), {
    kind: 'bool',
  }),
);

const type: fc.Arbitrary<Type> = fc.oneof(plain, fc.tuple(plain, plain).map(tuple));

const anyKnown: fc.Arbitrary<Known> = fc
  .tuple(type, fc.boolean())
  .map(([of, flexible]) => ({ type: of, flexible: of.kind === 'int' && flexible }));

const same = (a: Known | undefined, b: Known | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && sameType(a.type, b.type));

test('a join with itself is the same', () =>
  fc.assert(
    fc.property(anyKnown, (a) => {
      expect(same(joinKnown(a, a), a)).toBe(true);
    }),
  ));

test('joins do not care about the order', () =>
  fc.assert(
    fc.property(anyKnown, anyKnown, (a, b) => {
      expect(same(joinKnown(a, b), joinKnown(b, a)), JSON.stringify([a, b])).toBe(true);
    }),
  ));

test('what was joined stays as it is when it meets a part again', () =>
  fc.assert(
    fc.property(anyKnown, anyKnown, (a, b) => {
      const joined = joinKnown(a, b);
      if (!joined) return;
      const again = joinKnown(joined, b);
      expect(same(joinKnown(joined, joined), joined)).toBe(true);
      expect(again && same(joinKnown(again, b), again), JSON.stringify([a, b])).toBe(true);
    }),
  ));

test('both values fit where the join is wanted', () =>
  fc.assert(
    fc.property(anyKnown, anyKnown, (a, b) => {
      const joined = joinKnown(a, b);
      if (joined) expect([fits(a.type, joined.type), fits(b.type, joined.type)]).toEqual([true, true]);
    }),
  ));

const flexible = (of: Type): Known => ({ type: of, flexible: true });

test.each([
  ['same sign: the wider', known(u8), known(u32), u32],
  ['a literal takes the sign of the other', flexible(i8), known(u32), u32],
  ['a wide literal widens the other', flexible(intType(2, true)), known(u8), intType(2, false)],
  ['mixed, the signed one wider', known(i64), known(u32), i64],
  ['mixed: signed and twice as wide', known(u8), known(i8), intType(2, true)],
  ['mixed, both of 64 bits: signed', known(u64), known(i64), i64],
  ['text: the larger capacity', known(string(4)), known(string(9)), string(9)],
  [
    'tuples by element',
    known(tuple([u8, string(2)])),
    known(tuple([u32, string(5)])),
    tuple([u32, string(5)]),
  ],
  ['a zero and a pointer', flexible(i8), known(pointerTo(u8, 'kernel')), pointerTo(u8, 'kernel')],
  ['a number and a pointer', known(u64), known(pointerTo(u8, 'kernel')), undefined],
  ['pointers into different memory', known(pointerTo(u8, 'user')), known(pointerTo(u8, 'kernel')), undefined],
  [
    'a void pointer',
    known(pointerTo(none, 'kernel')),
    known(pointerTo(u8, 'kernel')),
    pointerTo(u8, 'kernel'),
  ],
  ['text and a number', known(string(4)), known(u8), undefined],
  ['tuples of different lengths', known(tuple([u8])), known(tuple([u8, u8])), undefined],
])('%s', (_rule, a, b, joined) => expect(joinKnown(a, b)?.type).toEqual(joined));

test('times of two clocks are no times', () => {
  const [boot, tai] = [known({ ...u64, clock: 'boot' }), known({ ...u64, clock: 'tai' })];
  expect(joinKnown(boot, boot)?.type).toEqual({ ...u64, clock: 'boot' });
  expect(joinKnown(boot, tai)?.type).toEqual(u64);
  expect(joinKnown(flexible(i8), tai)?.type).toEqual({ ...u64, clock: 'tai' });
});
