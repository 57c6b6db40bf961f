/** From exec to the first probe attached, and the memory it takes by then. */

import type { Hot } from './hot.ts';
import type { Measurement } from './measurement.ts';
import { cpuSeconds, peakMebibytes, startTracer } from './tracers.ts';

const figures = [
  { label: 'exec → attached, ms', digits: 0 },
  { label: 'CPU time until then, ms', digits: 0 },
  { label: 'peak memory, MiB', digits: 0 },
] as const;

function starting(what: string, script: (hot: Hot) => string): Measurement {
  return {
    title: `start: ${what}`,
    rounds: 11,
    figures,
    run: async (tracer, hot) => {
      const tracing = startTracer(tracer, ['-e', tracer.script(script(hot))]);
      const attachedMs = await tracing.attachedMs;
      const [cpu, peak] = [cpuSeconds(tracing.pid) * 1000, peakMebibytes(tracing.pid)];
      await tracing.stop();
      return [attachedMs, cpu, peak];
    },
  };
}

export const startMeasurements: readonly Measurement[] = [
  starting('a uprobe that counts', ({ path }) => `uprobe:${path}:hot_call { @ = count(); }`),
  starting(
    'a tracepoint with its fields',
    ({ pid }) => `tracepoint:syscalls:sys_enter_write /pid == ${pid}/ { @[comm] = hist(args.count); }`,
  ),
  starting(
    "a kernel struct's fields, by BTF",
    ({ path }) => `uprobe:${path}:hot_call { @[((struct task_struct *)curtask)->tgid] = count(); }`,
  ),
];
