/**
 * Takes records out of the ring, in place: no copy, no call into native code per event. Who sleeps until there is something is BpfApi's
 * watchReadable; every call here does a bounded amount of work, so that signals and timers get their turn.
 */

import { assert, Bug } from '../base/assert.ts';
import type { EventSink } from '../builtins/emitter.ts';
import type { EventPlan } from '../plan/plan.ts';
import { eventSlotName } from '../plan/plan.ts';
import { tailsOf, tailsStart } from '../types/packing.ts';
import type { Value } from '../types/value.ts';
import { byteText } from '../types/value.ts';
import type { Origin } from '../output/output.ts';
import type { RingMemory } from './bpf-api.ts';
import type { DecodeContext, FieldReader, TailCursor } from './decode.ts';
import { compileField } from './decode.ts';
import type { Memory } from './memory.ts';
import { memoryOver } from './memory.ts';

export interface DrainOptions {
  readonly ring: RingMemory;
  readonly events: readonly EventPlan[];
  readonly decoding: DecodeContext;
  /** Called once per event of the plan; the sink is called for every record of it. */
  readonly prepare: (event: EventPlan) => EventSink;
  /** Told where the record comes from that is handled next, where its event says that; and behind it, that it comes from nowhere. */
  readonly onOrigin?: (origin: Origin) => void;
}

/** How many records one batch handles: about a millisecond's work. */
export const drainEventsMax = 4096;

/** Records begin with a header: u32 length and two flags, u32 page offset (kernel/bpf/ringbuf.c, struct bpf_ringbuf_hdr). */
const headerBytes = 8;
/** BPF_RINGBUF_BUSY_BIT is the sign bit: the program is still writing this record. */
const discardBit = 1 << 30;
const lengthMask = discardBit - 1;

/** The part of the ring after which the kernel is told what is free again, also within a batch: small rings would run full else. */
const reportFraction = 8;

/** Length of the longest record that any of the events may have. */
export function recordBytesMax(events: readonly EventPlan[]): number {
  return Math.max(0, ...events.map(({ record }) => record.bytesMax));
}

/** What became of an event's records that have arrived. */
export interface EventCounts {
  /** Handled. */
  readonly delivered: number;
  /** Thrown away behind an exit(). */
  readonly dropped: number;
}

interface Handler {
  readonly event: EventPlan;
  /** Of the record's head. */
  readonly headBytes: number;
  /** Of a head alone, or of one with all its tails at their longest. */
  readonly bytesMax: number;
  readonly hasTails: boolean;
  /** Where the first of them begins. */
  readonly tailsStart: number;
  readonly readers: readonly FieldReader[];
  /** Absent where nobody asks. */
  readonly origin: ((at: number) => Origin) | undefined;
  readonly sink: EventSink;
  delivered: number;
  dropped: number;
}

const nowhere: Origin = [];

/** The consumer's side of one ring. There must be only one per ring. */
export class RingDrain {
  readonly #ring: RingMemory;
  readonly #memory: Memory;
  readonly #consumer: BigInt64Array;
  readonly #producer: BigInt64Array;
  readonly #handlers: readonly Handler[];
  readonly #reportBytes: number;
  readonly #onOrigin: NonNullable<DrainOptions['onOrigin']>;
  /** Bytes consumed since the ring was made: a number, exact up to 2^53. */
  #position: number;
  #reported: number;
  #stopped = false;
  #batchEnds = false;
  /** Made once, not per record. */
  readonly #cursor: TailCursor = { at: 0 };

  constructor({ ring, events, decoding, prepare, onOrigin = () => {} }: DrainOptions) {
    const wrapped = Math.min(ring.bytes, recordBytesMax(events));
    assert(ring.data.byteLength >= ring.bytes + wrapped, 'a record that wraps must lie in one piece');
    this.#ring = ring;
    this.#onOrigin = onOrigin;
    this.#memory = memoryOver(ring.data);
    this.#consumer = new BigInt64Array(ring.consumer, 0, 1);
    this.#producer = new BigInt64Array(ring.producer, 0, 1);
    this.#handlers = events.map((event) => handlerOf(event, this.#memory, decoding, prepare(event)));
    this.#reportBytes = ring.bytes / reportFraction;
    this.#position = Number(Atomics.load(this.#consumer, 0));
    this.#reported = this.#position;
  }

  /** True after `stop`: records are then thrown away, until `resume`. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** By the events' numbers. */
  get counts(): readonly EventCounts[] {
    return this.#handlers.map(({ delivered, dropped }) => ({ delivered, dropped }));
  }

  /** From now on, records are dropped instead of handled. May be called from within a sink: the batch under way obeys at once. */
  stop(): void {
    this.#stopped = true;
  }

  /** Handle records again: those of the end probes. Drop what is left over first, with `discard`. */
  resume(): void {
    this.#stopped = false;
  }

  /** The batch under way ends behind this record, which took long: whoever else waits has a turn. To be called from within a sink. */
  endBatch(): void {
    this.#batchEnds = true;
  }

