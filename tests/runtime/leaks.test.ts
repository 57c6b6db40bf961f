/**
 * Nothing is left behind: whatever a run is doing when a signal comes, and whichever signal it is, no program, map, link, pin, perf event,
 * tracefs entry, temporary file or command of -c outlives it.
 */

import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Place } from '../support/end-to-end.ts';
import { leftBehind, pins } from '../support/leftovers.ts';
import { buildHere } from '../support/run-here.ts';
import type { Stop, Stopper } from '../support/stopper.ts';
import { launching, startStopper, stopped } from '../support/stopper.ts';

const launcher = join(import.meta.dirname, '../../tstrace');

let place: Place;
let stopper: Stopper;

beforeAll(async () => {
  place = await buildHere();
  stopper = await startStopper();
});
afterAll(() => stopper.end());

/** A word for the names of all that a run makes: 15 characters of them are what the kernel keeps. */
let runs = 0;
const nextWord = (): string => `lk${process.pid}x${runs++}`;

const scriptOf = (word: string): string => `#include "stop.h"
begin { @${word}begun = STOPPED; }
${word}a=interval:ms:20 { @${word}ticks++; }
${word}b=uprobe:${place.programs}/reader:add_up { @${word}calls = count(); }
${word}c=tracepoint:syscalls:sys_enter_getpgid /pid == cpid/ { @${word}calls = count(); }
${word}d=rawtracepoint:sys_exit /pid == cpid/ { printf("%d\\n", args.ret); }`;

interface Run {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly word: string;
  /** Its own folder for temporary files. */
  readonly temporary: string;
  readonly output: () => string;
  readonly ended: Promise<{ readonly status: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** With a command that is to be ended, too, and has the word in its environment. Output goes into a file, whose writes are seen by its number. */
function startRun(stop: Stop | undefined): Run {
  const word = nextWord();
  const temporary = mkdtempSync(join(tmpdir(), 'tstrace-leaks-'));
  const path = join(temporary, 'output');
  const output = openSync(path, 'w');
  const shell = stop === undefined ? 'exec "$@"' : launching(stopper.folder, stop);
  const child = spawn(
    '/bin/sh',
    ['-c', shell, word, launcher, '-I', stopper.folder, '-c', 'sleep 30', '-e', scriptOf(word)],
    { stdio: ['ignore', output, output], env: { ...process.env, TMPDIR: temporary, LEAK_WORD: word } },
  );
  const ended = new Promise<Awaited<Run['ended']>>((resolve) =>
    child.on('close', (status, signal) => resolve({ status, signal })),
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(temporary, { recursive: true });
  });
  return { child, pid: child.pid ?? 0, word, temporary, output: () => readFileSync(path, 'latin1'), ended };
}

const attached = (run: Run): Promise<void> =>
  expect.poll(run.output, { timeout: 20_000 }).toContain('Attached 5 probes');

/** What the kernel frees, it frees when it has the time. */
async function expectNothingLeft({ word, temporary }: Run, pinned: readonly string[]): Promise<void> {
  await expect.poll(() => leftBehind(word), { timeout: 10_000 }).toEqual([]);
  expect(readdirSync(temporary)).toEqual(['output']);
  expect(pins()).toEqual(pinned);
}

const signals = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
/** Ends that begin with Ctrl-C: it is in the midst of the end that the second signal comes. */
const isEnding: Readonly<Record<Stop, boolean>> = {
  compiling: false,
  loading: false,
  attaching: false,
  detaching: true,
  printing: true,
};

const stoppedIn = Object.keys(isEnding).flatMap((stop) =>
  signals.map((signal) => [stop as Stop, signal] as const),
);

test.each(stoppedIn)('%s, and then %s', async (stop, signal) => {
  const before = pins();
  const run = startRun(stop);
  if (isEnding[stop]) {
    await attached(run);
    run.child.kill('SIGINT');
  }
  await stopped(run.pid);
  run.child.kill(signal);
  run.child.kill('SIGCONT');
  const { status } = await run.ended;
  // Until there is something to stop, and once everything is stopped, a signal ends it as any process.
  const isAtOnce = signal === 'SIGKILL' || stop === 'compiling' || stop === 'printing';
  if (!isAtOnce) {
    expect(status).toBe(0);
    expect(run.output()).toContain(`@${run.word}begun: 1`);
  }
  await expectNothingLeft(run, before);
});

test.each(signals)('tracing, and then %s', async (signal) => {
  const before = pins();
  const run = startRun(undefined);
  await attached(run);
  run.child.kill(signal);
  await run.ended;
  if (signal !== 'SIGKILL') expect(run.output()).toContain(`@${run.word}begun: 1`);
  await expectNothingLeft(run, before);
});
