/** A command that runs in the guest: gathers its output as it comes, and lets the host wait for it, signal it and feed it. */
import type { AgentClient, AgentMessage, AgentRequest, CommandExit } from './agent-client.ts';

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

/** Waits for something that needs a living guest: rejects, saying what was being done, if the guest fails meanwhile. */
export type Alive = <T>(what: string, work: Promise<T>, timeoutMs: number) => Promise<T>;

export interface StartedCommand extends Omit<RunningCommand, 'pid'> {
  /** The same command once the guest has given it a process id. */
  started(): Promise<RunningCommand>;
}

const commandTimeoutMs = 60_000;
const requestTimeoutMs = 30_000;
/** How much longer than a command's own time-out the guest may take before it counts as hung. */
const graceMs = 15_000;

export function startCommand(
  agent: AgentClient,
  alive: Alive,
  argv: readonly string[],
  options: CommandOptions,
): StartedCommand {
  const what = `running ${argv.join(' ')}`;
  const timeoutMs = options.timeoutMs ?? commandTimeoutMs;
  const progress = new Progress();
  const stdin = options.stdin === undefined ? {} : { stdin: base64(options.stdin) };
  const request = { op: 'run', argv, timeoutMs, env: options.env, cwd: options.cwd, ...stdin } as const;
  const target = agent.send(request, (message) => progress.take(message));
  const ended = alive(what, progress.ended, timeoutMs + graceMs);
  // Whoever never waits for the command has chosen not to hear of its end.
  ended.catch(() => undefined);
  const ask = (question: AgentRequest): Promise<AgentMessage> =>
    alive(`asking the agent to ${question.op}`, agent.ask(question), requestTimeoutMs);
  const command = {
    output: () => progress.output(),
    async waitForOutput(wanted: string | RegExp, waitMs = timeoutMs) {
      await progress.waitFor(wanted, ended, waitMs).catch((error: unknown) => {
        const { stdout, stderr } = progress.output();
        const why = `${what}: no ${String(wanted)} in its output: ${messageOf(error)}`;
        throw new Error(`${why}\nstdout: ${stdout}\nstderr: ${stderr}`, { cause: error });
      });
    },
    async signal(name: NodeJS.Signals) {
      await ask({ op: 'signal', target, signal: name });
    },
    async input(data: string | Uint8Array, end = false) {
      await ask({ op: 'input', target, data: base64(data), end });
    },
    async wait() {
      const exit = await ended;
      return { ...exit, ...progress.output(), stdoutBytes: progress.stdoutBytes() };
    },
  };
  return {
    ...command,
    started: async () => ({ ...command, pid: await alive(what, progress.started, requestTimeoutMs) }),
  };
}

/** What the agent has told of a command so far. */
class Progress {
  readonly started: Promise<number>;
  readonly ended: Promise<CommandExit>;
  private readonly stdout: Buffer[] = [];
  private readonly stderr: Buffer[] = [];
  private readonly listeners = new Set<() => void>();
  private begin: (pid: number) => void = () => undefined;
  private end: (exit: CommandExit) => void = () => undefined;
  private fail: (error: Error) => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
    const failed = this.ended.then(() => new Promise<never>(() => undefined));
    this.started = Promise.race([new Promise<number>((resolve) => (this.begin = resolve)), failed]);
    // A failure reaches whoever waits; if nobody does, it is not an error of the process.
    this.started.catch(() => undefined);
  }

  /** True when that was the command's last message. */
  take(message: AgentMessage): boolean {
    if (message.pid !== undefined) this.begin(message.pid);
    if (message.stdout !== undefined) this.stdout.push(Buffer.from(message.stdout, 'base64'));
    if (message.stderr !== undefined) this.stderr.push(Buffer.from(message.stderr, 'base64'));
    if (message.error !== undefined) this.fail(new Error(message.error));
    if (message.exit !== undefined) this.end(message.exit);
    for (const listener of this.listeners) listener();
    return message.exit !== undefined || message.error !== undefined;
  }

  output(): { readonly stdout: string; readonly stderr: string } {
    return {
      stdout: this.stdoutBytes().toString('utf8'),
      stderr: Buffer.concat(this.stderr).toString('utf8'),
    };
  }

  stdoutBytes(): Buffer {
    return Buffer.concat(this.stdout);
  }

  /** Fulfilled when either stream contains the text; rejects when `ended` settles before, or the time is over. */
  async waitFor(wanted: string | RegExp, ended: Promise<CommandExit>, timeoutMs: number): Promise<void> {
    const matches = (text: string): boolean =>
      typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
    let listener = (): void => undefined;
    let timer: NodeJS.Timeout | undefined;
    const found = new Promise<void>((resolve, reject) => {
      listener = () => {
        if (Object.values(this.output()).some(matches)) resolve();
      };
      timer = setTimeout(() => reject(new Error(`${timeoutMs} ms passed`)), timeoutMs);
    });
    this.listeners.add(listener);
    listener();
    const tooLate = ended.then(({ status, signal }) => {
      throw new Error(`it ended (${signal ?? `status ${status}`})`);
    });
    try {
      await Promise.race([found, tooLate]);
    } finally {
      clearTimeout(timer);
      this.listeners.delete(listener);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function base64(content: string | Uint8Array): string {
  return Buffer.from(content).toString('base64');
}
