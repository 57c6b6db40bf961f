import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyText, valueText } from '../../../src/output/value-text.ts';
import type { Value } from '../../../src/types/value.ts';

const stack: Value = { kind: 'stack', frames: ['vfs_read+1', 'ksys_read+103'], indent: '        ' };

test.each<[Value, string]>([
  [0, '0'],
  [-5, '-5'],
  [2n ** 64n - 1n, '18446744073709551615'],
  [-(2n ** 63n), '-9223372036854775808'],
  [true, 'true'],
  ['', ''],
  ['a, b "c"', 'a, b "c"'],
  [null, 'null'],
  [{ kind: 'pointer', address: 0xffff888000000000n }, '0xffff888000000000'],
  [{ kind: 'pointer', address: 0n }, '0x0'],
  [{ kind: 'enum', value: 1, name: 'ONE' }, 'ONE'],
  [{ kind: 'enum', value: 7 }, '7'],
  [{ kind: 'array', elements: [1, 2, 3] }, '[1,2,3]'],
  [{ kind: 'array', elements: [] }, '[]'],
  [{ kind: 'tuple', elements: [1, 'hi', { kind: 'tuple', elements: [2, 3] }] }, '(1, hi, (2, 3))'],
  [{ kind: 'tuple', elements: [] }, '()'],
  [
    {
      kind: 'record',
      fields: [
        { name: 'a', value: 1 },
        { name: 'b', value: 'x' },
      ],
    },
    '{ .a = 1, .b = x }',
  ],
  [{ kind: 'record', fields: [] }, '{}'],
  [{ kind: 'buffer', bytes: Uint8Array.of(0x1f, 0x20, 0x7e, 0x7f, 0xff) }, '\\x1f ~\\x7f\\xff'],
  [{ kind: 'stats', count: 3n, average: 2n, total: 6n }, '{ .count = 3, .average = 2, .total = 6 }'],
  [stack, '\n        vfs_read+1\n        ksys_read+103\n'],
  [{ kind: 'stack', frames: [], indent: '\t' }, '\n'],
])('%o reads %j', (value, expected) => expect(valueText(value)).toBe(expected));

test.each<[readonly Value[], string]>([
  [[1], '1'],
  [[1, 'foo'], '1, foo'],
  [[{ kind: 'tuple', elements: [1, 'foo'] }], '1, foo'],
  [[{ kind: 'tuple', elements: [1, 2] }, 3], '(1, 2), 3'],
  [[stack, 'cat'], '\n        vfs_read+1\n        ksys_read+103\n, cat'],
])('the key %o reads %j', (parts, expected) => expect(keyText(parts)).toBe(expected));

test('every byte of a text passes unchanged', () => {
  const all = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
  expect(valueText(all)).toBe(all);
});

test('a buffer can be read back from its text, unless it holds backslashes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      fc.pre(!bytes.includes(0x5c));
      const text = valueText({ kind: 'buffer', bytes });
      const back = text.replace(/\\x(..)/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
      expect(Buffer.from(back, 'latin1')).toEqual(Buffer.from(bytes));
    }),
  );
});
