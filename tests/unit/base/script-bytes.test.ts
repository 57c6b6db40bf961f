/** Text and bytes: nothing is lost on the way there and back. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesFromText, textFromBytes } from '../../../src/base/script-bytes.ts';

test('any bytes come back as they were', () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      expect([...bytesFromText(textFromBytes(bytes))]).toEqual([...bytes]);
    }),
  ));

test('what is UTF-8 is read as UTF-8, also beside what is not', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = Buffer.concat([Buffer.from(text, 'utf8'), Buffer.from([0xff])]);
      expect(textFromBytes(bytes)).toBe(`${text}\udcff`);
      expect(bytesFromText(text)).toEqual(Buffer.from(text, 'utf8'));
    }),
  ));

test.each([
  ['a byte of Latin-1', [0x61, 0xe9, 0x62], 'a\udce9b'],
  ['an overlong form', [0xc0, 0xaf], '\udcc0\udcaf'],
  ['half of a pair', [0xed, 0xa0, 0x80], '\udced\udca0\udc80'],
  ['beyond the last character', [0xf4, 0x90, 0x80, 0x80], '\udcf4\udc90\udc80\udc80'],
  ['a sequence that ends early', [0xe2, 0x82], '\udce2\udc82'],
])('%s is kept byte by byte', (_, bytes, text) => {
  expect(textFromBytes(Uint8Array.from(bytes))).toBe(text);
});
