/** What the tests of the other files take for granted: each kernel boots, has what tracing needs, and the harness tells how things end. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { bootGuest, GuestFailure, type Guest } from '../support/guest/guest.ts';

describe.each(['5.10', '6.1', '6.12', '7.2'])('kernel %s', (kernel) => {
  let guest: Guest;
  beforeAll(async () => {
    guest = await bootGuest({ kernel });
  });
  afterAll(() => guest.close());

  test('is the kernel that was asked for', async () => {
    const { stdout } = await guest.run(['uname', '-r']);
    expect(stdout.trim()).toBe(guest.release);
    expect(stdout).toMatch(new RegExp(`^${kernel.replace('.', '\\.')}\\.`));
  });

  test('runs the Node that runs this test', async () => {
    const { stdout } = await guest.run(['node', '--version']);
    expect(stdout.trim()).toBe(process.version);
  });

  test('has BTF, kprobe and uprobe events, tracefs and the BPF file system', async () => {
    const devices = '/sys/bus/event_source/devices';
    const wanted = [
      '/sys/kernel/btf/vmlinux',
      `${devices}/kprobe/type`,
      `${devices}/uprobe/type`,
      '/sys/kernel/tracing/available_filter_functions',
      '/sys/kernel/debug/tracing/events',
    ];
    const listed = await guest.run(['ls', '-d', ...wanted]);
    expect(listed.stdout.trim().split('\n').sort()).toEqual(wanted.toSorted());
    const mounts = await guest.run(['cat', '/proc/mounts']);
    expect(mounts.stdout).toMatch(/ \/sys\/fs\/bpf bpf /);
    expect(mounts.stdout).toMatch(/ \/sys\/fs\/cgroup cgroup2 /);
  });
});

describe('the harness', () => {
  let guest: Guest;
  beforeAll(async () => {
    guest = await bootGuest();
  });
  afterAll(() => guest.close());

  test('hands a command its input, directory and environment, and gives back its output and status', async () => {
    const script = 'cat; pwd; echo "$GREETING" >&2; exit 3';
    const options = { stdin: 'in\n', cwd: '/tmp', env: { GREETING: 'hello' } };
    expect(await guest.run(['sh', '-c', script], options)).toMatchObject({
      stdout: 'in\n/tmp\n',
      stderr: 'hello\n',
      status: 3,
      signal: null,
      timedOut: false,
    });
  });

  test('carries every byte value there and back', async () => {
    const bytes = Buffer.from(Array.from({ length: 1 << 18 }, (_, at) => (at * 7) & 0xff));
    await guest.writeFile('/tmp/bytes', bytes);
    const { stdoutBytes } = await guest.run(['cat', '/tmp/bytes']);
    expect(stdoutBytes.equals(bytes)).toBe(true);
    expect((await guest.readFile('/tmp/bytes')).equals(bytes)).toBe(true);
  });

  test('kills a command and its children when its time is over', async () => {
    const result = await guest.run(['sh', '-c', 'sleep 777 & wait'], { timeoutMs: 300 });
    expect(result).toMatchObject({ status: null, signal: 'SIGKILL', timedOut: true });
    const { stdout } = await guest.run(['sh', '-c', 'cat /proc/[0-9]*/cmdline']);
    expect(stdout).toContain('agent.mjs');
    expect(stdout).not.toContain('777');
  });

  test('waits for the output of a background command, signals it and sees how it ends', async () => {
    const command = await guest.spawn([
      'sh',
      '-c',
      'trap "echo caught; exit 7" INT; echo ready; sleep 30 & wait',
    ]);
    await command.waitForOutput('ready', 20_000);
    await command.signal('SIGINT');
    expect(await command.wait()).toMatchObject({ stdout: 'ready\ncaught\n', status: 7 });
  });

  test('says which program is missing', async () => {
    await expect(guest.run(['no-such-program'])).rejects.toThrow(/no-such-program.*ENOENT/);
  });

  test('has the time of the host', async () => {
    const { stdout } = await guest.run(['date', '+%s']);
    expect(Math.abs(Number(stdout) - Date.now() / 1000)).toBeLessThan(20);
  });
});

test.each([1, 2, 4] as const)('a guest with %d CPUs has that many', async (cpus) => {
  const guest = await bootGuest({ cpus });
  try {
    expect((await guest.run(['nproc'])).stdout.trim()).toBe(String(cpus));
  } finally {
    await guest.close();
  }
});

test('a restored guest sees the project as it is now, not as an earlier guest saw it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tstrace-project-'));
  try {
    for (const content of ['first', 'other']) {
      await writeFile(join(directory, 'file'), content);
      const guest = await bootGuest({ project: { 'some/place': directory } });
      const seen = await guest.readFile('/project/some/place/file').finally(() => guest.close());
      expect(seen.toString()).toBe(content);
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('a panic ends the guest at once, and the error shows the console', async () => {
  const guest = await bootGuest();
  try {
    const doomed = guest.run(['sh', '-c', 'echo c > /proc/sysrq-trigger; sleep 60']);
    const failure: unknown = await doomed.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(GuestFailure);
    expect(String(failure)).toMatch(/sysrq triggered crash/);
  } finally {
    await guest.close();
  }
});
