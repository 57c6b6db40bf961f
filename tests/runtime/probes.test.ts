/** Probes of processes that run already, on this machine's own kernel. */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Place } from '../support/end-to-end.ts';
import { buildHere } from '../support/run-here.ts';

let place: Place;

beforeAll(async () => {
  place = await buildHere();
});

/** A process that calls its own `tick` every 10 ms until the test ends. */
async function startTicker(command: readonly string[] = [join(place.programs, 'ticker')]): Promise<number> {
  const [program = '', ...args] = command;
  const target = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void target.stdin.end());
  await new Promise((resolve) => target.stdout.once('data', resolve));
  return target.pid ?? 0;
}

/** What a script printed about a process. */
async function traced(pid: number, script: string): Promise<readonly string[]> {
  const { stdout } = await place.tstrace(['-q', '-p', String(pid), '-e', script]);
  return stdout.trim().split('\n');
}

test("-p alone means the process's own program, and * all that it has mapped", async () => {
  const lines = await traced(
    await startTicker(),
    'uprobe:tick { @own++; if (@own == 5) { exit(); } } uprobe:*:tick { @all[probe] = 1; }',
  );
  expect(lines).toEqual([`@all[uprobe:${realpathSync(place.programs)}/ticker:tick]: 1`, '@own: 5']);
});

test("-p finds programs by the names that the process's own file system has for them", async () => {
  // Within the namespace, the programs lie in a folder that is empty outside.
  const folder = mkdtempSync(join(tmpdir(), 'tstrace-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const inside = `mount --bind ${place.programs} ${folder} && exec ${folder}/ticker`;
  const pid = await startTicker(['unshare', '--mount', 'sh', '-c', inside]);
  const script = (target: string): string => `uprobe:${target} { @n++; if (@n == 3) { exit(); } }`;
  expect(await traced(pid, script(`${folder}/ticker:tick`))).toEqual(['@n: 3']);
  expect(await traced(pid, script('tick'))).toEqual(['@n: 3']);
});

test('a uprobe at an address is at the instruction that lies there', async () => {
  const program = join(place.programs, 'reader');
  const symbols = execFileSync('nm', [program], { encoding: 'utf8' });
  const address = /^([0-9a-f]+) T add_up$/m.exec(symbols)?.[1];
  const { stdout } = await place.tstrace([
    '-q',
    '-c',
    `${program} 7 512`,
    '-e',
    `uprobe:${program}:0x${address} { @ = sum(arg0); }`,
  ]);
  expect(stdout.trim()).toBe('@: 21');
});

test('a hardware event is sampled, and where the machine has no counters, that is told', async () => {
  const hasCounters = existsSync('/sys/bus/event_source/devices/cpu');
  const { stdout, stderr, status } = await place.tstrace([
    '-q',
    '-c',
    `${place.programs}/flood 400000`,
    '-e',
    'hardware:cpu-cycles:100000 { @ = count(); }',
  ]);
  const told = hasCounters ? '' : 'this machine has no such event';
  expect({ status, told: stderr.includes(told), counted: /^@: \d+$/m.test(stdout) }).toEqual({
    status: hasCounters ? 0 : 1,
    told: true,
    counted: hasCounters,
  });
});

test("a walk of one process's mappings sees what /proc shows", async () => {
  const pid = await startTicker();
  const lines = await traced(
    pid,
    'iter:task_vma { printf("%x-%x\\n", ctx.vma->vm_start, ctx.vma->vm_end); }',
  );
  const maps = readFileSync(`/proc/${pid}/maps`, 'latin1').match(/^[0-9a-f]+-[0-9a-f]+/gm);
  // The page of old system calls is shown, but is no mapping of the process.
  expect(lines).toEqual(maps?.filter((range) => !range.startsWith('ffffffff')));
});

test("a walk of one process's files and tasks sees them all, each once", async () => {
  const pid = await startTicker();
  expect(await traced(pid, 'iter:task_file { print(ctx.fd); }')).toEqual(readdirSync(`/proc/${pid}/fd`));
  expect(await traced(pid, 'iter:task { print(ctx.task->comm); }')).toEqual(['ticker']);
});

test('a walk ends with the error that says why it can not go on', async () => {
  const line = 'x'.repeat(1000);
  const { status, stderr } = await place.tstrace([
    '-q',
    '-e',
    `iter:task { unroll(40) { printf("%s", "${line}"); } }`,
  ]);
  expect(status).toBe(1);
  expect(stderr).toContain('32 KiB');
});

test('a uprobe within an instruction is refused, and the program does not run', async () => {
  const reader = join(place.programs, 'reader');
  // The first instruction takes three bytes.
  const script = `uprobe:${reader}:add_up+2 { @ = count(); }`;
  const { status, stdout, stderr } = await place.tstrace(['-c', `${reader} 7 512`, '-e', script]);
  expect(stderr).toContain(`ERROR: No instruction begins at ${reader}:add_up+2`);
  expect(stderr).toContain('HINT: Instructions begin 2 before it and 1 behind it (bytes).');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});
