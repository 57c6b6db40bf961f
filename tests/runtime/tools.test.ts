/** The scripts of tools/ on this machine's own kernel, each beside a program that does what it looks for. */

import type { ChildProcessByStdio } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finished } from '../support/end-to-end.ts';
import { cacheDirectory, repositoryRoot } from '../support/guest/cache.ts';
import { buildHere, start } from '../support/run-here.ts';
import { lackingOn, runnableOn, titleOf } from '../support/tools/areas.ts';
import { record } from '../support/tools/page.ts';
import { startAll } from '../support/tools/run-tools.ts';
import type { ToolCase } from '../support/tools/tool-case.ts';
import { checkTool } from '../support/tools/tool-case.ts';

let objects: ChildProcessByStdio<Writable, Readable, null> | undefined;
let programs = '';
let runs: ReadonlyMap<ToolCase, Promise<Finished>> = new Map();

beforeAll(async () => {
  // What lies in memory only can't be read past the page cache.
  const disk = join(cacheDirectory(), 'blocks');
  writeFileSync(disk, Buffer.alloc(1 << 16, 1), { flush: true });
  const place = {
    ...(await buildHere()),
    kernel: 'here',
    tools: join(repositoryRoot, 'tools'),
    disk,
  } as const;
  programs = place.programs;
  // What bpfmaps and bpfprogs are to find; it ends with its input.
  objects = spawn(join(place.programs, 'bpf_objects'), { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(objects.stdout, 'data');
  runs = startAll(place, runnableOn('here'), 2);
});

afterAll(() => objects?.stdin.end());

describe('on this kernel', () => {
  test.each(runnableOn('here').map((testCase) => [titleOf(testCase), testCase] as const))(
    '%s',
    async (_title, testCase) => {
      const finished = await runs.get(testCase);
      if (finished === undefined) throw new Error('it was not started');
      checkTool(testCase, finished);
      record(testCase, finished.stdout);
    },
    60_000,
  );

  test.skip.each(lackingOn('here'))('%s: %s', () => undefined);
});

/** Runs a tool without a command while `act` makes events; gives its lines, without the one that names the columns. */
async function linesDuring(args: readonly string[], act: () => void): Promise<readonly string[]> {
  const { child, output, finished } = start(args, { __BPFTRACE_NOTIFY_PROBES_ATTACHED: '1' });
  await expect
    .poll(() => output.stdout, { timeout: 20_000 })
    .toContain('__BPFTRACE_NOTIFY_PROBES_ATTACHED\n');
  act();
  child.kill('SIGINT');
  const { stdout, status } = await finished;
  expect(status).toBe(0);
  return stdout.split('\n').filter((line) => /^\d/.test(line));
}

const opens = join(repositoryRoot, 'tools/opens.bt');

test('--comm chooses threads by their name', async () => {
  const lines = await linesDuring([opens, '--', '--comm=files'], () => {
    execFileSync(join(programs, 'tasks'), ['execs']);
    execFileSync(join(programs, 'files'), ['opens']);
  });
  expect(lines.filter((line) => line.endsWith('.txt'))).toHaveLength(3);
  expect(lines.filter((line) => !line.includes(' files '))).toEqual([]);
});

test('--pid chooses a process', async () => {
  const lines = await linesDuring([opens, '--', `--pid=${process.pid}`], () => {
    execFileSync(join(programs, 'files'), ['opens']);
    closeSync(openSync('/dev/null', 'r'));
  });
  expect(lines.filter((line) => line.endsWith(' /dev/null')).length).toBeGreaterThan(0);
  expect(lines.filter((line) => !line.includes(` ${process.pid} `))).toEqual([]);
});
