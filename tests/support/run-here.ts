/** Whole runs of tstrace on this machine's own kernel, started as users start it. */

import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';

import type { Finished, Place } from './end-to-end.ts';
import { asksForJson, checkJsonLines } from './json-lines.ts';
import { buildPrograms } from './programs.ts';

const root = join(import.meta.dirname, '../..');
const launcher = join(root, 'tstrace');

/** Build tstrace and the test programs: where cases run. */
export async function buildHere(): Promise<Place> {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });
  return {
    tstrace: async (args, environment) => start(args, environment).finished,
    programs: await buildPrograms(),
  };
}

export interface Started {
  readonly child: ChildProcess;
  readonly output: { readonly stdout: string; readonly stderr: string };
  readonly finished: Promise<Finished>;
}

/** Start tstrace, with what it has said so far and a promise of its end; JSON is held against its schema. A `guard` is a command that runs it: setpriv. */
export function start(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  guard: readonly string[] = [],
): Started {
  const [program = '', ...rest] = [...guard, launcher, ...args];
  const child = spawn(program, rest, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString('latin1')));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString('latin1')));
  const closed = new Promise<Finished>((resolve) =>
    child.on('close', (status) => resolve({ ...output, status })),
  );
  const finished = closed.then((result) => {
    if (asksForJson(args)) checkJsonLines(result.stdout, 'latin1');
    return result;
  });
  return { child, output, finished };
}
