/** Events that a program writes packets to: perf_event_open(2), PERF_COUNT_SW_BPF_OUTPUT. */

import type { Result, SysError } from '../../base/result.ts';
import type { PerfRecords } from '../bpf-api.ts';
import * as abi from './abi.ts';
import { openPerfRecords } from './perf-ring.ts';

/** A power of two, as the kernel wants it: some hundred full packets, or some thousand bare acknowledgements. */
const ringPages = 256;

/** Opens one CPU's, which counts from now on; fails as openPerfRecords does. */
export function openPacketEvents(cpu: number): Result<PerfRecords, SysError> {
  const attr = {
    config: abi.perfBpfOutput,
    sample_period: 1n,
    sample_type: abi.perfSampleRaw,
    wakeup_events: 1,
  };
  return openPerfRecords(attr, cpu, ringPages);
}
