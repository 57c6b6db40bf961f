/** ntop: a network address as text. */

import { present } from '../../base/assert.ts';
import { isScalar, partsOf, sizeOf, slotOf } from '../../types/layout.ts';
import { inet } from '../../types/type.ts';
import { defineFunction } from '../define.ts';

/** Of include/linux/socket.h. */
const families = { inet: 2, inet6: 10 } as const;

const layout = partsOf(inet);
const bytesOffset = slotOf(layout, 'bytes').offset;

export const ntop = defineFunction({
  name: 'ntop',
  doc: 'A network address as text, made when it is printed: of an integer or 4 bytes (IPv4), or 16 bytes (IPv6), in network byte order; the family may be given first.',
  example: 'kprobe:tcp_connect { printf("%s\\n", ntop(((struct sock *)arg0)->__sk_common.skc_daddr)); }',
  params: [
    { name: 'family or address', takes: ['integer', 'place', 'string'] },
    { name: 'address', takes: ['integer', 'place', 'string'], optional: true },
  ],
  returns: inet,
  check: (args, _context, report) => {
    const address = args[1] ?? args[0];
    if (!address || address.type.kind === 'error') return;
    if (args[1] && args[0] && !isScalar(args[0].type))
      report.error(
        'wrong-argument-type',
        'The address family is a number: 2 for IPv4, 10 for IPv6',
        args[0].span,
      );
    if (isScalar(address.type)) return;
    const bytes = address.type.kind === 'array' || address.type.kind === 'string' ? sizeOf(address.type) : 0;
    if (bytes !== 4 && bytes !== 16)
      report.error('wrong-argument-type', 'An address is an integer, 4 bytes or 16 bytes', address.span);
  },
  emit: ([first, second], out) => {
    const address = present(second ?? first, 'address');
    const value = out.reserve(layout.size, 'inet');
    out.zero(value);
    const scalar = isScalar(address.type);
    const bytes = scalar ? 4 : sizeOf(address.type);
    const family =
      second && first
        ? out.resize(out.wide(first), 32)
        : out.int(bytes === 16 ? families.inet6 : families.inet, 32);
    out.store(value, slotOf(layout, 'family').offset, family);
    if (scalar) out.store(value, bytesOffset, out.resize(out.wide(address), 32));
    else {
      // Bytes that C calls characters may be zero in the middle: they are read as they are, not as text.
      const { address: from, space } = out.address(address);
      out.readMemory(out.part(value, bytesOffset, bytes), bytes, from, space);
    }
    return value;
  },
});
