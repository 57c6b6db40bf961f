/** The scripts of tools/ on this machine's own kernel, each beside a program that does what it looks for. */

import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Finished } from '../support/end-to-end.ts';
import { cacheDirectory, repositoryRoot } from '../support/guest/cache.ts';
import { buildHere } from '../support/run-here.ts';
import { lackingOn, runnableOn, titleOf } from '../support/tools/areas.ts';
import { record } from '../support/tools/page.ts';
import { startAll } from '../support/tools/run-tools.ts';
import type { ToolCase } from '../support/tools/tool-case.ts';
import { checkTool } from '../support/tools/tool-case.ts';

let objects: ChildProcessByStdio<Writable, Readable, null> | undefined;
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