  /** Handles up to `eventsMax` records and says how many it took. Less than asked for: the ring was empty, a record is still being written, or one took long. */
  batch(eventsMax = drainEventsMax): number {
    const { i32, u32 } = this.#memory;
    const size = this.#ring.bytes;
    let at = this.#position % size;
    let count = 0;
    let available = this.#available();
    this.#batchEnds = false;
    while (count < eventsMax && !this.#batchEnds) {
      if (available <= 0) {
        available = this.#available();
        if (available <= 0) break;
      }
      const header = Atomics.load(i32, at >>> 2);
      if (header < 0) break;
      const length = header & lengthMask;
      if ((header & discardBit) === 0) {
        if (this.#stopped) this.#drop(at + headerBytes, u32);
        else this.#handle(at + headerBytes, length, u32);
      }
      const step = (length + headerBytes + 7) & ~7;
      this.#position += step;
      available -= step;
      at += step;
      if (at >= size) at -= size;
      count++;
      if (this.#position - this.#reported >= this.#reportBytes) this.#report();
    }
    this.#report();
    return count;
  }

  /** Handles all that had been sent when it was called. Not bounded by a batch: for the end, when nothing is attached any more. */
  drainAll(): void {
    const end = Number(Atomics.load(this.#producer, 0));
    while (this.#position < end && this.batch() > 0);
  }

  /** Drops all that is in the ring now. */
  discard(): void {
    const wasStopped = this.#stopped;
    this.#stopped = true;
    this.drainAll();
    this.#stopped = wasStopped;
  }

  #available(): number {
    return Number(Atomics.load(this.#producer, 0)) - this.#position;
  }

  /** Gives the space of what was consumed back to the kernel. */
  #report(): void {
    if (this.#reported === this.#position) return;
    Atomics.store(this.#consumer, 0, BigInt(this.#position));
    this.#reported = this.#position;
  }

  #handle(at: number, length: number, u32: Uint32Array): void {
    const handler = this.#handlers[u32[at >>> 2] ?? -1];
    if (handler === undefined || length < handler.headBytes || length > handler.bytesMax)
      throw this.#malformed(at, length, handler);
    const { readers } = handler;
    const cursor = this.#cursor;
    cursor.at = at + handler.tailsStart;
    const values = new Array<Value>(readers.length);
    for (let index = 0; index < readers.length; index++) values[index] = readers[index]?.(at, cursor) ?? null;
    if (handler.hasTails && cursor.at !== at + length) throw this.#malformed(at, length, handler);
    handler.delivered++;
    if (handler.origin === undefined) return handler.sink(values);
    this.#onOrigin(handler.origin(at));
    handler.sink(values);
    this.#onOrigin(nowhere);
  }

  #drop(at: number, u32: Uint32Array): void {
    const handler = this.#handlers[u32[at >>> 2] ?? -1];
    if (handler) handler.dropped++;
  }

  /** Code generation and this file disagree about a record: nothing behind it can be trusted. */
  #malformed(at: number, length: number, handler: Handler | undefined): Bug {
    const number = this.#memory.u32[at >>> 2];
    const start = this.#memory.bytes.subarray(at, at + Math.min(length, 32)).toString('hex');
    const expected =
      handler === undefined
        ? `the plan has events 0 to ${this.#handlers.length - 1}`
        : `event '${handler.event.name}' has ${handler.headBytes} to ${handler.bytesMax} bytes`;
    return new Bug(
      `a record of ${length} bytes for event ${number} at ring position ${this.#position}, but ${expected}; it begins ${start}`,
    );
  }
}

function handlerOf(event: EventPlan, memory: Memory, decoding: DecodeContext, sink: EventSink): Handler {
  const { head, fields, bytesMax } = event.record;
  const [first] = head.slots;
  assert(
    first?.name === eventSlotName && first.offset === 0,
    `the record of event '${event.name}' doesn't begin with its number`,
  );
  return {
    event,
    headBytes: head.size,
    bytesMax,
    hasTails: fields.some((field) => tailsOf(field).length > 0),
    tailsStart: tailsStart(head),
    readers: fields.map((field) => compileField(field, memory, decoding)),
    origin: originReader(event, memory, decoding),
    sink,
    delivered: 0,
    dropped: 0,
  };
}

/** Origins lie in records' heads: no tail is needed for them. */
function originReader(
  { origin = [] }: EventPlan,
  memory: Memory,
  decoding: DecodeContext,
): ((at: number) => Origin) | undefined {
  if (origin.length === 0) return undefined;
  const noTails: TailCursor = { at: 0 };
  const readers = origin.map((told) => {
    if ('known' in told) return () => [told.name, byteText(told.known)] as const;
    const read = compileField(told.field, memory, decoding);
    if (told.name !== 'time') return (at: number) => [told.name, read(at, noTails)] as const;
    return (at: number) => [told.name, decoding.words.wallClock(asBigInt(read(at, noTails)))] as const;
  });
  return (at) => readers.map((read) => read(at));
}

function asBigInt(value: Value): bigint {
  assert(typeof value === 'number' || typeof value === 'bigint', 'a time is a number');
  return BigInt(value);
}
