/** Network addresses and byte order: macaddr, pton and bswap. */

import { present } from '../../base/assert.ts';
import { sizeOf } from '../../types/layout.ts';
import type { IntType } from '../../types/type.ts';
import { arrayOf, intType, macAddress, u8 } from '../../types/type.ts';
import { defineFunction } from '../define.ts';
import type { Argument } from '../emitter.ts';
import { parseAddress } from '../parse-address.ts';

const macBytes = sizeOf(macAddress);

export const macaddr = defineFunction({
  name: 'macaddr',
  doc: 'A link-layer address as text, made when it is printed: 18:C0:4D:08:2E:BB. Takes an array of 6 bytes or a pointer to them.',
  example: 'kprobe:tcp_connect { print(macaddr(arg1)); }',
  params: [{ name: 'address', takes: ['place', 'string', 'pointer'] }],
  returns: macAddress,
  check: ([address], _context, report) => {
    const { type } = present(address, 'address');
    if ((type.kind === 'array' || type.kind === 'string') && sizeOf(type) !== macBytes)
      report.error(
        'wrong-argument-type',
        `A link-layer address has ${macBytes} bytes, not ${sizeOf(type)}`,
        present(address, 'address').span,
      );
  },
  emit: ([argument], out) => {
    const value = out.reserve(macBytes, 'mac');
    const { address, space } = out.address(present(argument, 'address'));
    out.readMemory(value, macBytes, address, space);
    return value;
  },
});

export const pton = defineFunction({
  name: 'pton',
  doc: 'An IPv4 or IPv6 address as its 4 or 16 bytes, in network byte order. The address is a literal.',
  example: 'begin { print(pton("127.0.0.1") == pton("127.1.0.1")); }',
  params: [{ name: 'address', takes: ['text'] }],
  returns: ([address]) => arrayOf(u8, addressBytes(address)?.length ?? 4),
  check: ([address], _context, report) => {
    if (address && addressBytes(address) === undefined)
      report.error('bad-argument', `'${String(address.constant)}' is no IPv4 or IPv6 address`, address.span, {
        hints: ['Write 192.0.2.1 or 2001:db8::1.'],
      });
  },
  emit: ([address], out) => {
    const bytes = present(addressBytes(address), 'an address');
    const place = out.reserve(bytes.length, 'address');
    bytes.forEach((byte, index) => out.store(place, index, out.int(byte, 8)));
    return place;
  },
});

const addressBytes = (address: Argument | undefined): readonly number[] | undefined =>
  typeof address?.constant === 'string' ? parseAddress(address.constant) : undefined;

/** The type of an integer with its bytes in the other order: they have no sign any more. */
const swappedType = (argument: Argument | undefined): IntType =>
  intType(argument?.type.kind === 'int' || argument?.type.kind === 'enum' ? argument.type.bytes : 8, false);

function swapBytes(value: bigint, bytes: number): bigint {
  let swapped = 0n;
  for (let index = 0; index < bytes; index++)
    swapped = (swapped << 8n) | ((value >> BigInt(8 * index)) & 0xffn);
  return swapped;
}

export const bswap = defineFunction({
  name: 'bswap',
  doc: 'An integer with its bytes in the other order: as numbers travel through networks.',
  example: 'kprobe:tcp_connect { @[bswap(((struct sock *)arg0)->__sk_common.skc_dport)] = count(); }',
  params: [{ name: 'number', takes: ['integer'] }],
  returns: ([number]) => swappedType(number),
  check: ([number], _context, report) => {
    if (number?.type.kind === 'int' && number.type.bytes === 1)
      report.warning('bad-argument', 'A number of one byte has no other order', number.span);
  },
  constant: ([number]) =>
    typeof number?.constant === 'bigint' ? swapBytes(number.constant, swappedType(number).bytes) : undefined,
  emit: ([number], out) => {
    const { bytes } = swappedType(number);
    const value = out.wide(present(number, 'number'));
    const widths = { 1: 8, 2: 16, 4: 32, 8: 64 } as const;
    const narrow = out.resize(value, widths[bytes]);
    return bytes === 1 ? narrow : out.byteSwap(narrow);
  },
});
