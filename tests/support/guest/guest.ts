/**
 * A guest kernel to run things in: `const guest = await bootGuest({ kernel: '6.12' })`. The first guest of its shape is
 * booted and its state saved; every later one is restored from that in less than a second. Knows nothing of tests.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { connectAgent, type AgentClient, type AgentMessage, type AgentRequest } from './agent-client.ts';
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
import {
  startCommand,
  type Alive,
  type CommandOptions,
  type CommandResult,
  type RunningCommand,
} from './running-command.ts';
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

export interface Guest {
  /** The series that was asked for, and what `uname -r` says. */
  readonly kernel: string;
  readonly release: string;
  /** Run a command to its end. Rejects with GuestFailure if the guest fails, with another Error if the program is missing. */
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

const bootTimeoutMs = 120_000;
const requestTimeoutMs = 30_000;
const memoryMbDefault = 1024;
const consoleLinesMax = 40;
const warmUp = [['true'], ['node', '-e', '1'], ['true']] as const;
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
  const key = keyOf([
    tools.qemuVersion,
    kernel.version,
    machineArguments(shape),
    await fingerprint(rootImage),
  ]);
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
    const agent = connectAgent(qemu.agent);
    const release = await guarded(qemu, 'booting', agent.ready, bootTimeoutMs);
    // What is loaded and compiled before the state is saved need not be in every restored guest.
    const guest = guestOver(qemu, agent, series, release);
    for (const command of warmUp) await guest.run(command);
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
  const alive: Alive = (what, work, timeoutMs) => guarded(qemu, what, work, timeoutMs);
  const ask = (request: AgentRequest): Promise<AgentMessage> =>
    alive(`asking the agent to ${request.op}`, agent.ask(request), requestTimeoutMs);
  return {
    kernel,
    release,
    run: (argv, options = {}) => startCommand(agent, alive, argv, { stdin: '', ...options }).wait(),
    spawn: (argv, options = {}) => startCommand(agent, alive, argv, options).started(),
    async writeFile(path, content, mode = 0o644) {
      await ask({ op: 'write', path, mode, data: Buffer.from(content).toString('base64') });
    },
    async readFile(path) {
      const { data } = await ask({ op: 'read', path });
      return Buffer.from(data ?? '', 'base64');
    },
    console: qemu.console,
    close: qemu.kill,
  };
}

/** Wait for something that needs a living guest: rejects if the guest dies, panics or takes too long. */
async function guarded<T>(qemu: Qemu, what: string, work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure(qemu, `${what}: no answer in ${timeoutMs} ms`)), timeoutMs);
  });
  const death = qemu.ended.then((how) => Promise.reject<never>(failure(qemu, `${what}: ${how}`)));
  try {
    const value = await Promise.race([work, death, timeout]);
    if (crashSign.test(qemu.console())) throw failure(qemu, `${what}: the guest kernel has crashed`);
    return value;
  } finally {
    clearTimeout(timer);
  }
}

/** The error with what the console showed: from the first sign of a crash if there is one, else the end. */
function failure(qemu: Qemu, what: string): GuestFailure {
  const lines = qemu.console().trimEnd().split('\n');
  const crash = lines.findIndex((line) => crashSign.test(line));
  const shown = crash >= 0 ? lines.slice(crash, crash + consoleLinesMax) : lines.slice(-consoleLinesMax);
  return new GuestFailure(`${what}\nThe guest's console:\n  ${shown.join('\n  ')}`);
}
