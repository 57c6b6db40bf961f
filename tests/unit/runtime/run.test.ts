/** Whole runs on a kernel in memory: what is asked of it, what is told, and that nothing is left, whatever goes wrong. */

import { expect, test } from 'vitest';
import { sourceFile, sourcesOf } from '../../../src/base/source-file.ts';
import { emitObject } from '../../../src/codegen/llvm/emit-object.ts';
import { locateLlvm } from '../../../src/codegen/llvm/locate-library.ts';
import type { FeatureName } from '../../../src/runtime/features.ts';
import type { RunOutcome, RunWorld } from '../../../src/runtime/run-port.ts';
import { run } from '../../../src/runtime/run.ts';
import { plainDecoding } from '../../support/decoding.ts';
import type { FakeBpf } from '../../support/fake-bpf.ts';
import { fakeBpf } from '../../support/fake-bpf.ts';
import { compileGolden } from '../../support/golden.ts';
import { goldenFacts } from '../../support/golden-facts.ts';
import { memoryOutput } from '../../support/memory-output.ts';

interface Ran {
  readonly outcome: RunOutcome;
  readonly bpf: FakeBpf;
  /** What -v and -d verifier show. */
  readonly log: string;
  readonly stdout: string;
  readonly stderr: string;
}

interface Conditions {
  readonly logLevel?: 0 | 1 | 2;
  readonly lacks?: readonly FeatureName[];
  readonly dryRun?: boolean;
  readonly stats?: boolean;
  /** Somebody has pressed Ctrl-C before anything was done. */
  readonly interrupted?: boolean;
  /** What the kernel refuses. */
  readonly prepare?: (bpf: FakeBpf) => void;
}

const { machine, settings } = goldenFacts('minimal');
const llvm = locateLlvm(process.env.TSTRACE_LLVM);

async function runScript(script: string, conditions: Conditions = {}): Promise<Ran> {
  if (!llvm.ok) throw new Error(llvm.error.message);
  const { ir, plan } = compileGolden({ name: script, program: script, facts: 'minimal' });
  const emitted = emitObject(llvm.value, ir);
  if (!emitted.ok) throw new Error(emitted.error.message);
  const bpf = fakeBpf({ possibleCpus: machine.possibleCpus });
  conditions.prepare?.(bpf);
  const { output, stdout, stderr } = memoryOutput({ mode: 'text' });
  let log = '';
  const world: RunWorld = {
    bpf,
    output,
    host: {
      formatter: () => () => '',
      formatNow: () => '',
      readHead: () => ({ ok: true, value: '' }),
      savePacket: () => ({ ok: true, value: undefined }),
      runShell: () => ({ ok: true, value: '' }),
    },
    words: plainDecoding.words,
    symbols: { follow: () => ({ ok: true, value: undefined }), lost: () => 0n, close: () => undefined },
    machine,
    settings,
    sources: sourcesOf(sourceFile('script.bt', script)),
    attaching: {
      onlineCpus: [0],
      probeDevices: { kprobe: 8, uprobe: 9 },
      kernelFunctions: () => [],
      traceableFunctions: () => undefined,
      functionNames: () => [],
      threadsOf: () => [],
    },
    sessionFunctionId: () => 77,
    memoryBytes: machine.memoryBytes,
    onInterrupt: (act) => {
      if (conditions.interrupted) act();
      return () => undefined;
    },
    onSignal: () => () => undefined,
    kernelTypes: () => ({ ok: false, error: 'there are none here' }),
    features: { presence: (name) => (conditions.lacks?.includes(name) ? 'absent' : 'present') },
    mode: 'trace',
    outputState: () => 'open',
    verbose: { logLevel: conditions.logLevel ?? 0, log: (text) => void (log += text) },
    stats: conditions.stats ?? false,
    dryRun: conditions.dryRun ?? false,
  };
  const outcome = await run(plan, emitted.value.bytes, world);
  return { outcome, bpf, log, stdout: stdout(), stderr: stderr() };
}

const failuresOf = ({ outcome }: Ran): readonly string[] => (outcome.failure ?? []).map(({ code }) => code);

