/**
 * kprobes in a guest, where there are some: how long it takes to attach one, all of `vfs_*` and all that there are, and from Ctrl-C to the end
 * of the tracer. `node bench/run.mjs kprobes [KERNEL]`. The guest's CPU is emulated, ten times slower than this machine's: what a tracer
 * takes for one probe stands beside what it takes for many. The installed bpftrace goes into the guest with its libraries.
 */

import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import type { Guest } from '../tests/support/guest/guest.ts';
import { bootGuest } from '../tests/support/guest/guest.ts';
import type { ProjectFiles } from '../tests/support/guest/image.ts';
import { projectFiles } from '../tests/support/guest/image.ts';
import { fromSnapshot } from '../tests/support/guest/start-tstrace.ts';
import { buildPrograms } from '../tests/support/programs.ts';
import { median } from './statistics.ts';

const rounds = 3;
const timeoutMs = 300_000;
const probesMax = '60000';

interface GuestTracer {
  readonly name: string;
  readonly command: readonly string[];
  readonly options: readonly string[];
}

/** The programs and libraries that bpftrace is made of here, for a folder of the guest; nothing if it isn't installed. */
function bpftraceFiles(): ProjectFiles {
  const { stdout, status } = spawnSync('sh', ['-c', 'p=$(command -v bpftrace) && echo "$p" && ldd "$p"'], {
    encoding: 'utf8',
  });
  if (status !== 0) return {};
  const program = stdout.split('\n')[0] ?? '';
  const libraries = [...stdout.matchAll(/(\/\S+)(?= \(0x)/g)].map(([path]) => path);
  // Under the names by which they are asked for, which are links to the files.
  const files = [program, ...libraries].map((path) => [`bpftrace/${basename(path)}`, realpathSync(path)]);
  return Object.fromEntries(files) as ProjectFiles; // fromEntries can't say that they are pairs of texts
}

const folder = '/project/bpftrace';

async function tracersIn(guest: Guest, hasBpftrace: boolean): Promise<readonly GuestTracer[]> {
  const command = await fromSnapshot(guest);
  const loader = [`${folder}/ld-linux-x86-64.so.2`, '--library-path', folder, `${folder}/bpftrace`];
  return [
    { name: 'tstrace', command, options: [] },
    { name: 'tstrace, one by one', command, options: ['--no-feature', 'kprobe_multi,kprobe_session'] },
    ...(hasBpftrace ? [{ name: 'bpftrace', command: loader, options: [] }] : []),
  ];
}

const scripts = {
  'kprobe:vfs_read': 'kprobe:vfs_read { @ = count(); }',
  'kprobe:vfs_*': 'kprobe:vfs_* { @ = count(); }',
  'kprobe:vfs_* and kretprobe:vfs_*': 'kprobe:vfs_* { @ = count(); } kretprobe:vfs_* { @r = count(); }',
  // What everything else stands on, locks and clocks among them, is left to a tracer of its own.
  'kprobe:t*': 'kprobe:t* { @ = count(); }',
  'kprobe:*': 'kprobe:* /pid == 1/ { @ = count(); }',
} as const;

/** Those that are attached one by one take minutes for thousands. */
const tooMany = (tracer: GuestTracer, script: string): boolean =>
  tracer.options.length > 0 && /:(t\*|\*)/.test(script);

const environment = {
  TSTRACE_MAX_PROBES: probesMax,
  BPFTRACE_MAX_PROBES: probesMax,
  __TSTRACE_NOTIFY_PROBES_ATTACHED: '1',
  __BPFTRACE_NOTIFY_PROBES_ATTACHED: '1',
};

/** Milliseconds from exec until all was attached, and from Ctrl-C to the end. */
async function attachOnce(
  guest: Guest,
  { command, options }: GuestTracer,
  script: string,
): Promise<readonly [attached: number, ended: number]> {
  const before = performance.now();
  const running = await guest.spawn([...command, ...options, '-e', script], { timeoutMs, env: environment });
  await running.waitForOutput('_NOTIFY_PROBES_ATTACHED', timeoutMs);
  const attached = performance.now();
  await running.signal('SIGINT');
  await running.wait();
  return [attached - before, performance.now() - attached];
}

async function row(guest: Guest, tracer: GuestTracer, name: string, script: string): Promise<string> {
  if (tooMany(tracer, script)) return `| ${name} | ${tracer.name} | not measured | |`;
  const runs: (readonly [number, number])[] = [];
  try {
    for (let round = 0; round < rounds; round++) runs.push(await attachOnce(guest, tracer, script));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return `| ${name} | ${tracer.name} | failed: ${said.split('\n').slice(0, 3).join(' ')} | |`;
  }
  const cells = [0, 1].map((figure) => median(runs.map((run) => run[figure] ?? Number.NaN)).toFixed(0));
  return `| ${name} | ${tracer.name} | ${cells.join(' | ')} |`;
}

const bpftrace = bpftraceFiles();

const guest = await bootGuest({
  kernel: process.argv[2] ?? '6.12',
  project: { ...projectFiles(await buildPrograms()), ...bpftrace },
});
try {
  const tracers = await tracersIn(guest, Object.keys(bpftrace).length > 0);
  console.log(`Linux ${guest.release} in a guest\n`);
  console.log('| script | tracer | exec → attached, ms | Ctrl-C → exit, ms |\n|---|---|--:|--:|');
  for (const [name, script] of Object.entries(scripts))
    for (const tracer of tracers) console.log(await row(guest, tracer, name, script));
} finally {
  await guest.close();
}
