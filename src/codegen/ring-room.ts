/**
 * Room in the ring. Control events (exit, clear …) must get through a flood of data, so data leave them some: a program asks how full
 * the ring is and gives up before it is quite full. Scripts without control events don't ask.
 */

import type { Machine } from '../plan/machine.ts';
import { ringBytes } from '../plan/ring-size.ts';
import type { Settings } from '../plan/settings.ts';
import { roundUp } from '../types/layout.ts';

const headroomBytesMin = 512;
const headroomBytesMax = 64 * 1024;
/** Headroom as a part of the ring: an eighth. */
const headroomShare = 8;
/** BPF_RINGBUF_HDR_SZ; records are padded to 8 bytes (kernel/bpf/ringbuf.c, __bpf_ringbuf_reserve). */
const recordHeaderBytes = 8;

export class RingRoom {
  /** Size by settings and memory. */
  readonly #bytes: number;
  readonly #headroomBytes: number;
  readonly #machine: Machine;
  readonly #hasControlEvents: boolean;
  #largestRecordBytes = 0;

  constructor(settings: Settings, machine: Machine, hasControlEvents: boolean) {
    this.#machine = machine;
    this.#hasControlEvents = hasControlEvents;
    this.#bytes = sizeFor(settings.perfRbPages * machine.pageBytes, machine);
    this.#headroomBytes = Math.min(headroomBytesMax, Math.max(headroomBytesMin, this.#bytes / headroomShare));
  }

  /** How many bytes may be waiting in the ring when a record of so many bytes is sent; undefined if nobody need ask. */
  waitingBytesMax(recordBytes: number, isControl: boolean): number | undefined {
    const whole = roundUp(recordBytes + recordHeaderBytes, 8);
    this.#largestRecordBytes = Math.max(this.#largestRecordBytes, whole);
    if (isControl || !this.#hasControlEvents) return undefined;
    // All CPUs may ask at once before one of them sends; where the ring is too small for that, half of it is kept usable.
    const forAll = this.#bytes - this.#headroomBytes - whole * this.#machine.possibleCpus;
    const forOne = this.#bytes - this.#headroomBytes - whole;
    return Math.max(0, forAll, Math.min(forOne, this.#bytes / 2));
  }

  /** Size of the ring: as settings have it, or larger where the largest record would not fit. */
  get bytes(): number {
    const needed = this.#largestRecordBytes + this.#headroomBytes;
    return needed <= this.#bytes ? this.#bytes : sizeFor(needed, this.#machine);
  }
}

const sizeFor = (wanted: number, machine: Machine): number =>
  ringBytes(wanted, { machine, memoryBytes: machine.memoryBytes });
