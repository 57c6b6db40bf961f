/** Runs a program of the host to its end. What it says is shown only if it fails. */
import { spawn } from 'node:child_process';

export interface ToolOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The program's standard output. Throws with the command line and the end of its messages if it fails. */
export async function runTool(argv: readonly string[], options: ToolOptions = {}): Promise<Buffer> {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error('no program to run');
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, LC_ALL: 'C', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const status = await new Promise<number | string>((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`cannot run ${program}: ${error.message}`)));
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  if (status === 0) return Buffer.concat(stdout);
  const said = Buffer.concat([...stdout.slice(-20), ...stderr])
    .toString()
    .trim()
    .split('\n')
    .slice(-20);
  throw new Error(`${argv.join(' ')}\nfailed (${status}):\n  ${said.join('\n  ')}`);
}
