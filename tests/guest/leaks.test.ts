/** Nothing is left behind of kprobes, trampolines and their like either, whatever a run is doing when it is ended. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Guest } from '../support/guest/guest.ts';
import { bootGuest } from '../support/guest/guest.ts';
import { projectFiles } from '../support/guest/image.ts';
import { fromSnapshot } from '../support/guest/start-tstrace.ts';
import type { RunningCommand } from '../support/guest/running-command.ts';
import { buildPrograms } from '../support/programs.ts';
import type { Stop } from '../support/stopper.ts';
import { launching, stoppingScript, stops } from '../support/stopper.ts';

const root = join(import.meta.dirname, '../..');
const folder = '/tmp/stops';
const timeoutMs = 60_000;

let guest: Guest;
let tstrace: readonly string[];
let stopper: RunningCommand;

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });
  guest = await bootGuest({ project: projectFiles(await buildPrograms()) });
  tstrace = await fromSnapshot(guest);
  await shell(`mkdir ${folder}; cd ${folder}; touch ${Object.keys(stops).join(' ')}`);
  stopper = await guest.spawn([...tstrace, '--unsafe', '-e', stoppingScript(folder)], { timeoutMs: 300_000 });
  await stopper.waitForOutput('Attached', timeoutMs);
});
afterAll(async () => {
  await stopper.signal('SIGINT');
  await stopper.wait();
  await guest.close();
});

const shell = async (script: string): Promise<string> => (await guest.run(['sh', '-c', script])).stdout;

/** Their programs have a word in their names, by which what is left of them would be found. */
const script = `leak_a=kprobe:vfs_read,leak_b=kretprobe:vfs_read { @leak_reads++; }
leak_c=fentry:vfs_write { @leak_writes = count(); } leak_d=tracepoint:sched:sched_switch { @leak_switches = count(); }
leak_e=interval:ms:20 { @leak_ticks++; } begin { @leak_begun = 1; }`;

const kept = `ls /sys/fs/bpf; cat /sys/kernel/tracing/kprobe_events /sys/kernel/tracing/uprobe_events; ls /tmp`;
const sleeping = `grep -l LEAK_WORD=leak /proc/[0-9]*/environ 2>/dev/null | grep -v self || true`;

test.each<readonly [state: Stop | 'tracing', signal: NodeJS.Signals]>([
  ['loading', 'SIGKILL'],
  ['attaching', 'SIGKILL'],
  ['attaching', 'SIGINT'],
  ['tracing', 'SIGKILL'],
  ['detaching', 'SIGKILL'],
])(
  '%s, and then %s',
  async (state, signal) => {
    const before = await shell(kept);
    const launch = state === 'tracing' ? 'exec "$@"' : launching(folder, state);
    const command = [...tstrace, '-c', 'sleep 300', '-e', script];
    const run = await guest.spawn(['sh', '-c', launch, 'sh', ...command], { env: { LEAK_WORD: 'leak' } });
    if (state === 'tracing' || state === 'detaching') await run.waitForOutput('Attached 6 probes', timeoutMs);
    if (state === 'detaching') await run.signal('SIGINT');
    if (state !== 'tracing')
      await shell(`until grep -q '^State:.T' /proc/${run.pid}/status; do sleep 0.1; done`);
    await run.signal(signal);
    await run.signal('SIGCONT').catch(() => undefined);
    const { stdout } = await run.wait();
    if (signal !== 'SIGKILL') expect(stdout).toContain('@leak_begun: 1');
    await shell(`until [ -z "$(${sleeping})" ]; do sleep 0.1; done`);
    expect(await shell(kept)).toBe(before);
  },
  timeoutMs,
);

test(
  'no program and no map of them is left',
  async () => {
    const namesIn = async (what: string): Promise<string> =>
      (await guest.run([...tstrace, '-q', '-e', what], { timeoutMs })).stdout;
    const programs = await namesIn('iter:bpf_prog { print(str(ctx.prog->aux->name)); }');
    // Those of the stopper, and of the iterator itself.
    expect(programs).toContain('tracepoint');
    expect(programs).not.toContain('leak');
    expect(await namesIn('iter:bpf_map { print(ctx.map->name); }')).not.toContain('leak');
  },
  timeoutMs,
);
