/** Events from the kernel to a file, end to end, while a program makes them as fast as it can. */

import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measurement } from './measurement.ts';
import { cpuSeconds, peakMebibytes, startTracer } from './tracers.ts';

const writes = 2_000_000;
/** What is in the ring and in buffers when the flood ends is done by then; it only has to be longer than that takes. */
const settleMs = 500;

const draining = (format: 'text' | 'json'): Measurement => ({
  title: `a flood of printf events to a file, ${format}`,
  rounds: 3,
  figures: [
    { label: 'thousand events delivered per second', digits: 0 },
    { label: "thousand events delivered per second of the tracer's CPU time", digits: 0 },
    { label: 'lost, %', digits: 1 },
    { label: 'peak memory, MiB', digits: 0 },
  ],
  run: async (tracer, hot) => {
    const folder = await mkdtemp(join(tmpdir(), 'tstrace-bench-'));
    const file = join(folder, 'out');
    try {
      const script = `tracepoint:syscalls:sys_enter_write /pid == ${hot.pid}/ { printf("%d %d\\n", pid, args.count); }`;
      const tracing = startTracer(tracer, ['-f', format, '-o', file, '-e', tracer.script(script)]);
      await tracing.attachedMs;
      const before = cpuSeconds(tracing.pid);
      const seconds = (await hot.run('write', writes)) / 1e9;
      await sleep(settleMs);
      const cpu = cpuSeconds(tracing.pid) - before;
      const peak = peakMebibytes(tracing.pid);
      await tracing.stop();
      const delivered = await countEvents(file, hot.pid);
      return [delivered / seconds / 1000, delivered / cpu / 1000, 100 * (1 - delivered / writes), peak];
    } finally {
      await rm(folder, { recursive: true });
    }
  },
});

/** Each event's line ends so, in text and in JSON (where the line's own end is in the text). */
async function countEvents(file: string, pid: number): Promise<number> {
  let [count, rest] = [0, ''];
  const event = new RegExp(`\\b${pid} 1(\\n|\\\\n"\\}\\n)`, 'g');
  for await (const chunk of createReadStream(file, { encoding: 'latin1', highWaterMark: 1 << 20 })) {
    const text = rest + String(chunk);
    const whole = text.lastIndexOf('\n') + 1;
    count += text.slice(0, whole).match(event)?.length ?? 0;
    rest = text.slice(whole);
  }
  return count;
}

export const drainMeasurements: readonly Measurement[] = [draining('text'), draining('json')];
