/** Walks of iterators, on a kernel in memory. */

import { expect, test } from 'vitest';
import { asFd } from '../../../src/runtime/bpf-api.ts';
import { walk, WalkRing } from '../../../src/runtime/walk.ts';
import { fakeBpf } from '../../support/fake-bpf.ts';

const fd = asFd<'walk'>(9);

test('what each object wrote comes in one piece', async () => {
  const bpf = fakeBpf();
  const objects = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 4), new Uint8Array(30_000).fill(5)];
  bpf.walks(objects);
  const taken: number[] = [];
  const result = await walk(bpf, fd, async (records) => taken.push(records.length) > 0);
  expect([result.ok, taken]).toEqual([true, [3, 2, 30_000]]);
});

test('what must not be read object by object comes in large pieces, with whole records', async () => {
  const bpf = fakeBpf();
  const pauses = [new Uint8Array(24 * 1024), new Uint8Array(30_000), new Uint8Array(16)];
  bpf.walks(pauses);
  const taken: number[] = [];
  const result = await walk(bpf, fd, async (records) => taken.push(records.length) > 0, 'large');
  expect([result.ok, taken]).toEqual([true, pauses.map(({ length }) => length)]);
});

test('it stops where its taker wants no more', async () => {
  const bpf = fakeBpf();
  bpf.walks([Uint8Array.of(1, 1), Uint8Array.of(2, 2), Uint8Array.of(3, 3)]);
  const taken: number[] = [];
  await walk(bpf, fd, async ([first = 0]) => taken.push(first) < 2);
  expect(taken).toEqual([1, 2]);
});

test('a call that was interrupted is made again, an error ends the walk', async () => {
  const [interrupted, failing] = [fakeBpf(), fakeBpf()];
  interrupted.walks([Uint8Array.of(1, 1)]);
  interrupted.refuse('readWalk', 'EAGAIN', 3);
  failing.refuse('readWalk', 'E2BIG');
  const results = await Promise.all([interrupted, failing].map((bpf) => walk(bpf, fd, async () => true)));
  expect(results.map((result) => (result.ok ? 'ok' : result.error.name))).toEqual(['ok', 'E2BIG']);
});

test('records that go over the end of the ring lie in one piece behind it', () => {
  const ring = new WalkRing();
  const bytes = Uint8Array.from({ length: 30_000 }, (_, index) => index % 251);
  const data = new Uint8Array(ring.data);
  for (let position = 0; position < 5 * ring.bytes; position += bytes.length) {
    ring.put(bytes);
    const at = position % ring.bytes;
    expect(Buffer.compare(data.subarray(at, at + bytes.length), bytes)).toBe(0);
    // The part that went over the end is at the start, too: the next records lie behind it.
    const over = Math.max(0, at + bytes.length - ring.bytes);
    expect(Buffer.compare(data.subarray(0, over), bytes.subarray(bytes.length - over))).toBe(0);
  }
  expect(new BigInt64Array(ring.producer)[0]).toBe(BigInt(Math.ceil((5 * ring.bytes) / 30_000) * 30_000));
});
