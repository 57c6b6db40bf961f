/** A ring in plain memory, as BPF fills it, without a kernel: for benchmarks and tests of what consumes it. */

import { roundUp, sizeOf } from '../../src/types/layout.ts';
import type { Packing } from '../../src/types/packing.ts';
import { tailAlign, tailsOf } from '../../src/types/packing.ts';
import type { RingMemory } from '../../src/runtime/bpf-api.ts';

const headerBytes = 8;

export interface SyntheticRing extends RingMemory {
  /** Appends a record, or says that there is no room. `flags` are the header's two upper bits. */
  send(record: Uint8Array, flags?: 'busy' | 'discarded'): boolean;
  /** The whole ring once more, as it is; only right if it is filled to its last byte and all is consumed. */
  resend(): void;
  /** Finishes the record that was sent busy at this position. */
  commit(position: number): void;
  /** Bytes sent, and bytes given back. */
  readonly sent: number;
  readonly consumed: number;
}

/** `bytes` need not be a power of two here. */
export function syntheticRing(bytes: number, startPosition = 0): SyntheticRing {
  const consumer = new ArrayBuffer(4096);
  const producer = new ArrayBuffer(4096);
  const data = new ArrayBuffer(2 * bytes);
  const [consumed, produced] = [new BigInt64Array(consumer), new BigInt64Array(producer)];
  consumed[0] = produced[0] = BigInt(startPosition);
  const [u8, u32] = [new Uint8Array(data), new Uint32Array(data)];
  /** Memory that is mapped twice shows every byte in both halves. */
  const copyToOtherHalf = (at: number, length: number) => {
    for (let index = at; index < at + length; index++) u8[(index + bytes) % (2 * bytes)] = u8[index] ?? 0;
  };
  let position = startPosition;
  return {
    consumer,
    producer,
    data,
    bytes,
    unmap() {},
    send(record, flags) {
      const step = Math.ceil((record.length + headerBytes) / 8) * 8;
      if (position + step - Number(consumed[0]) > bytes) return false;
      const at = position % bytes;
      const flag = { busy: 0x8000_0000, discarded: 0x4000_0000, none: 0 }[flags ?? 'none'];
      u32[at >>> 2] = record.length + flag;
      u8.set(record, at + headerBytes);
      copyToOtherHalf(at, step);
      position += step;
      produced[0] = BigInt(position);
      return true;
    },
    resend() {
      position += bytes;
      produced[0] = BigInt(position);
    },
    commit(busyPosition) {
      const at = busyPosition % bytes;
      u32[at >>> 2] = (u32[at >>> 2] ?? 0) & 0x7fff_ffff;
      copyToOtherHalf(at, headerBytes);
    },
    get sent() {
      return position;
    },
    get consumed() {
      return Number(consumed[0]);
    },
  };
}

/**
 * A record's bytes: the event's number, then fields by their slots' names. Numbers of up to 8 bytes, text, or bytes as they are; a slot
 * that holds a tail's length takes the tail.
 */
export function recordBytes(
  { head, fields }: Packing,
  event: number,
  values: Readonly<Record<string, number | bigint | string | Uint8Array>>,
): Uint8Array {
  const bytes = new Uint8Array(head.size);
  const view = new DataView(bytes.buffer);
  const tails: Uint8Array[] = [];
  const lengthOffsets = fields.flatMap(tailsOf).map(({ lengthOffset }) => lengthOffset);
  const given: typeof values = { event, ...values };
  for (const slot of head.slots) {
    const value = given[slot.name] ?? 0;
    const long = typeof value === 'string' ? Buffer.from(`${value}\0`, 'latin1') : value;
    if (lengthOffsets.includes(slot.offset) && typeof long === 'object') {
      tails.push(padded(long));
      writeNumber(view, slot.offset, 4, BigInt(long.length));
    } else if (typeof value === 'string') bytes.set(Buffer.from(value, 'latin1'), slot.offset);
    else if (typeof value === 'object') bytes.set(value, slot.offset);
    else writeNumber(view, slot.offset, sizeOf(slot.type), BigInt(value));
  }
  return tails.length === 0 ? bytes : Buffer.concat([padded(bytes), ...tails]);
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(roundUp(bytes.length, tailAlign));
  whole.set(bytes);
  return whole;
}

function writeNumber(view: DataView, offset: number, bytes: number, value: bigint): void {
  for (let index = 0; index < bytes; index++) {
    view.setUint8(offset + index, Number((value >> BigInt(8 * index)) & 0xffn));
  }
}
