/** Whole structs from their bytes, wherever C has put the members. */

import { expect, test } from 'vitest';
import { compileReader } from '../../../src/runtime/decode.ts';
import { memoryOver } from '../../../src/runtime/memory.ts';
import type { Field, StructTable } from '../../../src/types/field.ts';
import type { StructType, Type } from '../../../src/types/type.ts';
import * as types from '../../../src/types/type.ts';
import { plainDecoding } from '../../support/decoding.ts';

const structOf = (id: string, bytes: number): StructType => ({
  kind: 'struct',
  keyword: 'struct',
  name: id,
  bytes,
  id,
});
const field = (name: string, offset: number, type: Type): Field => ({ name, offset, type });
const bitfield = (name: string, start: number, width: number, type: Type): Field => ({
  name,
  type,
  offset: start >>> 3,
  bits: { start, width },
});

/** What a struct's bytes read as, behind `at` bytes of something else. */
function read(
  fields: readonly Field[],
  bytes: readonly number[],
  at = 8,
  structs: StructTable = {},
): Readonly<Record<string, unknown>> {
  const type = structOf('s', bytes.length);
  const memory = memoryOver(new ArrayBuffer(128));
  memory.u8.fill(0xee).set(bytes, at);
  const value = compileReader(type, memory, { ...plainDecoding, structs: { ...structs, s: fields } }, at)(0);
  if (typeof value !== 'object' || value?.kind !== 'record') throw new Error('a struct reads as a record');
  return Object.fromEntries(value.fields.map(({ name, value: part }) => [name, part]));
}

test('members at any offset, the struct at any address', () => {
  const fields = [
    field('a', 0, types.u8),
    field('b', 1, types.u32),
    field('c', 5, types.i64),
    field('d', 13, types.string(3)),
    field('e', 16, types.arrayOf(types.u16, 2)),
  ];
  const bytes = [7, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0x61, 0x62, 0x63, 1, 0, 2, 0];
  for (const at of [0, 1, 4, 8, 13])
    expect(read(fields, bytes, at)).toEqual({
      a: 7,
      b: 1,
      c: -1,
      d: 'abc',
      e: { kind: 'array', elements: [1, 2] },
    });
});

test('bitfields, signed or not, across bytes, as enumerators and truth values', () => {
  const state: Type = {
    kind: 'enum',
    name: 'e',
    bytes: 4,
    signed: false,
    variants: [{ name: 'ON', value: 3n }],
  };
  const fields = [
    bitfield('low', 0, 3, types.u32),
    bitfield('negative', 3, 4, types.i32),
    bitfield('across', 6, 10, types.u16),
    bitfield('wide', 4, 62, types.u64),
    bitfield('state', 0, 2, state),
    bitfield('flag', 7, 1, types.bool),
  ];
  expect(read(fields, [0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])).toEqual({
    low: 3,
    negative: -1,
    across: 1023,
    wide: 2n ** 61n - 1n,
    state: { kind: 'enum', value: 3, name: 'ON' },
    flag: true,
  });
});

test('structs within structs, and arrays of them', () => {
  const inner = structOf('inner', 3);
  const fields = [
    field('one', 0, inner),
    field('more', 3, types.arrayOf(inner, 2)),
    field('none', 9, structOf('empty', 0)),
  ];
  const structs = { inner: [field('x', 0, types.u8), field('y', 1, types.u16)], empty: [] };
  const record = (x: number, y: number) => ({
    kind: 'record',
    fields: [
      { name: 'x', value: x },
      { name: 'y', value: y },
    ],
  });
  expect(read(fields, [1, 2, 0, 3, 4, 0, 5, 6, 0], 8, structs)).toEqual({
    one: record(1, 2),
    more: { kind: 'array', elements: [record(3, 4), record(5, 6)] },
    none: { kind: 'record', fields: [] },
  });
});
