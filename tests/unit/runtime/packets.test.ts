/** Records with packets, as the kernel writes them to a perf event: the handler gets the fields and the packet's bytes. */

import { expect, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import { failed, ok } from '../../../src/base/result.ts';
import type { EventPlan } from '../../../src/plan/plan.ts';
import { eventSlotName } from '../../../src/plan/plan.ts';
import type { BpfApi } from '../../../src/runtime/bpf-api.ts';
import { asFd } from '../../../src/runtime/bpf-api.ts';
import { openPackets } from '../../../src/runtime/packets.ts';
import { pack } from '../../../src/types/packing.ts';
import { u32, u64 } from '../../../src/types/type.ts';
import type { Value } from '../../../src/types/value.ts';
import { plainDecoding } from '../../support/decoding.ts';

const record = pack({ name: eventSlotName, type: u32 }, [
  { name: 'time', type: u64 },
  { name: 'length', type: u32 },
]);
const event = (name: string): EventPlan => ({
  name,
  record,
  constants: {},
  carriesPacket: true,
  program: 0,
  span: { file: 'f', start: 0, end: 1 },
});

/** Of a sample: header, number of bytes, then the record with the packet and padding behind it. */
function sample(number: number, time: bigint, packet: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(12 + record.head.size + packet.length + 4);
  bytes.writeUInt32LE(9, 0);
  bytes.writeUInt16LE(bytes.length, 6);
  bytes.writeUInt32LE(bytes.length - 12, 8);
  bytes.writeUInt32LE(number, 12);
  bytes.writeBigUInt64LE(time, 20);
  bytes.writeUInt32LE(packet.length, 28);
  bytes.set(packet, 12 + record.head.size);
  return bytes;
}

const lostRecord = Buffer.from('0200000000001800', 'hex');

function open(records: readonly Uint8Array[], refusedCpu?: number) {
  const handled: (readonly [string, readonly Value[]])[] = [];
  const calls: string[] = [];
  const bpf: Pick<BpfApi, 'openPacketEvents' | 'update'> = {
    openPacketEvents: (cpu) => {
      if (cpu === refusedCpu)
        return failed({ kind: 'sys-error', call: 'perf_event_open', errno: 13, name: 'EACCES' });
      const left = cpu === 1 ? [...records] : [];
      const watch = (): { close(): void } => ({ close: () => calls.push(`unwatch ${cpu}`) });
      return ok({
        fd: asFd<'perf-event'>(40 + cpu),
        take: (visit) => left.splice(0).forEach(visit),
        watch,
        close: () => calls.push(`close ${cpu}`),
      });
    },
    update: (_map, key, value) => {
      calls.push(`map ${key[0]} ${value[0]}`);
      return ok(undefined);
    },
  };
  const plan = {
    symbol: 'packets',
    type: 'perf-event-array',
    keyBytes: 4,
    valueBytes: 4,
    entriesMax: 4,
  } as const;
  const opened = openPackets({
    bpf,
    map: { fd: asFd<'map'>(7), plan },
    onlineCpus: [0, 1],
    events: [event('first'), event('second')],
    decoding: plainDecoding,
    prepare:
      ({ name }) =>
      (values) =>
        void handled.push([name, values]),
  });
  return { opened, handled, calls };
}

test('each record goes to its handler, with the bytes behind it', () => {
  const { opened, handled, calls } = open([sample(1, 5n, [1, 2, 3]), lostRecord, sample(0, 6n, [])]);
  const stream = present(opened.ok ? opened.value : undefined, 'stream');
  expect(calls).toEqual(['map 0 40', 'map 1 41']);
  stream.drain();
  stream.drain();
  const bytes = (packet: readonly number[]): Value => ({
    kind: 'buffer',
    bytes: Uint8Array.of(...packet, 0, 0, 0, 0),
  });
  expect(handled).toEqual([
    ['second', [5, 3, bytes([1, 2, 3])]],
    ['first', [6, 0, bytes([])]],
  ]);
});

test('what is discarded reaches nobody', () => {
  const { opened, handled } = open([sample(1, 5n, [1])]);
  const stream = present(opened.ok ? opened.value : undefined, 'stream');
  stream.discard();
  stream.drain();
  expect(handled).toEqual([]);
});

test('a CPU that can not be followed is an error, and nothing stays open', () => {
  const { opened, calls } = open([], 1);
  expect(opened).toMatchObject({ ok: false, error: { name: 'EACCES' } });
  expect(calls).toEqual(['map 0 40', 'close 0']);
});
