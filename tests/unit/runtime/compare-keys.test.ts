/** The order of keys by their bytes is that of their values, for every type that has one. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import { ByteStore, partsIn } from '../../../src/runtime/compact-entries.ts';
import { compileOrder } from '../../../src/runtime/compare-keys.ts';
import { memoryOver } from '../../../src/runtime/memory.ts';
import { compareLists } from '../../../src/types/compare-values.ts';
import { layOut } from '../../../src/types/layout.ts';
import type { Type } from '../../../src/types/type.ts';
import {
  arrayOf,
  bool,
  buffer,
  i16,
  i64,
  i8,
  none,
  pointerTo,
  string,
  tuple,
  u32,
  u64,
} from '../../../src/types/type.ts';
import { plainDecoding } from '../../support/decoding.ts';

const sign = Math.sign;

/** The last byte of text is its NUL, whatever else there is. */
const textBytes = 4;

const types: readonly (readonly [string, readonly Type[]])[] = [
  ['signed and unsigned numbers', [i64, u64]],
  ['narrow numbers and truth values', [i8, bool, i16, u32]],
  ['pointers', [pointerTo(none, 'kernel')]],
  ['text', [string(4), string(9)]],
  ['text that may be cut', [{ ...string(textBytes), mayBeCut: true }]],
  ['buffers', [buffer(6)]],
  ['arrays', [arrayOf(i16, 3)]],
  ['tuples of tuples', [tuple([i8, tuple([string(3), u64])]), u32]],
];

test.each(types)('%s', (_name, parts) => {
  const layout = layOut(parts.map((type, index) => ({ name: String(index), type })));
  // Few different bytes, so that parts are often alike; 0 and 255 are where signs and ends of text show.
  const item = fc
    .array(fc.constantFrom(0, 0, 1, 2, 255), { minLength: layout.size, maxLength: layout.size })
    .map((bytes) => (layout.size === textBytes ? [...bytes.slice(0, -1), 0] : bytes));
  fc.assert(
    fc.property(item, item, (first, second) => {
      const store = new ByteStore(layout.size);
      for (const bytes of [first, second]) {
        const memory = new Uint8Array(layout.size + 8);
        memory.set(bytes);
        store.add(memoryOver(memory.buffer), 0);
      }
      const { read, compare } = partsIn(store, layout.slots, plainDecoding);
      const [a, b] = [read(0), read(1)];
      expect([sign(compare(0, 1)), sign(compare(1, 0)), compare(0, 0)]).toEqual([
        sign(compareLists(a, b)),
        sign(compareLists(b, a)),
        0,
      ]);
    }),
    { numRuns: 300 },
  );
});

test('what shows its order only in words is compared as values', () => {
  const type: Type = { kind: 'inet' };
  expect(compileOrder(type, memoryOver(new ArrayBuffer(64)), 0)).toBeUndefined();
  expect(compileOrder(tuple([u64, type]), memoryOver(new ArrayBuffer(64)), 0)).toBeUndefined();
});

test('a store keeps what it is given, also when it grows', () => {
  const store = new ByteStore(12);
  const bytes = new Uint32Array(4);
  const count = 10_000;
  for (let index = 0; index < count; index++) {
    bytes.set([index, index + 1, index + 2]);
    store.add(memoryOver(bytes.buffer), 0);
  }
  const { u32: words } = store.memory;
  const wrong = Array.from({ length: count }, (_, index) => index).filter((index) => {
    const at = store.offsetOf(index) / 4;
    return present(words[at], 'word') !== index || words[at + 2] !== index + 2;
  });
  expect([store.count, wrong]).toEqual([count, []]);
});
