/** What probes on perf events share. */

import type { Machine } from '../plan/machine.ts';
import type { ProbeContext } from './define.ts';
import { registerContext } from './registers.ts';

/** enum perf_type_id of include/uapi/linux/perf_event.h. */
export const perfTypes = { hardware: 0, software: 1, breakpoint: 5 } as const;

/** The largest sample_period: the kernel refuses the highest bit (kernel/events/core.c, perf_event_open). */
export const periodMax = 2n ** 63n - 1n;

/** struct bpf_perf_event_data begins with the registers (include/uapi/linux/bpf_perf_event.h). */
export function perfEventContext({ arch }: Machine): ProbeContext {
  return { space: 'kernel', arguments: [], ...registerContext(arch, 'bpf_perf_event_data') };
}
