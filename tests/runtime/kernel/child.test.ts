/** Commands of -c and processes of -p, for real. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import type { Attachment } from '../../../src/plan/plan.ts';
import type { Command } from '../../../src/runtime/child.ts';
import { startCommand, watchProcess } from '../../../src/runtime/child.ts';
import { realBpf } from '../../../src/runtime/kernel/real-bpf.ts';
import { threadsOf } from '../../../src/system/proc/machine-files.ts';
import { countingBody, countsMap, handObject } from '../../support/hand-ir.ts';
import { countAt, mustAttach, mustLoad, openHandles, tracepointId } from '../../support/kernel.ts';
import { arrayPlan, planOf, programPlan } from '../../support/plans.ts';

const path = present(process.env['PATH'], 'PATH');

async function readyCommand(text: string): Promise<Command> {
  const command = startCommand(text, path);
  if (!command.ok) throw new Error(command.error.message);
  onTestFinished(() => command.value.finish());
  expect(await command.value.ready).toEqual({ ok: true, value: undefined });
  return command.value;
}

const ended = (command: Command): Promise<void> => new Promise((resolve) => command.onEnd(resolve));
const commOf = (pid: number): string => readFileSync(`/proc/${pid}/comm`, 'latin1').trim();

/** True once the process is gone or only waits to be reaped. */
async function isGone(pid: number): Promise<boolean> {
  for (let times = 0; times < 100; times++) {
    const status = existsSync(`/proc/${pid}/status`)
      ? readFileSync(`/proc/${pid}/status`, 'latin1')
      : 'State:\tZ';
    if (/^State:\s+[ZX]/m.test(status)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tstrace-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a command waits, keeps its process id when it starts, and its exit status is known', async () => {
  const file = join(scratchFolder(), 'pid');
  const command = await readyCommand(`sh -c 'echo $$ >${file}; exit 7'`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(existsSync(file)).toBe(false);
  expect(command.exitStatus).toBeUndefined();
  command.start();
  await ended(command);
  expect(Number(readFileSync(file, 'latin1'))).toBe(command.pid);
  expect(command.exitStatus).toBe(7);
});

test('arguments arrive as they are, and the socket that it waited on does not', async () => {
  const file = join(scratchFolder(), 'seen');
  const command = await readyCommand(
    `sh -c 'echo "$1" >${file}; test -e /proc/$$/fd/3 || echo closed >>${file}' x 'a  b $HOME *'`,
  );
  command.start();
  await ended(command);
  expect(readFileSync(file, 'latin1')).toBe('a  b $HOME *\nclosed\n');
});

test('a command that a signal ends has a status as shells count', async () => {
  const command = await readyCommand(`sh -c 'kill -TERM $$'`);
  command.start();
  await ended(command);
  expect(command.exitStatus).toBe(128 + 15);
});

test('a run that ends first ends the command, whether it has started or not', async () => {
  const waiting = await readyCommand('sleep 60');
  waiting.finish();
  await ended(waiting);
  expect(waiting.exitStatus).toBe(128 + 15);
  const running = await readyCommand('sleep 60');
  running.start();
  while (commOf(running.pid) !== 'sleep') await new Promise((resolve) => setTimeout(resolve, 5));
  running.finish();
  await ended(running);
  expect(running.exitStatus).toBe(128 + 15);
});

test("the command's own exec is seen once, and nothing else of it before", async () => {
  const command = await readyCommand('true');
  const execs: Attachment = {
    kind: 'tracepoint',
    category: 'sched',
    event: 'sched_process_exec',
    id: tracepointId('sched', 'sched_process_exec'),
  };
  const object = handObject([countsMap(4)], [{ name: 'counting', body: countingBody(0, command.pid) }]);
  const opened = openHandles();
  const loaded = mustLoad(
    opened,
    planOf([programPlan('counting', 'tracepoint', [execs])], [arrayPlan('counts', 4)]),
    object,
  );
  mustAttach(opened, loaded);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(countAt(loaded, 0)).toBe(0);
  command.start();
  await ended(command);
  expect(countAt(loaded, 0)).toBe(1);
});

/** The code of a process that starts a command as tstrace does, tells its process id, and stays. */
function starter(start: boolean): string {
  return `
    import { startCommand } from ${JSON.stringify(join(import.meta.dirname, '../../../src/runtime/child.ts'))};
    const command = startCommand('sleep 60', process.env.PATH);
    await command.value.ready;
    ${start ? 'command.value.start();' : ''}
    console.log(command.value.pid);
    setInterval(() => {}, 1000);
  `;
}

test.each([
  ['waits', false],
  ['runs', true],
])('if tstrace is killed, a command that %s ends too', async (_, start) => {
  const bundle = await import('esbuild').then(({ build }) =>
    build({
      stdin: { contents: starter(start), resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
      external: ['koffi'],
    }),
  );
  const parent = spawn(
    process.execPath,
    ['--input-type=module', '-e', present(bundle.outputFiles[0], 'bundle').text],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [data] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(data.toString());
  expect(pid).toBeGreaterThan(1);
  if (start) while (commOf(pid) !== 'sleep') await new Promise((resolve) => setTimeout(resolve, 5));
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  expect(await isGone(pid)).toBe(true);
});

test('the end of a watched process is noticed at once', async () => {
  const sleeper = spawn('sleep', ['60'], { stdio: 'ignore' });
  const opened = openHandles();
  const target = watchProcess(realBpf, opened.handles, present(sleeper.pid, 'process id'));
  if (!target.ok) throw new Error(target.error.message);
  const noticed = new Promise<void>((resolve) => target.value.onEnd(resolve));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const start = performance.now();
  sleeper.kill('SIGKILL');
  await noticed;
  expect(performance.now() - start).toBeLessThan(500);
});

test('a process that does not exist and one that is a thread are told apart', () => {
  const opened = openHandles();
  const thread = present(
    threadsOf(process.pid).find((id) => id !== process.pid),
    "a thread of Node's",
  );
  const messages = [0x3fffff, thread].map((pid) => {
    const watched = watchProcess(realBpf, opened.handles, pid);
    return watched.ok ? '' : watched.error.message;
  });
  expect(messages[0]).toMatch(/no process/);
  expect(messages[1]).toMatch(/is a thread/);
});
