/** The ring buffer's memory: mmap(2) and munmap(2). */

import { assert } from '../../base/assert.ts';
import type { Result, SysError } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import { sysError } from '../../ffi/errno.ts';
import { declareLibc, viewMemory } from '../../ffi/koffi.ts';
import { roundUp } from '../../types/layout.ts';
import type { Fd, RingMemory } from '../bpf-api.ts';

const mmap = declareLibc('mmap', 'address', ['address', 'size', 'int', 'int', 'int', 'long']);
const munmap = declareLibc('munmap', 'int', ['address', 'size']);
const getpagesize = declareLibc('getpagesize', 'int', []);

const protRead = 1;
const protWrite = 2;
const mapShared = 1;
const mapFailed = -1;

/**
 * Map a ring buffer as the kernel lays it out (kernel/bpf/ringbuf.c, ringbuf_map_mmap_kern): a page with our position, which alone may
 * be written; a page with the kernel's; the data, twice in a row. Of the second time we take what the longest record needs: every page
 * that is mapped counts as memory of this process.
 */
export function mapRing(map: Fd<'map'>, bytes: number, recordBytesMax: number): Result<RingMemory, SysError> {
  const page = getpagesize();
  const dataBytes = bytes + Math.min(bytes, roundUp(recordBytesMax, page));
  const consumer = mapped(map, page, protRead | protWrite, 0);
  if (!consumer.ok) return consumer;
  const producerBytes = page + dataBytes;
  const producer = mapped(map, producerBytes, protRead, page);
  if (!producer.ok) {
    munmap(consumer.value, page);
    return producer;
  }
  return ok({
    consumer: viewMemory(consumer.value, page),
    producer: viewMemory(producer.value, page),
    data: viewMemory(producer.value + page, dataBytes),
    bytes,
    unmap: () => {
      assert(munmap(producer.value, producerBytes) === 0, 'the ring was mapped');
      assert(munmap(consumer.value, page) === 0, "the ring's consumer page was mapped");
    },
  });
}

function mapped(map: Fd<'map'>, bytes: number, protection: number, offset: number): Result<number, SysError> {
  const address = mmap(0, bytes, protection, mapShared, map, offset);
  return address === mapFailed ? failed(sysError('mmap of the ring buffer')) : ok(address);
}
