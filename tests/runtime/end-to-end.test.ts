/** Whole runs on this machine's own kernel, as users start them. Only processes that the tests start themselves are traced. */

import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Finished, Place } from '../support/end-to-end.ts';
import { cases, runCase } from '../support/end-to-end.ts';
import {
  checkExitInFlood,
  checkFlood,
  checkForcedLoss,
  checkFullMaps,
  checkLossByProbe,
  checkMissedRuns,
  checkStatistics,
} from '../support/losses.ts';
import { mistakes } from '../support/mistakes.ts';
import { buildHere, start } from '../support/run-here.ts';
import { checkTakenMaps } from '../support/taken-maps.ts';

let place: Place;

beforeAll(async () => {
  place = await buildHere();
});

const programsOf = (): number =>
  (JSON.parse(execFileSync('bpftool', ['-j', 'prog', 'list'], { encoding: 'utf8' })) as unknown[]).length;
const linksOf = (): number =>
  (JSON.parse(execFileSync('bpftool', ['-j', 'link', 'list'], { encoding: 'utf8' })) as unknown[]).length;

/** The kernel frees what we left a moment later. */
async function expectNothingLeft(before: number): Promise<void> {
  await expect
    .poll(() => ({ programs: programsOf(), links: linksOf() }), { timeout: 5000 })
    .toEqual({ programs: before, links: 0 });
}

// This machine's kernel has neither kprobes nor, for us, fentry: those cases run in a guest.
test.each(
  cases.filter(({ needs }) => needs === undefined).map((testCase) => [testCase.title, testCase] as const),
)('%s', async (_title, testCase) => {
  await runCase(place, testCase);
});

test('printed events and reported losses are exactly what was sent', () => checkFlood(place, 200_000));

test('what does not fit into the ring while nobody reads is counted', () => checkForcedLoss(place, 20_000));

test('each probe has its own balance of lost events', () => checkLossByProbe(place, 5000));

test('runs that the kernel left out are counted', () => checkMissedRuns(place, 500));

test('--stats: the numbers of each probe add up in a flood', () => checkStatistics(place, 2000));

test('updates that full maps refused are counted by map', () => checkFullMaps(place));

test('print and clear lose nothing in between', () => checkTakenMaps(place, 3, 300_000));

test('exit() arrives through a full ring', () => checkExitInFlood(place));

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s while tracing prints the maps, runs end, leaves nothing',
  async (signal) => {
    const before = programsOf();
    const { child, output, finished } = start(
      ['-e', 'begin { @started = 1; } interval:ms:5 { @ticks = count(); } end { printf("bye\\n"); }'],
      {
        __BPFTRACE_NOTIFY_PROBES_ATTACHED: '1',
      },
    );
    await expect
      .poll(() => output.stdout, { timeout: 10_000 })
      .toContain('__BPFTRACE_NOTIFY_PROBES_ATTACHED');
    child.kill(signal);
    const { stdout, status } = await finished;
    expect(status).toBe(0);
    expect(stdout).toContain('bye\n');
    expect(stdout).toContain('@started: 1\n');
    await expectNothingLeft(before);
  },
);

test.each([0, 40, 80, 120, 160, 200, 240, 300])('SIGINT after %d ms leaves nothing', async (milliseconds) => {
  const before = programsOf();
  const { child, finished } = start(['-q', '-e', 'interval:ms:5 { @ticks = count(); }']);
  setTimeout(() => child.kill('SIGINT'), milliseconds);
  await finished;
  await expectNothingLeft(before);
});

test('SIGKILL leaves nothing', async () => {
  const before = programsOf();
  const { child, output, finished } = start(['-e', 'interval:ms:5 { @ticks = count(); }'], {
    __BPFTRACE_NOTIFY_PROBES_ATTACHED: '1',
  });
  await expect.poll(() => output.stdout, { timeout: 10_000 }).toContain('ATTACHED');
  child.kill('SIGKILL');
  await finished;
  await expectNothingLeft(before);
});

