/** buf: bytes that a pointer leads to, or those of an array. */

import { present } from '../../base/assert.ts';
import { partsOf, sizeOf, slotOf } from '../../types/layout.ts';
import { buffer } from '../../types/type.ts';
import type { Argument } from '../emitter.ts';
import type { TypingContext } from '../define.ts';
import { defineFunction } from '../define.ts';

/** Bytes that the length before the data takes. */
const headBytes = slotOf(partsOf(buffer(1)), 'bytes').offset;

function capacityOf(
  [source, length]: readonly Argument[],
  { settings }: Pick<TypingContext, 'settings'>,
): number {
  const limit = settings.maxStrlen - headBytes;
  const whole = source?.type.kind === 'array' || source?.type.kind === 'string' ? sizeOf(source.type) : limit;
  const asked = typeof length?.constant === 'bigint' ? Number(length.constant) : whole;
  return Math.max(1, Math.min(asked, whole, limit));
}

export const buf = defineFunction({
  name: 'buf',
  doc: 'The bytes that a pointer leads to (`length` of them, at most max_strlen - 4), or those of an array. Print them with %r, %rx or %rh.',
  example: 'tracepoint:syscalls:sys_enter_write { printf("%r\\n", buf(args.buf, args.count)); }',
  params: [
    { name: 'source', takes: ['pointer', 'place', 'string'] },
    { name: 'length', takes: ['integer'], optional: true },
  ],
  returns: (args, context) => buffer(capacityOf(args, context)),
  check: ([source, length], _context, report) => {
    if (!source || source.type.kind === 'error') return;
    if (!length && source.type.kind !== 'array' && source.type.kind !== 'string')
      report.error('wrong-argument-count', 'buf() needs a length unless it is given an array', source.span);
    if (typeof length?.constant === 'bigint' && length.constant < 0n)
      report.error('bad-argument', 'A length can not be negative', length.span);
  },
  emit: ([source, length], out) => {
    const from = present(source, 'source');
    const capacity = capacityOf(length ? [from, length] : [from], out);
    const result = out.reserve(headBytes + capacity, 'buffer');
    const data = out.part(result, headBytes, capacity);
    out.zero(result);
    const asked = length && length.constant === undefined ? out.wide(length) : undefined;
    const bytes = asked
      ? out.select(out.compare('<', asked, capacity), asked, out.int(capacity))
      : out.int(capacity);
    out.store(result, 0, out.resize(bytes, 32));
    const { address, space } = out.address(from);
    out.readMemory(data, asked ? bytes : capacity, address, space);
    return result;
  },
});
