/** What the manual shows is run: command lines through a shell, scripts are compiled for this machine and given to its kernel. */

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../src/base/assert.ts';
import { sourceFile } from '../../src/base/source-file.ts';
import { builtins } from '../../src/builtins/registry.ts';
import { helpText, usage } from '../../src/cli/help.ts';
import { emitObject } from '../../src/codegen/llvm/emit-object.ts';
import { locateLlvm } from '../../src/codegen/llvm/locate-library.ts';
import { compile } from '../../src/compile.ts';
import { gather } from '../../src/imports/gather.ts';
import type { AttachPoint } from '../../src/parser/ast.ts';
import { parse } from '../../src/parser/parse.ts';
import { standardMacroDocs } from '../../src/parser/standard-macros.ts';
import { defaultSettings } from '../../src/plan/settings.ts';
import { findProbe, probes } from '../../src/probes/registry.ts';
import type { Facts } from '../../src/sema/facts.ts';
import { liveFacts } from '../../src/system/live-facts.ts';
import type { CommandExample } from '../support/command-examples.ts';
import { machine, mustLoad, openHandles } from '../support/kernel.ts';
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
  ['programs that trace functions', usesProbe('fentry', 'fexit')],
  ['bpf_probe_write_user', (script) => script.includes('write_user(')],
  ['functions whose result may be changed', (script) => script.includes('override(')],
  ['symbols of data', (script) => /\b(percpu_)?kaddr\(/.test(script)],
  ['that file', (script) => filesIn(script).some((file) => !existsSync(file))],
];

function usesProbe(...names: readonly string[]): (script: string) => boolean {
  const kinds = new Set(names.map((name) => findProbe(name)));
  return (script) => attachPointsOf(script).some(({ provider }) => kinds.has(findProbe(provider.text)));
}

const attachPointsOf = (script: string): readonly AttachPoint[] =>
  parse(sourceFile('', script)).value.probes.flatMap(({ attachPoints }) => attachPoints);

const filesIn = (script: string): readonly string[] => [
  ...attachPointsOf(script).flatMap(({ parts }) =>
    parts.map(({ text }) => text).filter((text) => text.startsWith('/')),
  ),
  ...[...script.matchAll(/\bcgroupid\("([^"]+)"/g)].map(([, path = '']) => path),
];

const scripts = [...new Set([...builtins, ...probes, ...standardMacroDocs].map(({ example }) => example))];

for (const script of scripts) {
  const [missing] = absent.find(([, wants]) => wants(script)) ?? [];
  test.skipIf(missing !== undefined)(
    `${script}${missing === undefined ? '' : ` (this machine has no ${missing})`}`,
    () => expect(loadedPrograms(script)).toBeGreaterThan(0),
  );
}

/** Read once: most of it is the kernel's types. */
const known: Facts = {
  ...liveFacts({ machine, settings: defaultSettings, unsafe: true, searchPath: process.env.PATH ?? '' }),
  hasKprobes: true,
};

/**
 * Compiles a script for this machine and has the kernel take its programs. They are not attached: some examples would stop the processes
 * of others. Programs of kprobes are taken also where none can be attached.
 */
function loadedPrograms(script: string): number {
  const compiled = compile(gather(sourceFile('example', script)), { parameters: [] }, () => known);
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  expect(errors.map(({ message }) => message)).toEqual([]);
  const { ir, modules, plan } = present(compiled.generated, 'a script without errors is compiled');
  const llvm = locateLlvm(process.env.TSTRACE_LLVM);
  const emitted = llvm.ok ? emitObject(llvm.value, ir, { modules }) : llvm;
  if (!emitted.ok) throw new Error(emitted.error.message);
  return mustLoad(openHandles(), plan, emitted.value.bytes).programs.length;
}

const called = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(join(root, 'tstrace'), args, { encoding: 'utf8' });
  return { status, stdout, stderr };
};

test('without arguments the ways to call it go to standard error, -h to standard output', () => {
  expect(called()).toEqual({ status: 1, stdout: '', stderr: usage });
  expect(called('-h')).toEqual({ status: 0, stdout: helpText(), stderr: '' });
});
