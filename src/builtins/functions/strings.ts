/** strlen and strncmp. */

import { present } from '../../base/assert.ts';
import { sizeOf } from '../../types/layout.ts';
import { i64, u64 } from '../../types/type.ts';
import type { Argument } from '../emitter.ts';
import { defineFunction } from '../define.ts';

export const strlen = defineFunction({
  name: 'strlen',
  doc: 'Length of a text in bytes, without its NUL.',
  example: 'tracepoint:syscalls:sys_enter_openat { @ = hist(strlen(str(args.filename))); }',
  params: [{ name: 'text', takes: ['string'] }],
  returns: u64,
  constant: ([text]) => (typeof text?.constant === 'string' ? BigInt(text.constant.length) : undefined),
  emit: ([argument], out) => {
    const text = present(argument, 'text');
    const capacity = sizeOf(text.type);
    // Copying text is the quickest way to its length: the helper returns it, NUL included, and the verifier has no loop to walk.
    const copy = out.reserve(capacity, 'strlen');
    const length = out.helper('probe_read_kernel_str', [copy, capacity, out.bytes(text)]);
    return out.select(out.compare('>', length, 0, true), out.subtract(length, 1), out.int(0));
  },
});

const comparedBytes = (texts: readonly (Argument | undefined)[], count: Argument | undefined): number =>
  Math.min(Number(count?.constant ?? 0n), ...texts.map((text) => sizeOf(present(text, 'text').type)));

export const strncmp = defineFunction({
  name: 'strncmp',
  doc: '0 if the first n bytes of two texts are the same (or they end before, alike); else the difference of the first bytes that differ.',
  example: 'tracepoint:syscalls:sys_enter_openat /strncmp(comm, "python", 6) == 0/ { @ = count(); }',
  params: [
    { name: 'a', takes: ['string'] },
    { name: 'b', takes: ['string'] },
    { name: 'n', takes: ['number'] },
  ],
  returns: i64,
  check: ([, , count], _context, report) => {
    if (typeof count?.constant === 'bigint' && count.constant < 0n)
      report.error('bad-argument', 'A length can not be negative', count.span);
  },
  emit: ([a, b, count], out) => {
    const left = out.bytes(present(a, 'a'));
    const right = out.bytes(present(b, 'b'));
    const difference = out.reserve(8, 'difference');
    out.store(difference, 0, out.int(0));
    out.repeat(comparedBytes([a, b], count), (index, stop) => {
      const byteOfA = out.resize(out.loadAt(left, index, 8), 64);
      const byteOfB = out.resize(out.loadAt(right, index, 8), 64);
      out.when(out.compare('!=', byteOfA, byteOfB), () => {
        out.store(difference, 0, out.subtract(byteOfA, byteOfB));
        stop();
      });
      out.when(out.compare('==', byteOfA, 0), stop);
    });
    return out.load(difference, 0, 64);
  },
});
