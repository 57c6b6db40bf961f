/** Events of processes' lives as perf_event_open(2) gives them: a software event that never counts anything, for the records beside it. */

import { assert } from '../../base/assert.ts';
import type { Result, SysError } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import { sysError } from '../../ffi/errno.ts';
import { declareLibc, viewMemory, watchReadable } from '../../ffi/koffi.ts';
import { encodeRecord, offsetOf } from '../../types/record.ts';
import { asFd } from '../bpf-api.ts';
import type { ProcessEvents } from '../symbols/follow-processes.ts';
import * as abi from './abi.ts';
import { close } from './process.ts';

const syscall = declareLibc('syscall', 'long', ['long', 'bytes', 'int', 'int', 'int', 'ulong']);
const mmap = declareLibc('mmap', 'address', ['address', 'size', 'int', 'int', 'int', 'long']);
const munmap = declareLibc('munmap', 'int', ['address', 'size']);
const getpagesize = declareLibc('getpagesize', 'int', []);

const everyProcess = -1;
const noGroup = -1;
const [protReadWrite, mapShared, mapFailed] = [3, 1, -1];

/** A power of two of pages, as the kernel wants it: some thousand records. */
const ringPages = 64;

const { mmap: codeMappings, mmap2, comm, commExec, task, watermark, sampleIdAll, useClockid } = abi.perfBits;

/** Opens one CPU's. EACCES: CAP_PERFMON is missing. EPERM: there is no memory that may be locked. */
export function openProcessEvents(cpu: number): Result<ProcessEvents, SysError> {
  const attr = encodeRecord(abi.perfEventAttr, {
    type: abi.perfSoftware,
    size: abi.perfEventAttr.size,
    config: abi.perfDummy,
    sample_type: abi.perfSampleTime,
    bits: codeMappings | mmap2 | comm | commExec | task | watermark | sampleIdAll | useClockid,
    // Woken by every record: a process may end at any time, and with it the way to its files.
    wakeup_events: 1,
    clockid: abi.clockIds.monotonic,
  });
  const fd = syscall(
    abi.systemCallNumber('perf_event_open'),
    attr,
    everyProcess,
    cpu,
    noGroup,
    abi.perfFlagCloexec,
  );
  return fd < 0 ? failed(sysError('perf_event_open')) : mapped(fd);
}

/** Owns the descriptor from here on. */
function mapped(fd: number): Result<ProcessEvents, SysError> {
  const page = getpagesize();
  const bytes = (1 + ringPages) * page;
  const address = mmap(0, bytes, protReadWrite, mapShared, fd, 0);
  if (address === mapFailed) {
    const error = sysError('mmap of a perf event');
    close(asFd(fd));
    return failed(error);
  }
  const ring = new PerfRing(viewMemory(address, page), viewMemory(address + page, ringPages * page));
  return ok({
    take: (visit) => ring.take(visit),
    watch: (onReadable) => watchReadable(fd, onReadable),
    close: () => {
      assert(munmap(address, bytes) === 0, 'the events were mapped');
      close(asFd(fd));
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
