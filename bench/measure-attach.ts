/** A thousand uprobes: how long until they are attached, and from Ctrl-C to the end of the tracer, by when all are detached. And the listing of all kernel functions. */

import { join, dirname } from 'node:path';
import type { Hot } from './hot.ts';
import type { Measurement } from './measurement.ts';
import { startTracer } from './tracers.ts';

function attaching(what: string, rounds: number, script: (programs: string) => string): Measurement {
  return {
    title: `attach: ${what}`,
    rounds,
    figures: [
      { label: 'exec → attached, ms', digits: 0 },
      { label: 'Ctrl-C → exit, ms', digits: 0 },
    ],
    run: async (tracer, { path }: Hot) => {
      const tracing = startTracer(tracer, ['-e', tracer.script(script(dirname(path)))]);
      const attachedMs = await tracing.attachedMs;
      const before = performance.now();
      const { status, stderr } = await tracing.stop();
      if (status !== 0) throw new Error(stderr);
      return [attachedMs, performance.now() - before];
    },
  };
}

const listing: Measurement = {
  title: "list: 'kprobe:*'",
  rounds: 5,
  figures: [
    { label: 'whole process, ms', digits: 0 },
    { label: 'functions', digits: 0 },
  ],
  run: async (tracer) => {
    const { status, stdout, stderr, elapsedMs } = await startTracer(tracer, ['-l', 'kprobe:*']).finished;
    if (status !== 0) throw new Error(stderr);
    return [elapsedMs, stdout.split('\n').length - 1];
  },
};

export const attachMeasurements: readonly Measurement[] = [
  attaching('one uprobe', 5, (programs) => `uprobe:${join(programs, 'many')}:work_000 { @ = count(); }`),
  // Detaching takes bpftrace minutes.
  attaching('1,000 uprobes', 1, (programs) => `uprobe:${join(programs, 'many')}:work_* { @ = count(); }`),
  listing,
];
