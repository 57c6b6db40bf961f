/** Which instructions the running kernel knows. */

import type { Machine } from '../plan/machine.ts';
import { kernelFrom } from '../plan/machine.ts';

/** v3 has atomic operations with a result and 32-bit ones, whose encoding kernels before 5.12 refuse. */
export const cpuFor = (machine: Machine): 'v2' | 'v3' => (kernelFrom(machine, 5, 12) ? 'v3' : 'v2');
