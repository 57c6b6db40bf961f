/** The real world: arguments, environment, files, streams. Made once and handed down; nothing else touches node:process. */

import fs from 'node:fs';
import os from 'node:os';
import process from 'node:process';
import type { Result, SysError } from '../base/result.ts';
import { bytesFromText, textFromBytes } from '../base/script-bytes.ts';
import type { SelfSignal } from '../plan/plan.ts';
import { selfSignals } from '../plan/plan.ts';
import { attempt } from '../system/attempt.ts';
import { readBounded, readStdinBounded } from '../system/read-bounded.ts';
import type { Environment } from './settings.ts';

/** A place to write to. `write` is write(2): it may take less than it is given. Throws as node:fs does. */
export interface Sink {
  readonly isTerminal: boolean;
  write(bytes: Uint8Array): number;
}

export interface World {
  /** Without node and the script. */
  readonly argv: readonly string[];
  readonly environment: Environment;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readFile(path: string): Result<Uint8Array, SysError>;
  /** Of what is longer, one byte more than `bytesMax`. */
  readScript(path: string, bytesMax: number): Result<Uint8Array, SysError>;
  readStdin(bytesMax: number): Result<Uint8Array, SysError>;
  writeFile(path: string, bytes: Uint8Array | string): Result<void, SysError>;
  /** Either the whole new content is there, or the old one: what is no regular file is written to as it is. */
  replaceFile(path: string, text: string): Result<void, SysError>;
  isFile(path: string): boolean;
  /** A device of characters or blocks, but no terminal: what reads it may never come to its end. */
  isDevice(path: string): boolean;
  /** Created or emptied. */
  openForWriting(path: string): Result<Sink, SysError>;
  /** Calls back for each SIGINT and SIGTERM until the function that it gives is called; then they end the process again. */
  onInterrupt(act: () => void): () => void;
  /** Calls back for each such signal until the function that it gives is called; nothing happens then. */
  onSignal(signal: SelfSignal, act: () => void): () => void;
  /** Ends the process at once, from wherever it is. */
  exitNow(code: number): never;
  /** As uname -r prints it. */
  readonly kernelRelease: string;
  readonly nodeVersion: string;
  readonly uid: number;
  readonly pid: number;
}

export function realWorld(): World {
  // Left to Node, SIGUSR1 would open the port of a debugger.
  for (const signal of selfSignals) process.on(signal, () => undefined);
  return {
    argv: ownArguments(),
    environment: restoredEnvironment(),
    stdout: sinkOf(1),
    // Never much is written there, and it must not get lost: that may wait.
    stderr: { isTerminal: isTerminal(2), write: (bytes) => fs.writeSync(2, bytes) },
    readFile: (path) => attempt(`open ${path}`, () => fs.readFileSync(path)),
    readScript: readBounded,
    readStdin: readStdinBounded,
    writeFile: (path, bytes) => attempt(`write ${path}`, () => fs.writeFileSync(path, bytes)),
    replaceFile: (path, text) => attempt(`write ${path}`, () => replaceFile(path, text)),
    isFile: (path) => fs.statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
    isDevice: (path) => isDevice(path),
    openForWriting: (path) => attempt(`open ${path}`, () => sinkOf(fs.openSync(path, 'w'))),
    onInterrupt: (act) => {
      process.on('SIGINT', act);
      process.on('SIGTERM', act);
      return () => {
        process.off('SIGINT', act);
        process.off('SIGTERM', act);
      };
    },
    onSignal: (signal, act) => {
      process.on(signal, act);
      return () => process.off(signal, act);
    },
    exitNow: (code) => process.exit(code),
    kernelRelease: os.release(),
    nodeVersion: process.version,
    uid: process.getuid?.() ?? 0,
    pid: process.pid,
  };
}

/** Node gives arguments as text, in which bytes that are no UTF-8 are lost. The kernel still has them. */
function ownArguments(): readonly string[] {
  const given = process.argv.slice(2);
  if (!given.some((argument) => argument.includes('\ufffd'))) return given;
  const whole = attempt('read /proc/self/cmdline', () => fs.readFileSync('/proc/self/cmdline'));
  if (!whole.ok) return given;
  // Each ends with a NUL; before ours stand node and its own.
  return textFromBytes(whole.value).split('\0').slice(0, -1).slice(-given.length);
}

/** Through a temporary file beside it, with the file's own permissions; behind a symbolic link, the file that it points to. */
function replaceFile(path: string, text: string): void {
  const bytes = bytesFromText(text);
  const old = fs.statSync(path, { throwIfNoEntry: false });
  if (old && !old.isFile()) {
    fs.writeFileSync(path, bytes);
    return;
  }
  const target = old ? fs.realpathSync(path) : path;
  const temporary = `${target}.${process.pid}.tmp`;
  const file = fs.openSync(temporary, 'wx', old?.mode);
  try {
    fs.writeFileSync(file, bytes);
    fs.closeSync(file);
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** The launcher hides this variable from Node, which would read certificates because of it; a command of ours is to see it. */
function restoredEnvironment(): Environment {
  const { env } = process;
  const hidden = env['TSTRACE_NODE_EXTRA_CA_CERTS'];
  if (hidden !== undefined) env['NODE_EXTRA_CA_CERTS'] = hidden;
  delete env['TSTRACE_NODE_EXTRA_CA_CERTS'];
  return env;
}

const sinkOf = (fd: number): Sink => {
  const target = nonBlocking(fd);
  return { isTerminal: isTerminal(fd), write: (bytes) => fs.writeSync(target, bytes) };
};

function isDevice(path: string): boolean {
  const found = attempt(`stat ${path}`, () => fs.statSync(path));
  // What is in the way is told by who reads it.
  if (!found.ok) return false;
  if (!found.value.isCharacterDevice()) return found.value.isBlockDevice();
  const opened = attempt(`open ${path}`, () => fs.openSync(path, 'r'));
  if (!opened.ok) return false;
  const isOne = !isTerminal(opened.value);
  fs.closeSync(opened.value);
  return isOne;
}

/** Only a character device can be one; node:tty, which knows, takes milliseconds to load, and a start-up snapshot can't hold it. */
function isTerminal(fd: number): boolean {
  try {
    return fs.fstatSync(fd).isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(fd);
  } catch {
    // Closed.
    return false;
  }
}

/**
 * A pipe whose reader has stopped reading would hold us in write(2), deaf to Ctrl-C. Opened anew it has flags of its own, so that whoever
 * shares the pipe with us notices nothing.
 */
function nonBlocking(fd: number): number {
  try {
    if (!fs.fstatSync(fd).isFIFO()) return fd;
    return fs.openSync(`/proc/self/fd/${fd}`, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
  } catch {
    // Closed, or not ours to open: it is used as it is.
    return fd;
  }
}
