/** How long it takes to make the code of 1, 20 and 200 different probes: the whole process, which stops when it is made. */

import type { Measurement } from './measurement.ts';
import { startTracer } from './tracers.ts';

const probe = (index: number): string =>
  `tracepoint:syscalls:sys_enter_write /args.count > ${index}/ { @[comm, ${index}] = count(); @h[${index}] = hist(args.count); }`;

const compiling = (probes: number): Measurement => ({
  title: `compile ${probes} ${probes === 1 ? 'probe' : 'probes'}`,
  rounds: probes > 20 ? 3 : 7,
  figures: [{ label: 'whole process, ms', digits: 0 }],
  run: async (tracer) => {
    const script = Array.from({ length: probes }, (_, index) => probe(index)).join('\n');
    const finished = await startTracer(tracer, [...tracer.compileOnly, '-e', tracer.script(script)]).finished;
    if (finished.status !== 0) throw new Error(`${tracer.name}: ${finished.stderr.slice(0, 500)}`);
    return [finished.elapsedMs];
  },
});

export const compileMeasurements: readonly Measurement[] = [1, 20, 200].map(compiling);
