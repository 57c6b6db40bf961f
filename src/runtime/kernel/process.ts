/** Processes and limits: pidfd_open(2), setrlimit(2), membarrier(2), close(2). */

import { assert } from '../../base/assert.ts';
import type { Result, SysError } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import { sysError } from '../../ffi/errno.ts';
import { declareLibc } from '../../ffi/koffi.ts';
import { encodeRecord, record } from '../../types/record.ts';
import { u64 } from '../../types/type.ts';
import type { Fd } from '../bpf-api.ts';
import { asFd } from '../bpf-api.ts';
import { systemCallNumber } from './abi.ts';

const syscall = declareLibc('syscall', 'long', ['long', 'int', 'uint']);
const membarrier = declareLibc('syscall', 'long', ['long', 'int', 'uint', 'int']);
const closeFd = declareLibc('close', 'int', ['int']);
const setrlimit = declareLibc('setrlimit', 'int', ['int', 'bytes']);

const rlimitMemlock = 8;
const rlimInfinity = 0xffff_ffff_ffff_ffffn;
const rlimit = record({ current: u64, max: u64 });

/** pidfd_open(2), since 5.3; close-on-exec by itself. */
export function openProcess(pid: number): Result<Fd<'process'>, SysError> {
  const fd = syscall(systemCallNumber('pidfd_open'), pid, 0);
  return fd < 0 ? failed(sysError(`pidfd_open(${pid})`)) : ok(asFd(fd));
}

/** Before 5.11 maps and programs count as locked memory, of which a process may by default have 64 KiB. Needs CAP_SYS_RESOURCE. */
export function raiseLockedMemoryLimit(): Result<void, SysError> {
  const unlimited = encodeRecord(rlimit, { current: rlimInfinity, max: rlimInfinity });
  return setrlimit(rlimitMemlock, unlimited) < 0
    ? failed(sysError('setrlimit(RLIMIT_MEMLOCK)'))
    : ok(undefined);
}

/** MEMBARRIER_CMD_GLOBAL: the kernel waits for an RCU grace period (kernel/sched/membarrier.c). */
const membarrierGlobal = 1;
/** Where CPUs are isolated by nohz_full the kernel has no such command; programs run for microseconds, and this is long. */
const programsEndMs = 50;

export function waitForPrograms(): void {
  const waited = membarrier(systemCallNumber('membarrier'), membarrierGlobal, 0, 0) === 0;
  if (!waited) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, programsEndMs);
}

export function close(fd: Fd): void {
  const value = closeFd(fd);
  assert(value === 0, `descriptor ${fd} was open`);
}
