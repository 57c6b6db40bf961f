/** The ring behind a perf event, in memory: records that wrap come out whole, and what was taken is told to the kernel. */

import { expect, test } from 'vitest';

import { PerfRing } from '../../../../src/runtime/kernel/perf-ring.ts';

/** Writes as the kernel does. */
function ring(bytes: number) {
  const [control, data] = [new ArrayBuffer(2048), new ArrayBuffer(bytes)];
  const head = new BigInt64Array(control, 1024, 1);
  const tail = new BigInt64Array(control, 1032, 1);
  const write = (length: number, fill: number): void => {
    const record = Buffer.alloc(length, fill);
    record.writeUInt16LE(length, 6);
    const at = Number(head[0]);
    record.forEach((byte, index) => (new Uint8Array(data)[(at + index) % bytes] = byte));
    head[0] = BigInt(at + length);
  };
  const taken = (): readonly Uint8Array[] => {
    const records: Uint8Array[] = [];
    new PerfRing(control, data).take((record) => records.push(record));
    return records;
  };
  return { write, taken, tail };
}

test('records come in order, each once, and also where they wrap', () => {
  const { write, taken, tail } = ring(64);
  write(24, 1);
  write(24, 2);
  expect(taken().map((record) => [record.length, record[8]])).toEqual([
    [24, 1],
    [24, 2],
  ]);
  expect(tail[0]).toBe(48n);
  write(32, 3);
  const [wrapped] = taken();
  expect(wrapped?.length).toBe(32);
  expect([...(wrapped?.subarray(8) ?? [])]).toEqual(new Array(24).fill(3));
  expect(tail[0]).toBe(80n);
  expect(taken()).toEqual([]);
});
