/** Expressions of places: bytes as the standard has them. */

import { expect, test } from 'vitest';
import type { Location } from '../../../../src/system/dwarf/expressions.ts';
import { readDisplacement, readExpression } from '../../../../src/system/dwarf/expressions.ts';

const computed: Location = { kind: 'computed' };

test.each<readonly [string, readonly number[], Location]>([
  ['reg5', [0x55], { kind: 'register', register: 5 }],
  ['regx 33', [0x90, 33], { kind: 'register', register: 33 }],
  ['breg7 +16', [0x77, 16], { kind: 'memory', register: 7, offset: 16 }],
  ['breg6 -8', [0x76, 0x78], { kind: 'memory', register: 6, offset: -8 }],
  ['fbreg -20', [0x91, 0x6c], { kind: 'frame', offset: -20 }],
  ['call_frame_cfa', [0x9c], { kind: 'caller-frame', offset: 0 }],
  ['entry_value(reg5) stack_value', [0xa3, 1, 0x55, 0x9f], { kind: 'register', register: 5 }],
  ["GNU's entry_value(reg4) stack_value", [0xf3, 1, 0x54, 0x9f], { kind: 'register', register: 4 }],
  ['an entry_value that is computed with', [0xa3, 1, 0x55, 0x31, 0x22, 0x9f], computed],
  ['lit3 stack_value', [0x33, 0x9f], computed],
  ['pieces of two registers', [0x55, 0x93, 8, 0x54, 0x93, 8], computed],
  ['breg0 that is the value itself', [0x70, 1, 0x9f], computed],
  ['nothing', [], computed],
])('%s', (_, bytes, expected) =>
  expect(readExpression(Buffer.from(bytes), 0, bytes.length)).toEqual(expected),
);

test.each<readonly [readonly number[], number | undefined]>([
  [[0x23, 16], 16],
  [[0x23, 0x80, 1], 128],
  [[0x23, 1, 0x06], undefined],
  [[0x06], undefined],
])('%j adds', (bytes, expected) =>
  expect(readDisplacement(Buffer.from(bytes), 0, bytes.length)).toBe(expected),
);
