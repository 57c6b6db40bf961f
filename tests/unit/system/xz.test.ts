/** Packed by xz itself, unpacked by us. */

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

import { unpackXz } from '../../../src/system/xz.ts';

const packed = (bytes: Uint8Array): Buffer => execFileSync('xz', ['--stdout'], { input: bytes });

test.each([
  ['a word', Buffer.from('symbol')],
  ['nothing', Buffer.alloc(0)],
  ['what shrinks a thousandfold', Buffer.alloc(5_000_000, 'ab')],
])('%s comes back as it was', (_, bytes) => expect(unpackXz(packed(bytes))?.equals(bytes)).toBe(true));

test.each([
  ['no xz data', Buffer.from('not packed at all')],
  ['an empty section', Buffer.alloc(0)],
  ['data that is cut', packed(Buffer.alloc(10_000, 'abc')).subarray(0, 60)],
])('%s is nothing', (_, bytes) => expect(unpackXz(bytes)).toBeUndefined());
