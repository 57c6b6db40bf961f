/** What structs are made of, as those need it who can't ask. */

import { expect, test } from 'vitest';
import type { Field } from '../../../src/types/field.ts';
import { namedFields, structTable } from '../../../src/types/field.ts';
import type { StructType, Type } from '../../../src/types/type.ts';
import { arrayOf, i32, pointerTo, tuple, u8 } from '../../../src/types/type.ts';

const struct = (name: string): StructType => ({
  kind: 'struct',
  keyword: 'struct',
  name,
  bytes: 16,
  id: name,
});
const field = (name: string, offset: number, type: Type): Field => ({ name, offset, type });

const [outer, inner, anonymous, behind] = ['outer', 'inner', 'anonymous', 'behind'].map(struct) as [
  StructType,
  StructType,
  StructType,
  StructType,
];
const fields: Readonly<Record<string, readonly Field[]>> = {
  outer: [field('a', 0, u8), field('', 4, anonymous), field('next', 8, pointerTo(behind, 'kernel'))],
  anonymous: [
    field('b', 0, i32),
    { name: 'bits', type: u8, offset: 1, bits: { start: 9, width: 3 } },
    field('', 2, u8),
    field('in', 0, inner),
  ],
  inner: [field('c', 0, arrayOf(outer, 0))],
};
const fieldsOf = ({ id }: StructType): readonly Field[] => fields[id] ?? [];

test('members of anonymous members count as the outer struct’s, as far on as those lie', () =>
  expect(namedFields(outer, fieldsOf).map(({ name, offset, bits }) => [name, offset, bits])).toEqual([
    ['a', 0, undefined],
    ['b', 4, undefined],
    ['bits', 5, { start: 41, width: 3 }],
    ['in', 4, undefined],
    ['next', 8, undefined],
  ]));

test('types that hold themselves without end have no more members than their depth allows', () => {
  const endless = (): readonly Field[] => [field('x', 0, u8), field('', 0, outer)];
  expect(namedFields(outer, endless).length).toBeLessThan(100);
});

test('all structs that values are made of are told, none that is only pointed to', () => {
  const types = [tuple([u8, arrayOf(outer, 2)]), pointerTo(behind, 'user')];
  expect(Object.keys(structTable(types, fieldsOf)).sort()).toEqual(['inner', 'outer']);
});
