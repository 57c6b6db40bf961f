/** The programs that are compared: tstrace as users start it, and the installed bpftrace if there is one. */

import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../tests/support/guest/cache.ts';

export interface Tracer {
  readonly name: string;
  readonly program: string;
  /** A script in this tracer's dialect. Scripts here are written for tstrace. */
  readonly script: (text: string) => string;
  /** The flags with which it stops when the code is made. */
  readonly compileOnly: readonly string[];
  /** It overlooks a signal that arrives while it turns from attaching to waiting (bpftrace 0.17): so it gets another. */
  readonly overlooksSignals: boolean;
}

const tstrace: Tracer = {
  name: 'tstrace',
  program: join(repositoryRoot, 'tstrace'),
  script: (text) => text,
  compileOnly: ['--emit-elf', '/dev/null'],
  overlooksSignals: false,
};

/** tstrace first. */
export function findTracers(): readonly Tracer[] {
  const { stdout, status } = spawnSync('bpftrace', ['--version'], { encoding: 'utf8' });
  if (status !== 0) return [tstrace];
  const bpftrace: Tracer = {
    name: stdout.trim().replace(' v', ' '),
    program: 'bpftrace',
    // Before 0.19, fields of args were reached by an arrow only.
    script: (text) => text.replaceAll('args.', 'args->'),
    compileOnly: ['--emit-elf', '/dev/null'],
    overlooksSignals: true,
  };
  return [tstrace, bpftrace];
}

/** What is measured is Node and the tracers, not how long certificates take to read (README.md). */
const { NODE_EXTRA_CA_CERTS: _unwanted, ...plainEnvironment } = process.env;

const environment = {
  ...plainEnvironment,
  __TSTRACE_NOTIFY_PROBES_ATTACHED: '1',
  __BPFTRACE_NOTIFY_PROBES_ATTACHED: '1',
  // Some need more programs than is usual.
  BPFTRACE_MAX_PROBES: '1024',
  BPFTRACE_MAX_BPF_PROGS: '1024',
};
const marker = '_NOTIFY_PROBES_ATTACHED\n';

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

export interface Tracing {
  readonly pid: number;
  /** Milliseconds from its start until all was attached. */
  readonly attachedMs: Promise<number>;
  readonly finished: Promise<Finished>;
  /** Ends it as Ctrl-C does. */
  stop(): Promise<Finished>;
}

export function startTracer(tracer: Tracer, args: readonly string[]): Tracing {
  const start = performance.now();
  const child = spawn(tracer.program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ ...output, status, elapsedMs: performance.now() - start }));
  });
  const attachedMs = new Promise<number>((resolve, reject) => {
    const note = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
      output[stream] += chunk.toString('latin1');
      if (output[stream].includes(marker)) resolve(performance.now() - start);
    };
    child.stdout.on('data', note('stdout'));
    child.stderr.on('data', note('stderr'));
    void finished.then(({ stdout, stderr }) =>
      reject(new Error(`${tracer.name} ${args.join(' ')}: ended before it had attached\n${stdout}${stderr}`)),
    );
  });
  // Not everybody asks.
  attachedMs.catch(() => undefined);
  return { pid: pidOf(child), attachedMs, finished, stop: () => stop(tracer, child, finished) };
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the tracer could not be started');
  return pid;
}

/** A second signal ends tstrace at once, as it should. */
async function stop(
  { overlooksSignals }: Tracer,
  child: ChildProcess,
  finished: Promise<Finished>,
): Promise<Finished> {
  const interrupt = (): void => void child.kill('SIGINT');
  interrupt();
  if (!overlooksSignals) return finished;
  const again = setInterval(interrupt, interruptMs);
  return finished.finally(() => clearInterval(again));
}

const interruptMs = 200;

/** Peak of the resident memory so far, in MiB. */
export function peakMebibytes(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}

/** CPU time of all threads so far, in seconds (Documentation/scheduler/sched-stats.rst: the first number is nanoseconds run). */
export function cpuSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e9;
}
