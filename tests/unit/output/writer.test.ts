import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failed, ok } from '../../../src/base/result.ts';
import type { Buffering, Destination, WriteFailure } from '../../../src/output/writer.ts';
import { createWriter } from '../../../src/output/writer.ts';

/** Takes at most `takes()` bytes a call; notes every call that took some. */
function destination(takes: () => number = () => Infinity) {
  const calls: string[] = [];
  const write: Destination['write'] = (bytes) => {
    const part = bytes.subarray(0, Math.min(bytes.length, takes()));
    if (part.length > 0) calls.push(Buffer.from(part).toString('latin1'));
    return ok(part.length);
  };
  return { write, calls, all: () => calls.join('') };
}

const writerTo = (to: Destination, buffering: Buffering, pause: () => void = () => {}) =>
  createWriter(to, { buffering, pause, onFailure: () => {} });

const big = 'x'.repeat(64 * 1024);

test.each<[Buffering, number, number, number]>([
  // Calls after "a", "b\n", idle(), in this order.
  ['none', 1, 2, 2],
  ['line', 0, 1, 1],
  ['idle', 0, 0, 1],
  ['full', 0, 0, 0],
])('%s buffering hands out when it should', (buffering, afterPart, afterLine, afterIdle) => {
  const to = destination();
  const writer = writerTo(to, buffering);
  writer.write('a');
  expect(to.calls).toHaveLength(afterPart);
  writer.write('b\n');
  expect(to.calls).toHaveLength(afterLine);
  writer.idle();
  expect(to.calls).toHaveLength(afterIdle);
  writer.finish();
  expect(to.all()).toBe('ab\n');
});

test.each<Buffering>(['line', 'idle', 'full'])('%s buffering never holds more than a chunk', (buffering) => {
  const to = destination();
  writerTo(to, buffering).write(big);
  expect(to.all()).toBe(big);
});

test('many small writes become few large ones', () => {
  const to = destination();
  const writer = writerTo(to, 'idle');
  for (let index = 0; index < 100_000; index++) writer.write('0123456789\n');
  writer.finish();
  expect(to.all()).toHaveLength(1_100_000);
  expect(to.calls.length).toBeLessThan(20);
});

test('what is not taken waits, and is neither lost nor repeated', () => {
  let room = 3;
  const to = destination(() => {
    const now = room;
    room = 0;
    return now;
  });
  const writer = writerTo(to, 'none');
  writer.write('abcdef');
  writer.write('ghi');
  expect(writer.flush()).toBe(false);
  expect(to.all()).toBe('abc');
  room = 100;
  expect(writer.flush()).toBe(false);
  room = 100;
  expect(writer.flush()).toBe(true);
  expect(to.all()).toBe('abcdefghi');
});

test('a destination that takes nothing makes the writer congested, until it has caught up', () => {
  let open = false;
  const to = destination(() => (open ? Infinity : 0));
  const writer = writerTo(to, 'idle');
  for (let index = 0; index < 17; index++) writer.write(big);
  expect(writer.congested).toBe(true);
  open = true;
  expect(writer.flush()).toBe(true);
  expect(writer.congested).toBe(false);
  expect(to.all()).toHaveLength(17 * big.length);
});

test('finish waits until all is taken', () => {
  let pauses = 0;
  const to = destination(() => (pauses++ % 2 === 0 ? 0 : 2));
  const writer = writerTo(to, 'full', () => {});
  writer.write('abcdefg');
  writer.finish();
  expect(to.all()).toBe('abcdefg');
});

test('finish sleeps between attempts of its own accord', () => {
  let calls = 0;
  const writer = createWriter(
    { write: (bytes) => ok(calls++ < 3 ? 0 : bytes.length) },
    { buffering: 'full', onFailure: () => {} },
  );
  writer.write('a');
  writer.finish();
  expect(calls).toBe(4);
});

test.each<WriteFailure>([
  { kind: 'closed' },
  { kind: 'sys-error', call: 'write', errno: 28, name: 'ENOSPC' },
])('a failure is told once, and what follows is dropped: %o', (failure) => {
  const failures: WriteFailure[] = [];
  let calls = 0;
  const write: Destination['write'] = () => {
    calls++;
    return failed(failure);
  };
  const writer = createWriter({ write }, { buffering: 'none', onFailure: (told) => failures.push(told) });
  writer.write('a');
  writer.write('b');
  writer.finish();
  expect([failures, calls]).toEqual([[failure], 1]);
  expect([writer.failure, writer.congested]).toEqual([failure, false]);
});

test('every byte arrives as it was, in order, however little is taken at once', () => {
  const bytes = fc.uint8Array({ maxLength: 50 }).map((array) => Buffer.from(array).toString('latin1'));
  const buffering = fc.constantFrom<Buffering>('line', 'none', 'full', 'idle');
  fc.assert(
    fc.property(
      fc.array(bytes),
      fc.infiniteStream(fc.integer({ min: 0, max: 20 })),
      buffering,
      (texts, takes, mode) => {
        const to = destination(() => takes.next().value ?? 1);
        const writer = writerTo(to, mode);
        for (const text of texts) writer.write(text);
        writer.finish();
        expect(to.all()).toBe(texts.join(''));
      },
    ),
  );
});
