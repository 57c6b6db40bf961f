/** A program that is interrupted by another run of itself on the same CPU keeps what it had: each run has scratch memory of its own. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bootGuest } from '../support/guest/guest.ts';
import { projectFiles } from '../support/guest/image.ts';
import { buildPrograms } from '../support/programs.ts';

const root = join(import.meta.dirname, '../..');
const timeoutMs = 120_000;

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });
});

/**
 * Takes a value that needs scratch, takes its time, and looks whether the value is still there. `@running` tells whether another run
 * had not ended yet, so the script itself proves that runs were interrupted.
 */
const watched = (take: string, isStillThere: string): string => `
  if (@running[cpu]++ > 0) { @interrupted = count(); }
  ${take}
  unroll(30) { @time = nsecs; }
  if (${isStillThere}) { @whole = count(); } else { @torn = count(); }
  @running[cpu]--;`;

async function runIn(
  kernel: string,
  options: { readonly script: string; readonly command: string; readonly prepare?: string },
): Promise<{ readonly count: (map: string) => number; readonly stdout: string; readonly stderr: string }> {
  const guest = await bootGuest({ kernel, project: projectFiles(await buildPrograms()) });
  try {
    if (options.prepare !== undefined)
      expect(await guest.run(['sh', '-c', options.prepare])).toMatchObject({ status: 0 });
    const argv = ['node', '/project/dist/tstrace.mjs', '-q', '-c', options.command, '-e', options.script];
    const { stdout, stderr, status } = await guest.run(argv, { timeoutMs });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const count = (map: string): number =>
      Number(new RegExp(`^@${map}: (\\d+)$`, 'm').exec(stdout)?.[1] ?? 0);
    return { count, stdout, stderr };
  } finally {
    await guest.close();
  }
}

// On 6.1 uprobes of one CPU wait for each other's buffer (kernel/trace/trace_uprobe.c, uprobe_buffer_get), so none interrupts another.
test.each(['6.12', '7.2'])(
  'a uprobe in a thread that another one preempts, on %s',
  async (kernel) => {
    const body = watched('$text = str(arg0, 128);', '$text == str(arg0, 128)');
    const { count, stdout, stderr } = await runIn(kernel, {
      prepare: 'echo full > /sys/kernel/debug/sched/preempt',
      command: '/project/programs/preempted 4000',
      script: `uprobe:/project/programs/preempted:touch { ${body} }`,
    });
    const lost = Number(/Total lost event count: (\d+)/.exec(stderr)?.[1] ?? 0);
    expect(count('interrupted')).toBeGreaterThan(0);
    expect(count('torn')).toBe(0);
    expect(count('whole') + lost).toBe(Number(/^calls (\d+)$/m.exec(stdout)?.[1]));
  },
  timeoutMs,
);

test(
  "a raw tracepoint's program that an interrupt enters again, on 5.10",
  async () => {
    // Freed in processes, and behind their backs in interrupts, where callbacks of RCU run.
    const six = '(arg0, arg1, arg0, arg1, arg0, arg1)';
    const body = watched(`$six = ${six};`, `$six == ${six}`);
    const { count } = await runIn('5.10', {
      command: '/bin/sh -c "i=0; while [ $i -lt 300 ]; do : $(cat /proc/self/status); i=$((i+1)); done"',
      script: `rawtracepoint:kfree { ${body} }`,
    });
    expect(count('interrupted')).toBeGreaterThan(0);
    expect(count('torn')).toBe(0);
  },
  timeoutMs,
);
