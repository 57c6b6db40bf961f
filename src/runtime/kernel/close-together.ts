/**
 * close(2) of many descriptors at once. Since 6.13 closing a link to a perf event waits for a grace period of some 30 ms
 * (kernel/trace/bpf_trace.c, perf_event_detach_bpf_prog); 200 probes, one after another, would need six seconds to end.
 * Threads wait together. They run libc's close itself, started by libc's pthread_create: no JavaScript, no thread pool.
 */

import { assert } from '../../base/assert.ts';
import { declareLibc } from '../../ffi/koffi.ts';
import type { Fd } from '../bpf-api.ts';
import { close } from './process.ts';

const pthreadCreate = declareLibc('pthread_create', 'int', ['bytes', 'address', 'address', 'address']);
const pthreadJoin = declareLibc('pthread_join', 'int', ['address', 'bytes']);
const dlsym = declareLibc('dlsym', 'address', ['address', 'text']);

const rtldDefault = 0;
const threadsMax = 256;

export function closeTogether(fds: readonly Fd[]): void {
  const [only] = fds;
  if (only !== undefined && fds.length === 1) return close(only);
  for (let from = 0; from < fds.length; from += threadsMax) closeGroup(fds.slice(from, from + threadsMax));
}

/** A thread's start routine takes and gives back a word, and so, in both our architectures' calling conventions, does close. */
function closeGroup(fds: readonly Fd[]): void {
  const closeAddress = dlsym(rtldDefault, 'close');
  assert(closeAddress > 0, 'libc has close');
  const threads: { readonly thread: number; readonly fd: Fd }[] = [];
  for (const fd of fds) {
    const thread = new BigUint64Array(1);
    const refused = pthreadCreate(thread, 0, closeAddress, fd) !== 0;
    if (refused)
      close(fd); // no more threads allowed: slower, not worse
    else threads.push({ thread: Number(thread[0]), fd });
  }
  for (const { thread, fd } of threads) {
    const returned = new Int32Array(2);
    assert(pthreadJoin(thread, returned) === 0, 'a thread of ours can be joined');
    assert(returned[0] === 0, `descriptor ${fd} was open`);
  }
}
