/**
 * A guest kernel to run things in: `const guest = await bootGuest({ kernel: '6.12' })`. The first guest of its shape is
 * booted and its state saved; every later one is restored from that in less than a second. Knows nothing of tests.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { connectAgent, type AgentClient, type AgentMessage, type CommandExit } from './agent-client.ts';
import { cacheDirectory, exists, fingerprint, keyOf, prune } from './cache.ts';
import { ensureKernel, readLock } from './fetch-kernel.ts';
import {
  ensureBlankImage,
  ensureInitramfs,
  ensureProjectImage,
  ensureRootImage,
  type ProjectFiles,
} from './image.ts';
import { machineArguments, startQemu, type Machine, type Qemu } from './qemu.ts';
import { ensureTools, type Tools } from './tools.ts';

export interface GuestOptions {
  /** A series of kernels.lock.json; its default if absent. */
  readonly kernel?: string;
  readonly cpus?: 1 | 2 | 4;
  readonly memoryMb?: number;
  /** What lies below /project, read-only; nothing if absent. */
  readonly project?: ProjectFiles;
  /** Hears what takes long: fetching, building, booting. */
  readonly say?: (line: string) => void;
}

export interface CommandOptions {
  /** When the time is over, the command and all of its process group are killed and `timedOut` is set. */
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string | Uint8Array;
}

export interface CommandResult extends CommandExit {
  readonly stdout: string;
  readonly stderr: string;
  /** The same output where its exact bytes matter. */
  readonly stdoutBytes: Buffer;
}

export interface RunningCommand {
  readonly pid: number;
  /** What it has written so far, both streams. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Wait until its output (either stream) contains a text. Rejects if it ends first, or after `timeoutMs`. */
  waitForOutput(text: string | RegExp, timeoutMs?: number): Promise<void>;
  signal(name: NodeJS.Signals): Promise<void>;
  /** Write to its standard input; `end` closes it. */
  input(data: string | Uint8Array, end?: boolean): Promise<void>;
  /** Wait for its end. */
  wait(): Promise<CommandResult>;
}

