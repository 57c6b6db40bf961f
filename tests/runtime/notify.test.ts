/** Those who wait for tstrace are told when probes are attached: a service manager by its socket, pipelines by a line. */

import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { listenFor } from '../support/datagrams.ts';
import { buildHere, start } from '../support/run-here.ts';

beforeAll(buildHere);

const path = join(tmpdir(), `tstrace-notify-${process.pid}`);

test.each([
  ['a socket in the file system', path, path],
  ['an abstract socket', `@tstrace-${process.pid}`, `\0tstrace-${process.pid}`],
])('%s hears READY=1 when all is attached, and STOPPING=1 before the end', async (_kind, name, address) => {
  const datagrams = listenFor(address);
  onTestFinished(() => {
    datagrams.close();
    rmSync(path, { force: true });
  });
  const script = 'interval:ms:1 { @ticks = count(); } end { printf("ended\\n"); }';
  const { child, output, finished } = start(['-e', script], { NOTIFY_SOCKET: name });
  await expect.poll(() => datagrams.take(), { timeout: 20_000 }).toEqual(['READY=1']);
  expect(output.stderr).toContain('Attached 2 probes');
  child.kill('SIGINT');
  expect((await finished).stdout).toMatch(/^ended\n+@ticks: \d+\n$/);
  expect(datagrams.take()).toEqual(['STOPPING=1']);
});

test('a socket that nobody listens on is told, and the script runs', async () => {
  const { stdout, stderr, status } = await start(['-e', 'begin { printf("here\\n"); exit(); }'], {
    NOTIFY_SOCKET: `${path}-none`,
  }).finished;
  expect({ stdout, status }).toEqual({ stdout: 'here\n\n\n', status: 0 });
  expect(stderr).toContain("WARNING: The service manager can't be told READY=1 through NOTIFY_SOCKET");
});

test.each(['__BPFTRACE_NOTIFY_PROBES_ATTACHED', '__TSTRACE_NOTIFY_PROBES_ATTACHED'])(
  '%s asks for a line of its own when all is attached',
  async (name) => {
    const script = 'begin { printf("begun\\n"); } interval:ms:1 { exit(); }';
    const { stdout } = await start(['-q', '-e', script], { [name]: '1' }).finished;
    expect(stdout.trim()).toBe(`${name}\nbegun`);
  },
);