test('a reader that goes away ends the run quietly', async () => {
  const { child, output, finished } = start(['-q', '-e', 'interval:ms:1 { printf("line\\n"); }']);
  await expect.poll(() => output.stdout, { timeout: 10_000 }).toContain('line');
  child.stdout?.destroy();
  const { status, stderr } = await finished;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('-p traces one process and ends with it', async () => {
  const target = spawn('sh', ['-c', 'for i in 1 2 3 4 5 6 7 8 9 10; do : < /etc/hostname; sleep 0.2; done'], {
    stdio: 'ignore',
  });
  const { stdout, status } = await place.tstrace([
    '-p',
    String(target.pid),
    '-e',
    'tracepoint:syscalls:sys_enter_openat { @[pid] = count(); }',
  ]);
  expect(status).toBe(0);
  expect(stdout.match(/^@\[\d+\]: \d+$/gm)?.map((line) => line.replace(/: .*/, ''))).toEqual([
    `@[${target.pid}]`,
  ]);
});

test('headers of -I and --include, in their order', async () => {
  const folder = join(import.meta.dirname, '../headers');
  const script = 'begin { print((SHAPES_MAX, SQUARE, sizeof(struct shape_list))); exit(); }';
  const { stdout, status } = await place.tstrace([
    '-q',
    '-I',
    folder,
    '-I',
    '/nonexistent',
    '--include',
    'shapes.h',
    '--include',
    'stdint.h',
    '-e',
    script,
  ]);
  expect({ stdout: stdout.trim(), status }).toEqual({ stdout: '(12, SQUARE, 16)', status: 0 });
});

test.each(mistakes.map((mistake) => [mistake.args.join(' '), mistake] as const))(
  'a clear error: %s',
  async (_title, { args, environment, says }) => {
    const { stdout, stderr, status } = await place.tstrace(args, environment);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    for (const part of says) expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/^BUG|\bat .*\.m?js:\d+/m);
  },
);

test('--info tells what the machine has', async () => {
  const { stdout, stderr, status } = await place.tstrace(['--info']);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout.match(/^\S.*$/gm)).toEqual([
    'System',
    'Build',
    'Kernel helpers',
    'Kernel features',
    'Probe types',
  ]);
  for (const row of [
    /^ {2}OS +Linux \d/m,
    /^ {2}libLLVM +\d+ /m,
    /^ {2}ringbuf +yes$/m,
    /^ {2}uprobe +yes$/m,
  ])
    expect(stdout).toMatch(row);
});

test('a block that LLVM gives up on gets an error, not a crash', async () => {
  const lines = Array.from({ length: 4000 }, (_, index) => `@[${index}] = pid;`).join('\n');
  const { stderr, status } = await place.tstrace([
    '--mode',
    'codegen',
    '-e',
    `begin {\nif (pid) {\n${lines}\n}\n}\n`,
  ]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^stdin:1:1-6: ERROR: .*\[program-too-large\]\nbegin \{\n~~~~~\nHINT: /);
});

test('values that are all alive at one time and do not fit on the stack are told of the probe', async () => {
  const deep = `${'(int64)@c['.repeat(90)}1${']'.repeat(90)}`;
  const script = `end { }\nbegin { @c[1] = count(); print(${deep}); }`;
  const { stderr, status } = await place.tstrace(['--mode', 'codegen', '-e', script]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^stdin:2:1-6: ERROR: .*512 bytes of stack.*\[value-too-large\]\n/);
  expect(stderr).not.toContain('-mllvm');
});

test.each([
  ['/dev/zero', /^ERROR: \/dev\/zero is a device, not a script\nHINT: /],
  ['/tmp', /^ERROR: can't read \/tmp: it is a directory/],
])('%s is no script', async (path, message) => {
  const { stdout, stderr, status } = await place.tstrace([path]);
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
  expect(stderr).toMatch(message);
});

test('a probe in a folder is told what it names', async () => {
  const { stderr } = await place.tstrace(['-e', 'uprobe:/tmp:f { }']);
  expect(stderr).toMatch(/^stdin:1:8-12: ERROR: This is a folder, not a program or library: \/tmp /);
});

test('without privileges it says which are missing, and compiling alone needs none', async () => {
  const asNobody = (args: readonly string[]): Promise<Finished> =>
    start(args, {}, ['setpriv', '--reuid=65534', '--clear-groups']).finished;
  const refused = await asNobody(['-e', 'begin { exit(); }']);
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain('CAP_BPF');
  const compiled = await asNobody(['-d', 'codegen', '-e', 'kprobe:f < @x = 1 << 10; >']);
  expect(compiled.status).toBe(0);
  expect(compiled.stdout).toContain('define i64 @kprobe_f_1(ptr %ctx)');
});
