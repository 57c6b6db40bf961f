/** perf_event_open(2) and its ioctls. */

import type { Result, SysError } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import { present } from '../../base/assert.ts';
import { sysError } from '../../ffi/errno.ts';
import { addressOf, declareLibc } from '../../ffi/koffi.ts';
import { decodeRecord, encodeRecord } from '../../types/record.ts';
import type { Fd, PerfCount, PerfEventSpec } from '../bpf-api.ts';
import { asFd } from '../bpf-api.ts';
import {
  perfBits,
  perfEventAttr,
  perfFlagCloexec,
  perfIoctls,
  perfReading,
  perfReadTimeEnabled,
  systemCallNumber,
} from './abi.ts';

const syscall = declareLibc('syscall', 'long', ['long', 'bytes', 'int', 'int', 'int', 'ulong']);
const read = declareLibc('read', 'long', ['int', 'bytes', 'size']);
const ioctl = declareLibc('ioctl', 'int', ['int', 'ulong', 'ulong']);

/** Opened disabled, without a group; closed in children. The event ends when the descriptor is closed. */
export function openPerfEvent(spec: PerfEventSpec): Result<Fd<'perf-event'>, SysError> {
  if (!spec.inherit) return open(spec, 0n);
  const threads = open(spec, perfBits.inherit | perfBits.inheritThread);
  // Before 5.13 the kernel knows inheritance by threads and child processes only both at once.
  return threads.ok || threads.error.name !== 'EINVAL' ? threads : open(spec, perfBits.inherit);
}

function open(spec: PerfEventSpec, inheritance: bigint): Result<Fd<'perf-event'>, SysError> {
  const target = spec.target === undefined ? undefined : Buffer.from(`${spec.target}\0`);
  const hertz = spec.sample !== undefined && 'hertz' in spec.sample;
  const attr = encodeRecord(perfEventAttr, {
    type: spec.type,
    size: perfEventAttr.size,
    config: spec.config,
    sample_period: samplePeriod(spec.sample),
    read_format: perfReadTimeEnabled,
    bits: perfBits.disabled | inheritance | (hertz ? perfBits.freq : 0n),
    // Of breakpoints, the address and the length.
    config1: spec.breakpoint?.address ?? (target ? addressOf(target) : 0n),
    config2: spec.breakpoint ? BigInt(spec.breakpoint.bytes) : (spec.targetOffset ?? 0n),
    bp_type: spec.breakpoint?.access ?? 0,
  });
  const noGroup = -1;
  const fd = syscall(
    systemCallNumber('perf_event_open'),
    attr,
    spec.pid ?? -1,
    spec.cpu ?? -1,
    noGroup,
    perfFlagCloexec,
  );
  const result: Result<Fd<'perf-event'>, SysError> = fd < 0
    ? failed(sysError('perf_event_open'))
    : ok(asFd(fd));
  if (target) present(target.buffer, 'target'); // kept alive until here: the kernel has read it
  return result;
}

/** PERF_EVENT_IOC_SET_BPF. EEXIST: the event has a program already. */
export function setProgram(event: Fd<'perf-event'>, program: Fd<'program'>): Result<void, SysError> {
  return done(ioctl(event, perfIoctls.setBpf, program), 'ioctl(PERF_EVENT_IOC_SET_BPF)');
}

/** PERF_EVENT_IOC_ENABLE. */
export function enable(event: Fd<'perf-event'>): Result<void, SysError> {
  return done(ioctl(event, perfIoctls.enable, 0), 'ioctl(PERF_EVENT_IOC_ENABLE)');
}

/** PERF_EVENT_IOC_DISABLE. */
export function disable(event: Fd<'perf-event'>): Result<void, SysError> {
  return done(ioctl(event, perfIoctls.disable, 0), 'ioctl(PERF_EVENT_IOC_DISABLE)');
}

export function readEvent(event: Fd<'perf-event'>): Result<PerfCount, SysError> {
  const bytes = new Uint8Array(perfReading.size);
  if (read(event, bytes, bytes.length) < 0) return failed(sysError('read of a perf event'));
  const { count, time_enabled: enabledNs } = decodeRecord(perfReading, bytes);
  return ok({ count, enabledNs });
}

function samplePeriod(sample: PerfEventSpec['sample']): bigint {
  if (sample === undefined) return 0n;
  return 'every' in sample ? sample.every : sample.hertz;
}

function done(value: number, call: string): Result<void, SysError> {
  return value < 0 ? failed(sysError(call)) : ok(undefined);
}
