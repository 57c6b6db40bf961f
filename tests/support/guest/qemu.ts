/**
 * One QEMU process: started with its console, its control channel and the agent's channel as inherited sockets, so
 * there are no socket files to clean up, and it ends with the process that started it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';

import type { Tools } from './tools.ts';

export interface Machine {
  readonly kernelImage: string;
  readonly initramfs: string;
  readonly rootImage: string;
  readonly projectImage: string;
  readonly cpus: number;
  readonly memoryMb: number;
  /** The file of a saved state to start from, instead of booting. */
  readonly snapshot?: string;
}

export interface Qemu {
  /** The byte stream of the virtio port on which the agent talks. */
  readonly agent: Duplex;
  /** All that the guest's console has shown. */
  readonly console: () => string;
  /** Fulfilled when QEMU has ended, with a phrase that says how. */
  readonly ended: Promise<string>;
  /** Let a restored guest run. Rejects if the state could not be loaded. */
  resume(): Promise<void>;
  /** Stop the guest and write its state to a file. It does not run on. */
  save(path: string): Promise<void>;
  /** End it at once; idempotent. */
  kill(): Promise<void>;
}

/** The arguments that shape the guest: a snapshot fits only a machine that was started with the same. */
export function machineArguments(
  machine: Omit<Machine, 'rootImage' | 'projectImage' | 'snapshot'>,
): readonly string[] {
  // A soft lock-up or an RCU stall in a software-emulated guest says only that the host is busy.
  const quiet = 'quiet loglevel=4 nowatchdog rcupdate.rcu_cpu_stall_suppress=1';
  const commandLine = `console=ttyS0 panic=-1 oops=panic mitigations=off tsc=reliable no_timer_check ${quiet}`;
  return [
    ...['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'max'],
    ...['-smp', String(machine.cpus), '-m', `${machine.memoryMb}M`],
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-kernel', machine.kernelImage, '-initrd', machine.initramfs, '-append', commandLine],
  ];
}

export function startQemu(machine: Machine, tools: Tools): Qemu {
  const args = [
    ...tools.firmwareDirectories.flatMap((path) => ['-L', path]),
    ...machineArguments(machine),
    ...driveArguments('root', machine.rootImage),
    ...driveArguments('project', machine.projectImage),
    ...['-chardev', 'socket,id=console,fd=3', '-serial', 'chardev:console'],
    ...['-chardev', 'socket,id=control,fd=4', '-mon', 'chardev=control,mode=control'],
    ...['-chardev', 'socket,id=agent,fd=5', '-device', 'virtio-serial-pci'],
    ...['-device', 'virtserialport,chardev=agent,name=agent'],
    ...(machine.snapshot === undefined ? [] : ['-incoming', 'defer']),
  ];
  // setpriv makes the kernel end QEMU when its parent dies, however that happens (prctl(2), PR_SET_PDEATHSIG).
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', tools.qemu, ...args], {
    env: { ...process.env, ...tools.env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  return superviseQemu(child, machine.snapshot);
}

function driveArguments(id: string, path: string): readonly string[] {
  return [
    ...['-drive', `id=${id},file=${path},if=none,format=raw,readonly=on`],
    ...['-device', `virtio-blk-pci,drive=${id}`],
  ];
}

function superviseQemu(child: ChildProcess, snapshot: string | undefined): Qemu {
  const shown: Buffer[] = [];
  const said: Buffer[] = [];
  const consoleStream = channel(child, 3);
  consoleStream.on('data', (chunk: Buffer) => shown.push(chunk));
  child.stdout?.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`QEMU could not be started: ${error.message}`));
    child.on('close', (status, signal) => {
      resolve(`QEMU ended (${signal ?? `status ${status}`}) ${Buffer.concat(said).toString().trim()}`.trim());
    });
  });
  const control = controlChannel(channel(child, 4), ended);
  return {
    agent: channel(child, 5),
    console: () => Buffer.concat(shown).toString('latin1').replaceAll('\r', ''),
    ended,
    async resume() {
      if (snapshot !== undefined) await transfer(control, 'migrate-incoming', snapshot);
      await control('cont');
    },
    async save(path) {
      await control('stop');
      await transfer(control, 'migrate', path);
    },
    async kill() {
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
        await once(child, 'close');
    },
  };
}

function channel(child: ChildProcess, fd: number): Duplex {
  const stream = child.stdio[fd];
  if (stream === null || stream === undefined || !('write' in stream))
    throw new Error(`no channel ${fd} to QEMU`);
  const duplex = stream as Duplex;
  // When QEMU dies while we write, `ended` says so.
  duplex.on('error', () => undefined);
  return duplex;
}

type Control = (command: string, values?: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** QEMU's machine protocol: one JSON object a line, answers in the order of the commands, events in between. */
function controlChannel(stream: Duplex, ended: Promise<string>): Control {
  const waiting: ((answer: ControlAnswer) => void)[] = [];
  onLines(stream, (line) => {
    const message = JSON.parse(line) as ControlAnswer;
    if ('return' in message || message.error !== undefined) waiting.shift()?.(message);
  });
  const control: Control = async (command, values = {}) => {
    const answer = new Promise<ControlAnswer>((resolve) => waiting.push(resolve));
    stream.write(`${JSON.stringify({ execute: command, arguments: values })}\n`);
    const first = await Promise.race([answer, ended]);
    if (typeof first === 'string') throw new Error(first);
    if (first.error !== undefined) throw new Error(`QEMU refuses ${command}: ${first.error.desc}`);
    return first.return;
  };
  // Nothing else is accepted before it.
  control('qmp_capabilities').catch(() => undefined);
  return control;
}

interface ControlAnswer {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

/** Save or load the guest's state, to the end. */
async function transfer(
  control: Control,
  command: 'migrate' | 'migrate-incoming',
  path: string,
): Promise<void> {
  // The default limit is meant for networks.
  await control('migrate-set-parameters', { 'max-bandwidth': 2 ** 40 });
  await control(command, { uri: `file:${path}` });
  for (;;) {
    const state = (await control('query-migrate')) as {
      readonly status?: string;
      readonly 'error-desc'?: string;
    };
    if (state.status === 'completed') return;
    if (state.status === 'failed')
      throw new Error(`QEMU could not ${command} ${path}: ${state['error-desc'] ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Call `take` with each whole line of a stream of ASCII text. */
export function onLines(stream: Duplex, take: (line: string) => void): void {
  const parts: string[] = [];
  stream.on('data', (chunk: Buffer) => {
    const lines = chunk.toString('latin1').split('\n');
    for (const [at, line] of lines.entries()) {
      parts.push(line);
      if (at === lines.length - 1) return;
      const whole = parts.splice(0).join('');
      if (whole.trim() !== '') take(whole);
    }
  });
}
