/** What a terminal, or its absence, changes: colours and buffering. A terminal is made by script(1). */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildHere, start } from '../support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'tstrace-terminal-'));
const launcher = join(import.meta.dirname, '../../tstrace');

beforeAll(async () => void (await buildHere()));
afterAll(() => rmSync(folder, { recursive: true }));

const warns = `-q -e 'begin { warnf("odd"); exit(); }'`;
const escape = '\x1b[';

interface Colouring {
  readonly title: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Behind the command line. */
  readonly redirection?: string;
  readonly inTerminal: boolean;
  readonly coloured: boolean;
}

const colourings: readonly Colouring[] = [
  { title: 'in a terminal', inTerminal: true, coloured: true },
  {
    title: 'in a terminal, if it is asked for nothing else',
    environment: { TSTRACE_COLOR: 'auto' },
    inTerminal: true,
    coloured: true,
  },
  { title: 'never, on request', environment: { TSTRACE_COLOR: 'never' }, inTerminal: true, coloured: false },
  {
    title: 'never, on request by the older name',
    environment: { BPFTRACE_COLOR: 'never' },
    inTerminal: true,
    coloured: false,
  },
  {
    title: 'as our own variable says, if both are there',
    environment: { BPFTRACE_COLOR: 'never', TSTRACE_COLOR: 'always' },
    inTerminal: true,
    coloured: true,
  },
  {
    title: 'not where standard output is a file',
    redirection: '>/dev/null',
    inTerminal: true,
    coloured: false,
  },
  {
    title: 'not where standard error is a file',
    redirection: `2>${folder}/stderr`,
    inTerminal: true,
    coloured: false,
  },
  { title: 'not into pipes', inTerminal: false, coloured: false },
  {
    title: 'into pipes on request',
    environment: { BPFTRACE_COLOR: 'always' },
    inTerminal: false,
    coloured: true,
  },
];

test.each(colourings.map((colouring) => [colouring.title, colouring] as const))(
  'messages have colours: %s',
  (_title, { environment = {}, redirection = '', inTerminal, coloured }) => {
    const command = `${launcher} ${warns} ${redirection}`;
    const [program, ...args] = inTerminal ? ['script', '-qec', command, '/dev/null'] : ['sh', '-c', command];
    const { stdout, stderr } = spawnSync(program ?? '', args, {
      encoding: 'utf8',
      env: { ...process.env, TSTRACE_COLOR: undefined, BPFTRACE_COLOR: undefined, ...environment },
    });
    const intoFile = redirection.startsWith('2>') ? readFileSync(join(folder, 'stderr'), 'utf8') : '';
    const said = stdout + stderr + intoFile;
    expect(said).toContain('odd');
    expect(said.includes(escape)).toBe(coloured);
  },
);

test('a colour that nobody knows is told', () => {
  const { stderr, status } = spawnSync('sh', ['-c', `TSTRACE_COLOR=red ${launcher} ${warns}`], {
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain("ERROR: TSTRACE_COLOR does not take 'red'");
});

test.each([
  ['full', false],
  ['line', true],
  ['none', true],
])('-B %s: what is printed into a pipe is there while the script runs: %s', async (mode, isThere) => {
  const marker = '__BPFTRACE_NOTIFY_PROBES_ATTACHED';
  const script =
    'begin { printf("early\\n"); } interval:ms:20 { @n++; if (@n == 3) { printf("late\\n"); cat("/proc/self/nothing"); } }';
  const { child, output, finished } = start(['-B', mode, '-e', script], { [marker]: '1' });
  // The warning goes to standard error at once, behind what was printed before it.
  await expect.poll(() => output.stderr, { timeout: 15_000 }).toContain("Can't show");
  if (isThere) await expect.poll(() => output.stdout, { timeout: 5000 }).toContain('late\n');
  else expect(output.stdout).not.toContain('early');
  child.kill('SIGINT');
  const { stdout, status } = await finished;
  expect(status).toBe(0);
  expect(stdout.replace(`${marker}\n`, '')).toMatch(/^early\nlate\n\n\n@n: \d+\n+$/);
});
