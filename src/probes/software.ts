/** software: the kernel's own counters, every so many events. */

import { countedEventProbe } from './counted-event.ts';
import { perfTypes } from './perf-event.ts';

export const software = countedEventProbe({
  name: 'software',
  aliases: ['s'],
  doc: 'A software event of the kernel (page faults, context switches …), once in so many.',
  example: 'software:page-faults:100 { @[comm] = count(); }',
  type: perfTypes.software,
  // enum perf_sw_ids of include/uapi/linux/perf_event.h.
  events: [
    { names: ['alignment-faults'], config: 7n, period: 1n },
    { names: ['bpf-output'], config: 10n, period: 1n },
    { names: ['context-switches', 'cs'], config: 3n, period: 1000n },
    { names: ['cpu-clock', 'cpu'], config: 0n, period: 1_000_000n },
    { names: ['cpu-migrations'], config: 4n, period: 1n },
    { names: ['dummy'], config: 9n, period: 1n },
    { names: ['emulation-faults'], config: 8n, period: 1n },
    { names: ['major-faults'], config: 6n, period: 1n },
    { names: ['minor-faults'], config: 5n, period: 100n },
    { names: ['page-faults', 'faults'], config: 2n, period: 100n },
    { names: ['task-clock'], config: 1n, period: 1n },
  ],
});
