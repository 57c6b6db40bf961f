/** hardware: the processor's counters, every so many events. Virtual machines often have none. */

import { countedEventProbe } from './counted-event.ts';
import { perfTypes } from './perf-event.ts';

export const hardware = countedEventProbe({
  name: 'hardware',
  aliases: ['h'],
  doc: "A counter of the processor (cache misses, branches …), once in so many. Virtual machines often don't have them.",
  example: 'hardware:cache-misses:1000000 { @[comm] = count(); }',
  type: perfTypes.hardware,
  // enum perf_hw_id of include/uapi/linux/perf_event.h.
  events: [
    { names: ['backend-stalls'], config: 8n, period: 1_000_000n },
    { names: ['branch-instructions', 'branches'], config: 4n, period: 100_000n },
    { names: ['branch-misses'], config: 5n, period: 100_000n },
    { names: ['bus-cycles'], config: 6n, period: 100_000n },
    { names: ['cache-misses'], config: 3n, period: 1_000_000n },
    { names: ['cache-references'], config: 2n, period: 1_000_000n },
    { names: ['cpu-cycles', 'cycles'], config: 0n, period: 1_000_000n },
    { names: ['frontend-stalls'], config: 7n, period: 1_000_000n },
    { names: ['instructions'], config: 1n, period: 1_000_000n },
    { names: ['ref-cycles'], config: 9n, period: 1_000_000n },
  ],
});
