import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyJson, valueJson } from '../../../src/output/value-json.ts';
import type { Value } from '../../../src/types/value.ts';
import { byteText } from '../../../src/types/value.ts';

test.each<[Value, string]>([
  [2 ** 53 - 1, '9007199254740991'],
  [2n ** 53n, '9007199254740992'],
  [2n ** 53n + 1n, '"9007199254740993"'],
  [-(2n ** 53n) - 1n, '"-9007199254740993"'],
  [-(2n ** 63n), '-9223372036854775808'],
  [2n ** 64n - 1n, '"18446744073709551615"'],
  [true, 'true'],
  [null, 'null'],
  [{ kind: 'pointer', address: 16n }, '16'],
  [{ kind: 'pointer', address: 0xffffffff81000001n }, '"18446744071578845185"'],
  [{ kind: 'enum', value: 3, name: 'THREE' }, '3'],
  [{ kind: 'buffer', bytes: Uint8Array.of(0, 128, 255) }, '[0,128,255]'],
  [{ kind: 'array', elements: [1, 'a'] }, '[1,"a"]'],
  [{ kind: 'tuple', elements: [1, { kind: 'tuple', elements: ['x', 2] }] }, '[1,["x",2]]'],
  [
    {
      kind: 'record',
      fields: [
        { name: 'a', value: 1 },
        { name: 'b', value: false },
      ],
    },
    '{"a": 1, "b": false}',
  ],
  [{ kind: 'stack', frames: ['f+1'], indent: '        ' }, '"\\n        f+1\\n"'],
  [{ kind: 'stats', count: 2n, average: -6n, total: -12n }, '{"count": 2, "average": -6, "total": -12}'],
])('%o is %s', (value, expected) => expect(valueJson(value)).toBe(expected));

test.each([
  ['plain', '"plain"'],
  ['line\n', '"line\\n"'],
  ['two\nlines\n', '"two\\nlines\\n"'],
  ['\n', '"\\n"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['\r\t', '"\\r\\t"'],
  ['\x00\x08\x0c\x1b\x7f', '"\\u0000\\u0008\\u000c\\u001b\\u007f"'],
])('the text %j is %s', (text, expected) => expect(valueJson(text)).toBe(expected));

test('valid UTF-8 passes unchanged, other bytes become U+FFFD', () => {
  expect(valueJson(byteText('größe €😀'))).toBe(byteText('"größe €😀"'));
  expect(valueJson('a\xff\xc3b')).toBe(byteText('"a\ufffd\ufffdb"'));
});

test.each<[readonly Value[], string]>([
  [[1, 'foo bar'], '"1,foobar"'],
  [[{ kind: 'tuple', elements: [1, 2] }, 'a,b"c'], '"(1,2),a,b\\"c"'],
  [[{ kind: 'stack', frames: ['f+1', 'g+2'], indent: '        ' }], '"\\nf+1\\ng+2\\n"'],
])('the key %o is %s', (parts, expected) => expect(keyJson(parts)).toBe(expected));

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.uint8Array({ maxLength: 8 }).map((bytes): Value => ({ kind: 'buffer', bytes })),
    fc.array(tie('value'), { maxLength: 3 }).map((elements): Value => ({ kind: 'tuple', elements })),
    fc.array(tie('value'), { maxLength: 3 }).map((elements): Value => ({ kind: 'array', elements })),
    fc.array(tie('value'), { maxLength: 3 }).map((values): Value => ({
      kind: 'record',
      fields: values.map((of, at) => ({ name: `f${at}`, value: of })),
    })),
  ),
})).value;

test('any value is valid JSON in valid UTF-8, without a line break', () => {
  fc.assert(
    fc.property(value, fc.array(value, { maxLength: 3 }), (some, key) => {
      for (const bytes of [valueJson(some), keyJson(key)]) {
        const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'));
        expect(() => JSON.parse(text)).not.toThrow();
        expect(text).not.toContain('\n');
      }
    }),
  );
});

test('integers come back exactly, as a number or as text', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (integer) => {
      expect(BigInt(JSON.parse(valueJson(integer)))).toBe(integer);
    }),
  );
});
