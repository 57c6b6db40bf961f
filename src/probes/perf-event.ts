/** What probes on perf events share. */

import type { Machine } from '../plan/machine.ts';
import type { ProbeContext } from './define.ts';
import { registersOf } from './registers.ts';

/** enum perf_type_id of include/uapi/linux/perf_event.h. */
export const perfTypes = { hardware: 0, software: 1, breakpoint: 5 } as const;

/** struct bpf_perf_event_data begins with the registers (include/uapi/linux/bpf_perf_event.h). */
export function perfEventContext({ arch }: Machine): ProbeContext {
  const { instructionPointer, modeRegister } = registersOf(arch);
  return { space: 'kernel', arguments: [], instructionPointer, ...(modeRegister && { modeRegister }) };
}
