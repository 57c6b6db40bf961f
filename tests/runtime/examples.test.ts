/** What the manual shows is run: command lines through a shell, scripts up to where they would be attached. */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sourceFile } from '../../src/base/source-file.ts';
import { builtins } from '../../src/builtins/registry.ts';
import { main } from '../../src/cli/main.ts';
import { realWorld } from '../../src/cli/world.ts';
import type { AttachPoint } from '../../src/parser/ast.ts';
import { parse } from '../../src/parser/parse.ts';
import { standardMacroDocs } from '../../src/parser/standard-macros.ts';
import { findProbe, probes } from '../../src/probes/registry.ts';
import type { CommandExample } from '../support/command-examples.ts';
import { commandExamples, folderOfExamples } from '../support/command-examples.ts';

const root = join(import.meta.dirname, '../..');
const folder = folderOfExamples();

beforeAll(() => void execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root }));
afterAll(() => rmSync(folder, { recursive: true }));

/** Why this machine can't run it: its kernel has no kprobes, or a file that an example names isn't installed. */
function lacks({ environment, argv }: CommandExample): string | undefined {
  if (argv.some((word) => word.startsWith('kprobe:') && word.includes('{'))) return 'kprobes';
  return Object.values(environment).find((value) => /[/.-]/.test(value) && !isInstalled(value));
}

const folders = [
  '/usr/bin',
  '/usr/lib64',
  ...readdirSync('/usr/lib')
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => `/usr/lib/${name}`),
];

const isInstalled = (name: string): boolean =>
  existsSync(name) || folders.some((place) => existsSync(join(place, name)));

/** Ends it as Ctrl-C does when it has attached, if it doesn't end by itself. */
function run(command: string): Promise<{ readonly status: number | null; readonly stderr: string }> {
  const child = spawn('sh', ['-c', command.replace(/\btstrace /, `exec ${root}/tstrace `)], {
    cwd: folder,
    env: { ...process.env, __BPFTRACE_NOTIFY_PROBES_ATTACHED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr, isEnding] = ['', '', /exit\(|-c /.test(command)];
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (isEnding || !stdout.includes('__BPFTRACE_NOTIFY_PROBES_ATTACHED')) return;
    isEnding = true;
    child.kill('SIGINT');
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stderr })));
}

describe.concurrent('command lines', () => {
  for (const example of commandExamples) {
    const missing = lacks(example);
    test.skipIf(missing !== undefined)(
      `${example.command}${missing === undefined ? '' : ` (this machine has no ${missing})`}`,
      async () => {
        const { status, stderr } = await run(example.command);
        expect({ status, errors: stderr.match(/^.*(ERROR|BUG).*$/gm) ?? [] }).toEqual({
          status: 0,
          errors: [],
        });
      },
    );
  }
});

/** What this machine lacks, and which scripts want it. */
const absent: readonly (readonly [reason: string, wants: (script: string) => boolean])[] = [
  ['kprobes', usesProbe('kprobe', 'kretprobe', 'watchpoint')],
  ['programs that trace functions', usesProbe('fentry', 'fexit')],
  ['counters of its processor', usesProbe('hardware')],
  ['bpf_probe_write_user', (script) => script.includes('write_user(')],
  ['symbols of data', (script) => /\b(percpu_)?kaddr\(/.test(script)],
  ['that program or library', (script) => filesIn(script).some((file) => !existsSync(file))],
];

function usesProbe(...names: readonly string[]): (script: string) => boolean {
  const kinds = new Set(names.map((name) => findProbe(name)));
  return (script) => attachPointsOf(script).some(({ provider }) => kinds.has(findProbe(provider.text)));
}

const attachPointsOf = (script: string): readonly AttachPoint[] =>
  parse(sourceFile('', script)).value.probes.flatMap(({ attachPoints }) => attachPoints);

const filesIn = (script: string): readonly string[] =>
  attachPointsOf(script).flatMap(({ parts }) =>
    parts.map(({ text }) => text).filter((text) => text.startsWith('/')),
  );

const scripts = [...new Set([...builtins, ...probes, ...standardMacroDocs].map(({ example }) => example))];

for (const script of scripts) {
  const [missing] = absent.find(([, wants]) => wants(script)) ?? [];
  test.skipIf(missing !== undefined)(
    `${script}${missing === undefined ? '' : ` (this machine has no ${missing})`}`,
    () => expect(dryRun(script)).resolves.toEqual({ status: 0, errors: [] }),
  );
}

/** Everything up to attaching, in this process: starting one for each would take longer than all else. */
async function dryRun(
  script: string,
): Promise<{ readonly status: number; readonly errors: readonly string[] }> {
  let said = '';
  const write = (bytes: Uint8Array): number => {
    said += Buffer.from(bytes).toString();
    return bytes.length;
  };
  const sink = { isTerminal: false, write };
  const argv = ['--unsafe', '--dry-run', '-e', script];
  const status = await main({ ...realWorld(), argv, stdout: sink, stderr: sink });
  return { status, errors: said.match(/^.*(ERROR|BUG).*$/gm) ?? [] };
}
