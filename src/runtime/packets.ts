/**
 * Records that come with packets of the net: the helper that sends them writes to perf events, one for each CPU, and to nothing else. What
 * finds no room there is counted where the ring's losses are.
 */

import { assert, present } from '../base/assert.ts';
import type { Result, SysError } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { EventSink } from '../builtins/emitter.ts';
import type { EventPlan } from '../plan/plan.ts';
import { decodeRecord, encodeRecord, record } from '../types/record.ts';
import { u32 } from '../types/type.ts';
import type { BpfApi, PerfRecords, ReadableWatch } from './bpf-api.ts';
import type { DecodeContext, FieldReader } from './decode.ts';
import { compileField } from './decode.ts';
import { perfRawSample, perfRecordHeader, perfRecordSample } from './kernel/abi.ts';
import type { OpenMap } from './map-entries.ts';
import { memoryOver } from './memory.ts';

export interface PacketOptions {
  readonly bpf: Pick<BpfApi, 'openPacketEvents' | 'update'>;
  /** Where programs look for the perf event of their CPU. */
  readonly map: OpenMap;
  readonly onlineCpus: readonly number[];
  readonly events: readonly EventPlan[];
  readonly decoding: DecodeContext;
  /** Called once per event of the plan that carries packets; the sink is called for every record of it. */
  readonly prepare: (event: EventPlan) => EventSink;
}

export interface PacketStream {
  /** Handles all that is there. */
  drain(): void;
  /** Drops it. */
  discard(): void;
  /** Calls back when there is something. */
  watch(onReadable: () => void): ReadableWatch;
  close(): void;
}

interface Handler {
  readonly headBytes: number;
  readonly readers: readonly FieldReader[];
  readonly sink: EventSink;
}

/** Fails as opening a perf event does. The caller closes it. */
export function openPackets(options: PacketOptions): Result<PacketStream, SysError> {
  const opened: PerfRecords[] = [];
  const close = (): void => {
    for (const records of opened) records.close();
  };
  for (const cpu of options.onlineCpus) {
    const made = openOn(cpu, options, opened);
    if (made.ok) continue;
    close();
    return made;
  }
  const handle = handlerOf(options);
  const take = (visit: (packet: Uint8Array) => void): void => {
    for (const records of opened) records.take(visit);
  };
  return ok({
    drain: () => take(handle),
    discard: () => take(() => undefined),
    watch(onReadable) {
      const watches = opened.map((records) => records.watch(onReadable));
      return { close: () => watches.forEach((watch) => watch.close()) };
    },
    close,
  });
}

const cpuKey = record({ cpu: u32 });
const eventValue = record({ event: u32 });

function openOn(cpu: number, { bpf, map }: PacketOptions, opened: PerfRecords[]): Result<void, SysError> {
  const records = bpf.openPacketEvents(cpu);
  if (!records.ok) return records;
  opened.push(records.value);
  const { fd } = records.value;
  return bpf.update(map.fd, encodeRecord(cpuKey, { cpu }), encodeRecord(eventValue, { event: fd }));
}

/** perf_event_header.size has 16 bits. */
const recordBytesMax = 65_536;

/** Reads records one by one, each from the same place, for which readers are made once. */
function handlerOf({ events, decoding, prepare }: PacketOptions): (bytes: Uint8Array) => void {
  const memory = memoryOver(new ArrayBuffer(recordBytesMax));
  const handlers = events.map((event): Handler | undefined =>
    event.carriesPacket
      ? {
          headBytes: event.record.head.size,
          readers: event.record.fields.map((field) => compileField(field, memory, decoding)),
          sink: prepare(event),
        }
      : undefined,
  );
  return (bytes) => {
    const { type } = decodeRecord(perfRecordHeader, bytes.subarray(0, perfRecordHeader.size));
    // What was lost is counted where it was sent.
    if (type !== perfRecordSample) return;
    const sample = bytes.subarray(perfRawSample.size);
    assert(sample.length <= recordBytesMax, `a packet's record of ${sample.length} bytes`);
    memory.u8.set(sample);
    const { headBytes, readers, sink } = present(handlers[memory.u32[0] ?? -1], 'event of a packet');
    const packet = { kind: 'buffer', bytes: memory.u8.slice(headBytes, sample.length) } as const;
    sink([...readers.map((read) => read(0, { at: 0 })), packet]);
  };
}
