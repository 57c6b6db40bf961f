/** Events of processes' lives as perf_event_open(2) gives them: a software event that never counts anything, for the records beside it. */

import type { Result, SysError } from '../../base/result.ts';
import type { PerfRecords } from '../bpf-api.ts';
import * as abi from './abi.ts';
import { openPerfRecords } from './perf-ring.ts';

/** A power of two, as the kernel wants it: some thousand records. */
const ringPages = 64;

const { mmap: codeMappings, mmap2, comm, commExec, task, watermark, sampleIdAll, useClockid } = abi.perfBits;

/** Opens one CPU's; fails as openPerfRecords does. */
export function openProcessEvents(cpu: number): Result<PerfRecords, SysError> {
  const attr = {
    config: abi.perfDummy,
    sample_type: abi.perfSampleTime,
    bits: codeMappings | mmap2 | comm | commExec | task | watermark | sampleIdAll | useClockid,
    // Woken by every record: a process may end at any time, and with it the way to its files.
    wakeup_events: 1,
    clockid: abi.clockIds.monotonic,
  };
  return openPerfRecords(attr, cpu, ringPages);
}
