/** Reading what may have no end. */

import { expect, test } from 'vitest';
import { readBounded } from '../../../src/system/read-bounded.ts';

test('of what has no end there is one byte too many', () => {
  const read = readBounded('/dev/zero', 200_000);
  expect(read.ok && read.value.length).toBe(200_001);
});

test('what is short is whole, and what is not there is told', () => {
  const read = readBounded(import.meta.filename, 1_000_000);
  expect(read.ok && Buffer.from(read.value).toString()).toContain('what is short is whole');
  expect(readBounded('/nowhere', 10)).toMatchObject({ ok: false, error: { name: 'ENOENT' } });
});
