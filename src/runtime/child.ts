/**
 * The process that a run is about: a command of ours (-c), held back until probes are attached; or a process that runs already (-p).
 *
 * How a command is held back, with nothing but what every Debian has: `setpriv --pdeathsig TERM` runs /bin/sh, which says on a socket that
 * it is there, waits for a line, and then becomes the command by exec. So
 * - its process id is known before anything is compiled, and stays the command's;
 * - if tstrace dies by whatever means, the waiting shell reads the end of the socket and exits, and the running command gets SIGTERM
 *   (not if it is set-user-id: the kernel clears the death signal then);
 * - once `ready`, exactly one exec is still to come, that of the command itself: scripts that trace exec see it once. Until then the
 *   process is called sh;
 * - the command's argv[0] is the path that was found, it has our standard streams (its output goes to stderr where ours is to be read by
 *   a program) and environment, and no descriptor beyond.
 */

import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { assert, present } from '../base/assert.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnostic } from '../base/diagnostic.ts';
import type { Result, SysError } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import { executableProblem, findProgram, isBusybox } from '../system/proc/process.ts';
import type { BpfApi } from './bpf-api.ts';
import { callText } from './causes.ts';
import type { Handles } from './handles.ts';

/** A process that a run starts with and ends with. */
export interface TargetProcess {
  readonly pid: number;
  /** Lets a command that waits go on; nothing for a process that ran before us. */
  start(): Result<void, SysError>;
  /** Calls back when it has ended; soon if it has already. */
  onEnd(act: () => void): void;
  /** The run is over: a command that still runs gets SIGTERM. */
  finish(): void;
}

export interface Command extends TargetProcess {
  /** Settles when the command waits for its start: attach and start only then. Fails if it can't be had. */
  readonly ready: Promise<Result<void, Diagnostic>>;
  /** How it ended, once it has: its exit code, or 128 and the signal's number added, as shells count. */
  readonly exitStatus: number | undefined;
  /** What is not as it should be, for -v: no death signal. */
  readonly notes: readonly string[];
}

const shell = '/bin/sh';
/** The shell has said that it is there before it waits; the end of the socket means that we are gone. */
const waitThenRun = 'echo >&3; read -r start <&3 || exit 125; exec "$@" 3>&-';
/** Which of the child's descriptors the socket is. */
const socketFd = 3;

/**
 * Start a command, held back. `searchPath` is PATH; its standard output is ours, or goes where errors go. Fails if the text isn't a
 * command or there is no such program.
 */
export function startCommand(
  text: string,
  searchPath: string,
  stdout: 'stdout' | 'stderr' = 'stdout',
): Result<Command, Diagnostic> {
  const words = splitWords(text);
  if (!words.ok) return failed(problem(`-c: ${words.error}`, []));
  const [name, ...args] = words.value;
  if (name === undefined)
    return failed(problem('-c: the command is empty', ["Give a program and its arguments: -c 'ls -l'."]));
  const path = findProgram(name, searchPath);
  if (path === undefined) return failed(notFound(name));
  const found = findProgram('setpriv', searchPath);
  // Busybox's knows no death signal.
  const setpriv = found === undefined || isBusybox(found) ? undefined : found;
  const guard = setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'TERM', '--'];
  const [program = shell, ...rest] = [...guard, shell, '-c', waitThenRun, 'sh', path, ...args];
  // Loaded here: it takes milliseconds, and a start-up snapshot can't hold it.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(program, rest, {
    stdio: ['inherit', stdout === 'stdout' ? 1 : 2, 'inherit', 'pipe'],
  });
  const notes =
    setpriv === undefined
      ? ['There is no setpriv (util-linux): the command goes on if tstrace is killed.']
      : [];
  // Without a process id, spawn has failed; Node tells why in an event that must be listened to.
  if (child.pid === undefined) {
    child.on('error', () => undefined);
    return failed(problem(`-c: ${program} can't be started`, []));
  }
  return ok(new HeldCommand(child, child.pid, notes));
}

