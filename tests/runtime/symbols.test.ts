/** User stacks of processes that have mostly ended when they are shown: whole stacks against what the program says of itself. */

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import type { Place } from '../support/end-to-end.ts';
import { variants } from '../support/program-variants.ts';
import { buildHere } from '../support/run-here.ts';
import { expectFrames, keyLines, symbolsOf, truthOf } from '../support/stack-truth.ts';

let place: Place;
let folder: string;

beforeAll(async () => {
  place = await buildHere();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tstrace-symbols-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const symbolsOnly = { TSTRACE_SHOW_DEBUG_INFO: 'false' };

/** Nothing may be reported but the attaching. */
async function quietly(...args: readonly string[]): Promise<string> {
  const { stdout, stderr, status } = await place.tstrace(args, symbolsOnly);
  expect({ stderr, status }).toEqual({ stderr: 'Attached 1 probe\n', status: 0 });
  return stdout;
}

const stacksOf = (program: string): string => `uprobe:${program}:marker { @[ustack] = count(); }`;
/** By address, for programs that have no symbols of their own. */
const stacksAt = (program: string, offset: bigint): string =>
  `uprobe:${program}:0x${offset.toString(16)} { @[ustack] = count(); }`;

const expectOwnFrames = (stdout: string): void =>
  expectFrames(stdout, ({ symbol }) => `        ${symbol}`, /^ {8}\S+$/);

test.each(variants.map(({ title, build }) => [title, build] as const))('%s', async (_, build) => {
  const options = build(folder);
  const program = join(folder, 'chain');
  // Probes of a stripped program are given by address, which it tells itself.
  const [marker] = truthOf(execFileSync(program, { encoding: 'utf8' })).functions;
  const address = marker?.offset ?? 0n;
  const isFixed = execFileSync('readelf', ['-h', program], { encoding: 'utf8' }).includes('EXEC');
  const script = stacksAt(program, isFixed ? address + 0x400000n : address);
  expectOwnFrames(await quietly(...options, '-c', `${program} 3`, '-e', script));
});

test('a program that is deleted while it runs', async () => {
  variants[0]?.build(folder);
  const program = join(folder, 'chain');
  const command = `sh -c '${program} 3 300 & sleep 0.1; rm ${program}; wait'`;
  expectOwnFrames(await quietly('-c', command, '-e', stacksOf(program)));
});

test('a program whose path exists in its own mount namespace only', async () => {
  const [outside, inside] = [join(folder, 'outside'), join(folder, 'inside')];
  for (const made of [outside, inside]) mkdirSync(made);
  variants[0]?.build(outside);
  const command = `unshare --mount sh -c 'mount --bind ${outside} ${inside} && exec ${inside}/chain 3 300'`;
  expectOwnFrames(await quietly('-c', command, '-e', stacksOf(join(outside, 'chain'))));
});

test('a process that runs one program after another', async () => {
  variants[0]?.build(folder);
  const program = join(folder, 'chain');
  const command = `sh -c '${program} 1 > ${folder}/first; exec ${program} 2'`;
  const stdout = await quietly('-c', command, '-e', `uprobe:${program}:marker { @[ustack(3)] = count(); }`);
  const stacks = [...stdout.matchAll(/^@\[\n((?: {8}.*\n)*)\]: (\d)$/gm)].map(([, lines, count]) => [
    lines,
    count,
  ]);
  const [marker, leaf, middle] = symbolsOf(stdout);
  const lines = `        ${marker}\n        ${leaf}\n        ${middle}\n`;
  expect(stacks).toEqual([
    [lines, '1'],
    [lines, '2'],
  ]);
});

test('a forked child that executes nothing has the symbols of its parent', async () => {
  const stdout = await quietly(
    '-c',
    `${place.programs}/forks`,
    '-e',
    `uprobe:${place.programs}/forks:in_child { @[ustack(3), usym(arg0)] = count(); }`,
  );
  expect(keyLinesOf(stdout)).toEqual([
    'in_child+0',
    expect.stringMatching(/^child\+\d+$/),
    expect.stringMatching(/^main\+\d+$/),
  ]);
  expect(stdout).toMatch(/\n, a_variable\]: 1\n/);
});

const keyLinesOf = (stdout: string): readonly string[] =>
  [...stdout.matchAll(/^ {8}(.+)$/gm)].map(([, line = '']) => line);

test('-p: symbols of a process that ran before, and has ended when its stacks are shown', async () => {
  variants[0]?.build(folder);
  const program = join(folder, 'chain');
  const target = spawn(join(place.programs, 'waits'), [program], { stdio: ['pipe', 'pipe', 'ignore'] });
  const traced = place.tstrace(
    ['-p', String(target.pid), '-e', `uprobe:${place.programs}/waits:marker { @[ustack(2)] = count(); }`],
    {
      __BPFTRACE_NOTIFY_PROBES_ATTACHED: '1',
      ...symbolsOnly,
    },
  );
  setTimeout(() => target.stdin.end('\n'), 1500);
  const { stdout } = await traced;
  expect(keyLinesOf(stdout)).toEqual(['marker+0', expect.stringMatching(/^main\+\d+$/)]);
});

test('names of C++ and Rust are shown as people write them, unless cpp_demangle is off', async () => {
  const command = ['-c', `${place.programs}/mangled`] as const;
  const script = `uprobe:${place.programs}/mangled:innermost { @[ustack(4)] = count(); }`;
  const shown = await quietly(...command, '-e', script);
  expect(keyLinesOf(shown)).toEqual([
    'innermost+0',
    expect.stringMatching(/^<example::Shape<\[u8; 4\]>>::area\+\d+$/),
    expect.stringMatching(/^ns::Counter::add\(long\)\+\d+$/),
    expect.stringMatching(/^main\+\d+$/),
  ]);
  const { stdout } = await place.tstrace([...command, '-e', script], {
    TSTRACE_CPP_DEMANGLE: '0',
    ...symbolsOnly,
  });
  expect(keyLinesOf(stdout).map((line) => line.replace(/\+\d+$/, ''))).toEqual([
    'innermost',
    '_RNvMCs1_7exampleINtB2_5ShapeAhj4_E4area',
    '_ZN2ns7Counter3addEl',
    'main',
  ]);
});

test('uaddr in a program of fixed addresses is known when compiling', async () => {
  const program = join(folder, 'globals');
  execFileSync('gcc', ['-O1', '-no-pie', '-fno-pie', 'tests/programs/globals.c', '-o', program]);
  const script = `uprobe:${program}:leave { print((*uaddr("large"), *uaddr("words"), usym(uaddr("small")))); }`;
  expect(await quietly('-c', program, '-e', script)).toContain('(123456789012, 1, small)\n');
});

test('functions of the vDSO have names', async () => {
  const stdout = await quietly(
    '-c',
    `${place.programs}/clock`,
    '-e',
    'profile:hz:999 /pid == cpid/ { @[ustack(1)] = count(); }',
  );
  expect(stdout).toMatch(/^ {8}(__vdso_)?clock_gettime\+\d+$/m);
});

test('functions that Node has compiled have names, after it has ended', async () => {
  const script = join(folder, 'hot.cjs');
  writeFileSync(
    script,
    `process.chdir(${JSON.stringify(folder)});
     function hot(n) { let sum = 0; for (let i = 0; i < n; i++) sum += i % 7; return sum; }
     const end = Date.now() + 400; let total = 0;
     while (Date.now() < end) total += hot(1e5);
     console.log('process ' + process.pid);`,
  );
  const node = `${process.execPath} --perf-basic-prof --interpreted-frames-native-stack ${script}`;
  const stdout = await quietly('-c', node, '-e', 'profile:hz:999 /pid == cpid/ { @[ustack] = count(); }');
  rmSync(`/tmp/perf-${/^process (\d+)$/m.exec(stdout)?.[1]}.map`);
  const stacks = [...stdout.matchAll(/^@\[\n((?: {8}.*\n)*)\]: (\d+)$/gm)];
  const hot = stacks.filter(([, lines = '']) => /^ {8}JS:[*^~]?hot .*hot\.cjs:2/.test(lines));
  expect(hot.length).toBeGreaterThan(0);
  // Below it stands the script itself, below that Node's loader: no frame between is unknown.
  for (const [, lines = ''] of hot)
    expect(lines.split('\n').slice(1, 3)).toEqual([
      expect.stringMatching(/^ {8}JS:[*^~]? .*hot\.cjs:1/),
      expect.stringMatching(/^ {8}JS:[*^~]?Module\._compile /),
    ]);
});

test('cache_user_symbols=NONE keeps nothing: what has ended is shown by address', async () => {
  variants[0]?.build(folder);
  const program = join(folder, 'chain');
  const { stdout } = await place.tstrace(['-c', `${program} 1`, '-e', stacksOf(program)], {
    TSTRACE_CACHE_USER_SYMBOLS: 'NONE',
  });
  const { addresses } = truthOf(stdout);
  expect(keyLines(stdout).slice(0, 5)).toEqual(
    addresses.slice(0, 5).map((address) => `        0x${address.toString(16)}`),
  );
});

test.each([{ TSTRACE_LAZY_SYMBOLICATION: 'false' }, { TSTRACE_CACHE_USER_SYMBOLS: 'PER_PROGRAM' }])(
  '%o shows the same',
  async (environment) => {
    variants[0]?.build(folder);
    const program = join(folder, 'chain');
    const { stdout } = await place.tstrace(['-c', `${program} 1`, '-e', stacksOf(program)], environment);
    expectOwnFrames(stdout);
  },
);
