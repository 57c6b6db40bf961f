/** Perf events whose records are read from memory that is shared with the kernel: perf_event_open(2) and mmap(2). */

import { assert } from '../../base/assert.ts';
import type { Result, SysError } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import { sysError } from '../../ffi/errno.ts';
import { declareLibc, viewMemory, watchReadable } from '../../ffi/koffi.ts';
import type { DecodedShape } from '../../types/record.ts';
import { encodeRecord, offsetOf } from '../../types/record.ts';
import type { Fd, PerfRecords } from '../bpf-api.ts';
import { asFd } from '../bpf-api.ts';
import * as abi from './abi.ts';
import { close } from './process.ts';

const syscall = declareLibc('syscall', 'long', ['long', 'bytes', 'int', 'int', 'int', 'ulong']);
const mmap = declareLibc('mmap', 'address', ['address', 'size', 'int', 'int', 'int', 'long']);
const munmap = declareLibc('munmap', 'int', ['address', 'size']);
const getpagesize = declareLibc('getpagesize', 'int', []);

const everyProcess = -1;
const noGroup = -1;
const [protReadWrite, mapShared, mapFailed] = [3, 1, -1];

/**
 * Opens one CPU's software event for its records; `pages`, a power of two, is the room for them. EACCES: CAP_PERFMON is missing. EPERM: there
 * is no memory that may be locked.
 */
export function openPerfRecords(
  attr: Partial<DecodedShape<typeof abi.perfEventAttr.shape>>,
  cpu: number,
  pages: number,
): Result<PerfRecords, SysError> {
  const encoded = encodeRecord(abi.perfEventAttr, {
    type: abi.perfSoftware,
    size: abi.perfEventAttr.size,
    ...attr,
  });
  const number = abi.systemCallNumber('perf_event_open');
  const fd = syscall(number, encoded, everyProcess, cpu, noGroup, abi.perfFlagCloexec);
  return fd < 0 ? failed(sysError('perf_event_open')) : mapped(asFd(fd), pages);
}

/** Owns the descriptor from here on. */
function mapped(fd: Fd<'perf-event'>, pages: number): Result<PerfRecords, SysError> {
  const page = getpagesize();
  const bytes = (1 + pages) * page;
  const address = mmap(0, bytes, protReadWrite, mapShared, fd, 0);
  if (address === mapFailed) {
    const error = sysError('mmap of a perf event');
    close(fd);
    return failed(error);
  }
  const ring = new PerfRing(viewMemory(address, page), viewMemory(address + page, pages * page));
  return ok({
    fd,
    take: (visit) => ring.take(visit),
    watch: (onReadable) => watchReadable(fd, onReadable),
    close: () => {
      assert(munmap(address, bytes) === 0, 'the events were mapped');
      close(fd);
    },
  });
}

/** The reader's side of the ring behind a perf event (man 2 perf_event_open, "MMAP layout"). Positions are counters that only grow. */
export class PerfRing {
  readonly #head: BigInt64Array;
  readonly #tail: BigInt64Array;
  readonly #data: Uint8Array;
  readonly #view: DataView;

  constructor(control: ArrayBuffer, data: ArrayBuffer) {
    this.#head = new BigInt64Array(control, offsetOf(abi.perfControlPage, 'data_head'), 1);
    this.#tail = new BigInt64Array(control, offsetOf(abi.perfControlPage, 'data_tail'), 1);
    this.#data = new Uint8Array(data);
    this.#view = new DataView(data);
  }

  take(visit: (record: Uint8Array) => void): void {
    const head = Number(Atomics.load(this.#head, 0));
    let at = Number(Atomics.load(this.#tail, 0));
    while (at < head) {
      const record = this.#copy(at, this.#bytesAt(at));
      at += record.length;
      visit(record);
    }
    Atomics.store(this.#tail, 0, BigInt(at));
  }

  /** Records are multiples of 8 bytes: a header never wraps. */
  #bytesAt(position: number): number {
    const at = (position % this.#data.length) + offsetOf(abi.perfRecordHeader, 'size');
    const bytes = this.#view.getUint16(at, true);
    assert(bytes >= abi.perfRecordHeader.size, `a record of ${bytes} bytes in a perf event's ring`);
    return bytes;
  }

  #copy(position: number, bytes: number): Uint8Array {
    const size = this.#data.length;
    const start = position % size;
    const copy = new Uint8Array(bytes);
    const first = Math.min(bytes, size - start);
    copy.set(this.#data.subarray(start, start + first));
    copy.set(this.#data.subarray(0, bytes - first), first);
    return copy;
  }
}