test('begin runs, then end; maps are printed, and nothing is left', async () => {
  const ran = await runScript('begin { @x = 1; } end { @y = 2; }');
  expect(ran.outcome).toEqual({ exitCode: 0 });
  const runs = ran.bpf.calls.filter((call) => call.startsWith('runProgram'));
  expect(runs).toEqual(['runProgram begin_1', 'runProgram end_2']);
  expect(ran.stderr).toBe('Attached 2 probes\n');
  expect(ran.bpf.open).toEqual([]);
});

const refusedLog = Array.from({ length: 300 }, (_, line) => `${line}: (b7) r1 = ${line}\n`).join('');
const refuse = (bpf: FakeBpf): void =>
  bpf.refuse('loadProgram begin_1', {
    errno: 'EACCES',
    log: `${refusedLog}R1 !read_ok\nprocessed 300 insns\n`,
  });

test.each([0, 1, 2] as const)(
  'a refused program is told in short, and with -v its whole log is shown (level %i)',
  async (logLevel) => {
    const ran = await runScript('begin { @x = 1; }', { logLevel, prepare: refuse });
    expect(ran.outcome.exitCode).toBe(1);
    expect(failuresOf(ran)).toEqual(['load-failed']);
    const [failure] = ran.outcome.failure ?? [];
    expect(failure?.message).toContain('R1 !read_ok');
    expect(failure?.hints.join('\n')).toContain('-v');
    expect(ran.log.includes('150: (b7) r1 = 150\n')).toBe(logLevel > 0);
    expect(ran.bpf.open).toEqual([]);
  },
);

test('what the kernel did not take, and could be done without, is a note of -v', async () => {
  const refuseTypes = (bpf: FakeBpf): void => bpf.refuse('loadBtf', 'EINVAL');
  const ran = await runScript('begin { @x = 1; }', { logLevel: 1, prepare: refuseTypes });
  expect(ran.outcome.exitCode).toBe(0);
  expect(ran.log).toContain('type information');
});

test('what the kernel lacks is told before anything is loaded', async () => {
  const script = 'begin { @x[1] = 1; print(len(@x)); }';
  const ran = await runScript(script, { lacks: ['for_each_map_elem'] });
  expect(failuresOf(ran)).toEqual(['feature-missing']);
  expect(ran.outcome.failure?.[0]?.span).toMatchObject({
    start: script.indexOf('len'),
    end: script.indexOf('));') + 1,
  });
  expect(ran.bpf.calls.filter((call) => /^(load|create)/.test(call))).toEqual([]);
});

test('with --stats runs are counted from before begin on, and told at the end', async () => {
  const ran = await runScript('begin { @x = 1; } tracepoint:sched:fixture { exit(); }', {
    stats: true,
    interrupted: true,
  });
  const calls = ran.bpf.calls.filter((call) => /^(enableStats|runProgram|disablePerfEvent)/.test(call));
  expect(calls).toEqual(['enableStats', 'runProgram begin_1', 'disablePerfEvent 2']);
  expect(ran.stderr).toMatch(/^PROBE .*\nbegin .*\ntracepoint:sched:fixture .*\n$/m);
  expect(ran.bpf.open).toEqual([]);
});

test('a dry run attaches, runs nothing behind it and prints no maps', async () => {
  const ran = await runScript('tracepoint:sched:fixture { @x = 1; } end { @y = 1; }', { dryRun: true });
  expect(ran.outcome).toEqual({ exitCode: 0 });
  expect(ran.bpf.calls.some((call) => call.startsWith('linkPerfEvent'))).toBe(true);
  expect(ran.bpf.calls.some((call) => call.startsWith('runProgram'))).toBe(false);
  expect([ran.stdout, ran.stderr, ran.bpf.open]).toEqual(['', '', []]);
});

test('a probe that can not be attached ends the run, and what was attached before is detached', async () => {
  const ran = await runScript('tracepoint:sched:fixture { @x = 1; } kprobe:f { @y = 1; }', {
    prepare: (bpf) => bpf.refuse('openPerfEvent 8', 'ENOENT'),
  });
  expect(failuresOf(ran)).toEqual(['attach-failed']);
  expect([ran.stdout, ran.bpf.open]).toEqual(['', []]);
});
