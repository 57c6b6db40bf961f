import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inetText } from '../../../src/runtime/inet-text.ts';

const groups = (...words: readonly number[]) =>
  Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]));

test.each([
  [groups(0, 0, 0, 0, 0, 0, 0, 0), '::'],
  [groups(0, 0, 0, 0, 0, 0, 0, 1), '::1'],
  [groups(1, 0, 0, 0, 0, 0, 0, 0), '1::'],
  [groups(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1), '2001:db8::1:0:0:1'],
  [groups(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1), '2001:db8:0:1:1:1:1:1'],
  [groups(0x2001, 0, 0, 1, 0, 0, 0, 1), '2001:0:0:1::1'],
  [groups(1, 2, 3, 4, 5, 6, 7, 8), '1:2:3:4:5:6:7:8'],
  [groups(0xfe80, 0, 0, 0, 0xabcd, 0xef01, 0x2345, 0x6789), 'fe80::abcd:ef01:2345:6789'],
  [groups(0, 0, 0, 0, 0, 0xffff, 0xc0a8, 1), '::ffff:192.168.0.1'],
])('%o is %s', (bytes, expected) => expect(inetText(10, bytes)).toBe(expected));

test('IPv4 takes the first four bytes', () =>
  expect(inetText(2, Uint8Array.of(10, 0, 255, 1, 9, 9))).toBe('10.0.255.1'));

test('a family that nobody knows is named', () =>
  expect(inetText(16, new Uint8Array(16))).toBe('<address family 16>'));

test('any sixteen bytes are a valid IPv6 address', () => {
  const byte = fc.oneof(fc.constant(0), fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte, { minLength: 16, maxLength: 16 }), (bytes) => {
      const address = inetText(10, Uint8Array.from(bytes));
      expect(isIPv6(address)).toBe(true);
      // URL writes IPv6 as RFC 5952 does, but for addresses with IPv4 in them.
      if (!address.includes('.')) expect(new URL(`http://[${address}]`).hostname).toBe(`[${address}]`);
    }),
  );
});
