/**
 * Stops processes in the midst of what they do, for tests of what happens then: a tstrace of its own watches their system calls, and
 * sends SIGSTOP when a wanted one has been made. So a state is one that the kernel has seen, not a guess at how long something takes.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Started } from './run-here.ts';
import { start } from './run-here.ts';

/** In what a run can be stopped: by the system call that shows it. */
export const stops = {
  /** A header that the script includes is opened, by libclang. */
  compiling: 'tracepoint:syscalls:sys_enter_openat /str(args.filename) == "{folder}/stop.h"/',
  /** The second program. BPF_PROG_LOAD is 5. */
  loading: 'tracepoint:syscalls:sys_enter_bpf /args.cmd == 5 && ++@calls[pid] == 2/',
  /** The second event of a probe. */
  attaching: 'tracepoint:syscalls:sys_enter_perf_event_open /++@calls[pid] == 2/',
  /** All links are closed, and running programs waited for. */
  detaching: 'tracepoint:syscalls:sys_enter_membarrier',
  printing: 'tracepoint:syscalls:sys_enter_write /args.fd == 1 && @detached[pid]/',
} as const;

export type Stop = keyof typeof stops;

/** The script of the one that stops. Processes announce by the name of a file that they open what they want to be stopped in. */
export function stoppingScript(folder: string): string {
  const announced = Object.keys(stops).map(
    (name, index) =>
      `tracepoint:syscalls:sys_enter_openat /str(args.filename) == "${folder}/${name}"/ { @stop[pid] = ${index + 1}; }`,
  );
  const stopping = Object.values(stops).map((probe, index) => {
    const [, target = '', predicate = 'true'] =
      /^(\S+)(?: \/(.*)\/)?$/.exec(probe.replace('{folder}', folder)) ?? [];
    return `${target} { if (@stop[pid] == ${index + 1}) { if (${predicate}) { delete(@stop, pid); signal("SIGSTOP"); } } }`;
  });
  const detached = `${stops.detaching} { if (@stop[pid]) { @detached[pid] = true; } }`;
  return [...announced, ...stopping, detached].join('\n');
}

/** A shell script that starts a command, which will be stopped; for `sh -c SCRIPT sh COMMAND…`. */
export const launching = (folder: string, stop: Stop): string => `: < ${folder}/${stop}; exec "$@"`;

export interface Stopper {
  /** Where the script's header is: to be given to -I. */
  readonly folder: string;
  end(): Promise<void>;
}

/** On this machine. */
export async function startStopper(): Promise<Stopper> {
  const folder = mkdtempSync(join(tmpdir(), 'tstrace-stops-'));
  writeFileSync(join(folder, 'stop.h'), '#define STOPPED 1\n');
  for (const name of Object.keys(stops)) writeFileSync(join(folder, name), '');
  const stopper = start(['-q', '--unsafe', '-e', stoppingScript(folder)], {
    __TSTRACE_NOTIFY_PROBES_ATTACHED: '1',
  });
  await attached(stopper);
  return {
    folder,
    end: async () => {
      stopper.child.kill('SIGINT');
      await stopper.finished;
      rmSync(folder, { recursive: true });
    },
  };
}

const waiting = { timeout: 20_000, interval: 5 };

const attached = ({ output }: Started): Promise<void> =>
  vi.waitFor(() => expect(`${output.stdout}${output.stderr}`).toContain('NOTIFY_PROBES_ATTACHED'), waiting);

/** Waits until all of a process is stopped (state T in proc(5)). */
export const stopped = (pid: number): Promise<void> =>
  vi.waitFor(() => expect(stateOf(pid)).toBe('T'), waiting);

function stateOf(pid: number): string | undefined {
  try {
    return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  } catch {
    return undefined;
  }
}