export interface Guest {
  /** The series that was asked for, and what `uname -r` says. */
  readonly kernel: string;
  readonly release: string;
  /** Run a command to its end. Rejects with GuestFailure if the guest itself fails or the program cannot be started. */
  run(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Start a command and leave it running. Its standard input stays open unless `stdin` is given. */
  spawn(argv: readonly string[], options?: CommandOptions): Promise<RunningCommand>;
  writeFile(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  readFile(path: string): Promise<Buffer>;
  console(): string;
  close(): Promise<void>;
}

/** The guest failed, rather than what ran in it: a panic, a hang. The message ends with what its console showed. */
export class GuestFailure extends Error {
  override readonly name = 'GuestFailure';
}

const commandTimeoutMs = 60_000;
const bootTimeoutMs = 120_000;
const requestTimeoutMs = 30_000;
/** How much longer than a command's own time-out the guest may take before it counts as hung. */
const graceMs = 15_000;
const memoryMbDefault = 1024;
const consoleLinesMax = 40;
const crashSign = /Kernel panic|BUG:|Oops:|KASAN:/;

/** Boot or restore a guest. The caller owns it and must close it. */
export async function bootGuest(options: GuestOptions = {}): Promise<Guest> {
  const prepared = await prepareGuest(options);
  return restoreGuest(prepared).catch(async (error: unknown) => {
    // A saved state may not fit this host (another QEMU build, a file cut short): boot once more, then it must work.
    prepared.say(`the saved guest does not start, booting anew: ${String(error)}`);
    await rm(prepared.snapshot, { force: true });
    await saveSnapshot(prepared);
    return restoreGuest(prepared);
  });
}

export interface PreparedGuest {
  readonly series: string;
  readonly release: string;
  readonly machine: Machine;
  readonly snapshot: string;
  readonly tools: Tools;
  readonly hasProject: boolean;
  readonly say: (line: string) => void;
}

/** Fetch, build and save all that a guest of this shape needs, so that the next one only has to be restored. */
export async function prepareGuest(options: GuestOptions = {}): Promise<PreparedGuest> {
  const say = options.say ?? ((line) => process.stderr.write(`guest: ${line}\n`));
  const series = options.kernel ?? (await readLock()).default;
  const tools = await ensureTools(say);
  const kernel = await ensureKernel(series, say);
  const initramfs = await ensureInitramfs(kernel, tools);
  const rootImage = await ensureRootImage(tools, say);
  const blank = await ensureBlankImage();
  const shape = {
    kernelImage: kernel.image,
    initramfs,
    cpus: options.cpus ?? 2,
    memoryMb: options.memoryMb ?? memoryMbDefault,
  };
  const machine = { ...shape, rootImage, projectImage: blank };
  const key = keyOf([tools.qemuVersion, kernel.version, machineArguments(shape), await fingerprint(rootImage)]);
  const prefix = `${series}-${shape.cpus}cpu-${shape.memoryMb}mb-`;
  const snapshot = join(cacheDirectory(), 'snapshots', `${prefix}${key}`);
  const prepared = { series, release: kernel.release, machine, snapshot, tools, hasProject: false, say };
  if (!(await exists(snapshot))) await saveSnapshot(prepared);
  if (options.project === undefined) return prepared;
  const projectImage = await ensureProjectImage(options.project, tools);
  return { ...prepared, machine: { ...machine, projectImage }, hasProject: true };
}

/** Boot, wait for the agent, and save the state. */
async function saveSnapshot({ series, machine, snapshot, tools, say }: PreparedGuest): Promise<void> {
  say(`booting ${series} with ${machine.cpus} CPUs once, to save its state`);
  await mkdir(dirname(snapshot), { recursive: true });
  const qemu = startQemu({ ...machine, projectImage: await ensureBlankImage() }, tools);
  try {
    await qemu.resume();
    await guarded(qemu, 'booting', connectAgent(qemu.agent).ready, bootTimeoutMs);
    const temporary = `${snapshot}.${process.pid}.tmp`;
    await qemu.save(temporary);
    await rename(temporary, snapshot);
  } finally {
    await qemu.kill();
  }
  const name = snapshot.slice(dirname(snapshot).length + 1);
  await prune(dirname(snapshot), name.slice(0, name.lastIndexOf('-') + 1), name);
}

async function restoreGuest(prepared: PreparedGuest): Promise<Guest> {
  const { series, release, machine, snapshot, tools, hasProject } = prepared;
  const qemu = startQemu({ ...machine, snapshot }, tools);
  try {
    await qemu.resume();
    const agent = connectAgent(qemu.agent);
    const greeting = agent.ask({ op: 'attach', time: Math.floor(Date.now() / 1000), project: hasProject });
    await guarded(qemu, 'waking up', greeting, requestTimeoutMs);
    return guestOver(qemu, agent, series, release);
  } catch (error) {
    await qemu.kill();
    throw error;
  }
}

function guestOver(qemu: Qemu, agent: AgentClient, kernel: string, release: string): Guest {
  const ask = (request: Readonly<Record<string, unknown>>): Promise<AgentMessage> =>
    guarded(qemu, `answering '${String(request['op'])}'`, agent.ask(request), requestTimeoutMs);
  return {
    kernel,
    release,
    async run(argv, options = {}) {
      const command = startCommand(qemu, agent, ask, argv, { stdin: '', ...options });
      return command.wait();
    },
    async spawn(argv, options = {}) {
      const command = startCommand(qemu, agent, ask, argv, options);
      const pid = await command.pid();
      return { ...command, pid };
    },
    async writeFile(path, content, mode = 0o644) {
      await ask({ op: 'write', path, mode, data: base64(content) });
    },
    async readFile(path) {
      const { data } = await ask({ op: 'read', path });
      return Buffer.from(data ?? '', 'base64');
    },
    console: qemu.console,
    close: qemu.kill,
  };
}

type StartedCommand = Omit<RunningCommand, 'pid'> & { readonly pid: () => Promise<number> };

function startCommand(
  qemu: Qemu,
  agent: AgentClient,
  ask: (request: Readonly<Record<string, unknown>>) => Promise<AgentMessage>,
  argv: readonly string[],
  options: CommandOptions,
): StartedCommand {
  const what = `running ${argv.join(' ')}`;
  const timeoutMs = options.timeoutMs ?? commandTimeoutMs;
  const request = { op: 'run', argv, timeoutMs, env: options.env, cwd: options.cwd };
  const stdin = options.stdin === undefined ? {} : { stdin: base64(options.stdin) };
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const listeners = new Set<() => void>();
  const output = (): { stdout: string; stderr: string } => ({ stdout: text(stdout), stderr: text(stderr) });
  const pid = deferred<number>();
  const exit = deferred<CommandExit>();
  const take = (message: AgentMessage): boolean => {
    if (message.pid !== undefined) pid.resolve(message.pid);
    if (message.stdout !== undefined) stdout.push(Buffer.from(message.stdout, 'base64'));
    if (message.stderr !== undefined) stderr.push(Buffer.from(message.stderr, 'base64'));
    if (message.error !== undefined) {
      const failure = new GuestFailure(`${what}: ${message.error}`);
      pid.reject(failure);
      exit.reject(failure);
    }
    if (message.exit !== undefined) exit.resolve(message.exit);
    for (const listener of listeners) listener();
    return message.exit !== undefined || message.error !== undefined;
  };
  const target = agent.send({ ...request, ...stdin }, take);
  const ended = guarded(qemu, what, exit.promise, timeoutMs + graceMs);
  // Whoever never waits for the command has chosen not to hear of its end.
  ended.catch(() => undefined);
  return {
    output,
    pid: () => guarded(qemu, what, pid.promise, requestTimeoutMs),
    async waitForOutput(wanted, waitMs = timeoutMs) {
      const found = (): boolean => Object.values(output()).some((said) => said.search(wanted) >= 0);
      await new Promise<void>((resolve, reject) => {
        const listener = (): void => {
          if (!found()) return;
          clearTimeout(timer);
          listeners.delete(listener);
          resolve();
        };
        const give = (why: string): void => {
          listeners.delete(listener);
          reject(new Error(`${what}: ${why} without writing ${String(wanted)}${quote(output())}`));
        };
        const timer = setTimeout(give, waitMs, `${waitMs} ms passed`);
        listeners.add(listener);
        listener();
        ended.then(
          () => give('it ended'),
          (error: unknown) => give(String(error)),
        );
      });
    },
    async signal(name) {
      await ask({ op: 'signal', target, signal: name });
    },
    async input(data, end = false) {
      await ask({ op: 'input', target, data: base64(data), end });
    },
    async wait() {
      const result = await ended;
      return { ...result, ...output(), stdoutBytes: Buffer.concat(stdout) };
    },
  };
}

/** Wait for something that needs a living guest: rejects if the guest dies, panics or takes too long. */
async function guarded<T>(qemu: Qemu, what: string, work: Promise<T>, timeoutMs: number): Promise<T> {
  const timer = deferred<never>();
  const timeout = setTimeout(() => timer.reject(failure(qemu, `${what}: no answer in ${timeoutMs} ms`)), timeoutMs);
  const death = qemu.ended.then((how) => Promise.reject<never>(failure(qemu, `${what}: ${how}`)));
  try {
    const value = await Promise.race([work, death, timer.promise]);
    if (crashSign.test(qemu.console())) throw failure(qemu, `${what}: the guest kernel has crashed`);
    return value;
  } finally {
    clearTimeout(timeout);
  }
}

/** The error with what the console showed: from the first sign of a crash if there is one, else the end. */
function failure(qemu: Qemu, what: string): GuestFailure {
  const lines = qemu.console().trimEnd().split('\n');
  const crash = lines.findIndex((line) => crashSign.test(line));
  const shown = crash >= 0 ? lines.slice(crash, crash + consoleLinesMax) : lines.slice(-consoleLinesMax);
  return new GuestFailure(`${what}\nThe guest's console:\n  ${shown.join('\n  ')}`);
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((give, refuse) => {
    resolve = give;
    reject = refuse;
  });
  // A failure that nobody waits for is not an error of the process.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

function quote({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  return `\nstdout: ${stdout}\nstderr: ${stderr}`;
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}

function base64(content: string | Uint8Array): string {
  return Buffer.from(content).toString('base64');
}