/** Words as a shell splits them: at spaces, but not within quotes or behind a backslash. Nothing else is special. */
export function splitWords(text: string): Result<readonly string[], string> {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === quote) quote = undefined;
    else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (character === '\\' && quote !== "'" && index + 1 < text.length)
      word = (word ?? '') + text.charAt(++index);
    else word = (word ?? '') + character;
  }
  if (quote !== undefined) return failed(`a ${quote} is not closed in the command`);
  return ok(word === undefined ? words : [...words, word]);
}

/** Watch a process that runs already. `handles` owns what it takes. */
export function watchProcess(bpf: BpfApi, handles: Handles, pid: number): Result<TargetProcess, Diagnostic> {
  const opened = bpf.openProcess(pid);
  if (!opened.ok) return failed(notWatchable(pid, opened.error));
  const fd = handles.own(opened.value, `process ${pid}`);
  return ok({
    pid,
    start: () => ok(undefined),
    onEnd: (act) => {
      let watching = true;
      const stop = (): void => {
        if (watching) watch.close();
        watching = false;
      };
      const watch = bpf.watchReadable(fd, () => {
        stop();
        act();
      });
      handles.ownOther(`watch of process ${pid}`, stop);
    },
    finish: () => undefined,
  });
}

class HeldCommand implements Command {
  readonly pid: number;
  readonly ready: Promise<Result<void, Diagnostic>>;
  readonly notes: readonly string[];
  readonly #child: ChildProcess;
  readonly #socket: Duplex;
  readonly #ended: Promise<void>;
  #exitStatus: number | undefined;

  constructor(child: ChildProcess, pid: number, notes: readonly string[]) {
    const socket = child.stdio[socketFd];
    assert(socket !== null && socket !== undefined && 'write' in socket, 'the child has a socket');
    this.pid = pid;
    this.notes = notes;
    this.#child = child;
    // Node types the extra streams as readable or writable; a pipe is a socket, and both.
    this.#socket = socket as Duplex;
    this.#socket.on('error', () => undefined); // the shell is gone, which `ended` tells
    this.#ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exitStatus = code ?? 128 + signalNumber(signal);
        resolve();
      });
    });
    this.ready = Promise.race([
      new Promise<Result<void, Diagnostic>>((resolve) =>
        this.#socket.once('data', () => resolve(ok(undefined))),
      ),
      this.#ended.then(() =>
        failed(problem(`-c: the command ended before it was started, with status ${this.#exitStatus}`, [])),
      ),
    ]);
  }

  get exitStatus(): number | undefined {
    return this.#exitStatus;
  }

  start(): Result<void, SysError> {
    this.#socket.end('\n');
    return ok(undefined);
  }

  onEnd(act: () => void): void {
    void this.#ended.then(act);
  }

  finish(): void {
    if (this.#exitStatus === undefined) this.#child.kill('SIGTERM');
    this.#socket.destroy();
    this.#child.unref();
  }
}

function signalNumber(signal: NodeJS.Signals | null): number {
  const { constants } = process.getBuiltinModule('node:os');
  return present(constants.signals[present(signal, 'a signal')], "a signal's number");
}

function notFound(name: string): Diagnostic {
  if (!name.includes('/'))
    return problem(`-c: there is no program '${name}' in PATH`, [
      'Name it by its path, or see that it is installed.',
    ]);
  return executableProblem(name) === 'not-executable'
    ? problem(`-c: '${name}' is not a program that can be run`, [
        'It must be a file with execute permission.',
      ])
    : problem(`-c: there is no file '${name}'`, []);
}

function notWatchable(pid: number, error: SysError): Diagnostic {
  switch (error.name) {
    case 'ESRCH':
      return problem(`-p: there is no process ${pid}`, []);
    // Of a thread: EINVAL until 6.8, ENOENT by 6.18 (kernel/pid.c, pidfd_prepare).
    case 'EINVAL':
    case 'ENOENT':
      return problem(`-p: ${pid} is a thread, not a process`, [
        `Give the process that it belongs to (Tgid in /proc/${pid}/status).`,
      ]);
    default:
      return problem(`-p: process ${pid} can't be watched (${callText(error)})`, []);
  }
}

function problem(message: string, hints: readonly string[]): Diagnostic {
  return diagnostic('error', 'bad-option', message, undefined, { hints });
}
