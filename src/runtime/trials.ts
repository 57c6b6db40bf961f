/** Runs tests and benches of a script, one after the other, and tells how each came out. Nothing is attached meanwhile. */

import type { SysError } from '../base/result.ts';
import type { Recorded } from '../output/recorder.ts';
import type { BenchResult, Output, TestResult } from '../output/output.ts';
import { diagnostic } from '../base/diagnostic.ts';
import { byteText, textOf } from '../types/value.ts';
import type { BpfApi } from './bpf-api.ts';
import { callText } from './causes.ts';
import type { LoadedProgram } from './load.ts';

export interface Trials {
  readonly bpf: Pick<BpfApi, 'runOnPacket'>;
  readonly programs: readonly LoadedProgram[];
  readonly output: Output;
  /** Does something, and says what came of it beside: what was printed, told, lost, and how the script ended itself. */
  readonly watch: <T>(act: () => T) => Watched<T>;
  /** Somebody wants it to end. */
  readonly isInterrupted: () => boolean;
}

export interface Watched<T> extends Recorded {
  readonly value: T;
  /** Of exit(); 0 if it wasn't called. */
  readonly exitCode: number;
  readonly lost: bigint;
}

/** Each once; gives whether all have run and passed. */
export async function runTests(trials: Trials): Promise<boolean> {
  const { output } = trials;
  const tests = namesOf(trials.programs, 'test');
  const results: TestResult[] = [];
  output.testsBegin(tests.length);
  for (const [name, program] of tests) {
    if (trials.isInterrupted()) break;
    output.testBegins(name);
    const result = { name, ...runTest(trials, program) };
    output.testEnds(result);
    results.push(result);
    await otherWork();
  }
  output.testsEnd(results, tests.length - results.length);
  return results.length === tests.length && results.every(({ passed }) => passed);
}

function runTest({ bpf, watch }: Trials, { fd }: LoadedProgram): Omit<TestResult, 'name'> {
  const watched = watch(() => bpf.runOnPacket(fd, 1));
  const { value: ran } = watched;
  if (!ran.ok) return { durationNs: 0, passed: false, output: byteText(refusal(ran.error)) };
  const complaints = complaintsOf(watched);
  // What it returns is a signed number to those who write `return -1`.
  const returned = ran.value.returned | 0;
  if (returned !== 0) complaints.push(`It returned ${returned}.`);
  return {
    durationNs: ran.value.averageNs,
    passed: complaints.length === 0,
    output: [watched.text, ...complaints.map((complaint) => byteText(`${complaint}\n`))].join(''),
  };
}

const refusal = (error: SysError): string => `It can't be run: ${callText(error)}\n`;

/** Why it has failed, whatever it returned. */
function complaintsOf({ exitCode, lost, firstError }: Omit<Watched<unknown>, 'value'>): string[] {
  const complaints: string[] = [];
  if (firstError !== undefined) complaints.push(`It told an error: ${textOf(firstError).trimEnd()}`);
  if (exitCode !== 0) complaints.push(`It ended with exit(${exitCode}).`);
  if (lost > 0n)
    complaints.push(`${lost} events did not fit into the ring: there may have been errors among them.`);
  return complaints;
}

/** A mean of less than this is one of noise. */
const measuredNs = 1_000_000;
const repeatsMax = 1e9;

/** Each until it has taken long enough; gives whether none has failed. */
export async function runBenches(trials: Trials): Promise<boolean> {
  const { output } = trials;
  let passed = true;
  output.benchesBegin();
  for (const [name, program] of namesOf(trials.programs, 'bench')) {
    if (trials.isInterrupted()) return false;
    const measured = measure(trials, program);
    if (typeof measured === 'string') {
      passed = false;
      output.diagnostics([diagnostic('error', 'runtime-warning', `${name}: ${measured}`, program.plan.span)]);
    } else {
      if (measured?.hasLost) warnOfLoss(trials, name, program);
      output.benchEnds({ name, ...(measured && { measured }) });
    }
    output.idle();
    await otherWork();
  }
  return passed;
}

/** What benches print is thrown away; where the ring is full, calls that print end sooner than they should. */
function warnOfLoss({ output }: Trials, name: string, { plan: { span } }: LoadedProgram): void {
  const message = `${name}: much of what it prints found no room, which takes less time than printing it`;
  output.diagnostics([diagnostic('warning', 'runtime-warning', message, span)]);
}

/** Undefined if it wants to be left out; a text if it has failed. */
function measure(
  { bpf, watch }: Trials,
  { fd }: LoadedProgram,
): (NonNullable<BenchResult['measured']> & { readonly hasLost: boolean }) | string | undefined {
  for (let repeats = 1; ; repeats *= 10) {
    const { value: ran, ...beside } = watch(() => bpf.runOnPacket(fd, repeats));
    if (!ran.ok) return refusal(ran.error).trimEnd();
    const [complaint] = complaintsOf({ ...beside, lost: 0n });
    if (complaint !== undefined) return complaint;
    if (ran.value.returned === leftOut) return undefined;
    const { averageNs } = ran.value;
    if (isEnough(averageNs, repeats)) return { averageNs, repeats, hasLost: beside.lost > 0n };
  }
}

/** What a bench returns that is not to be measured. */
const leftOut = 1;

const isEnough = (averageNs: number, repeats: number): boolean =>
  averageNs * repeats >= measuredNs || repeats >= repeatsMax;

/** Under the name that the script gives each in its target. */
const namesOf = (
  programs: readonly LoadedProgram[],
  kind: 'test' | 'bench',
): readonly (readonly [string, LoadedProgram])[] =>
  programs.flatMap((program) =>
    program.plan.attachments.flatMap((attachment) =>
      attachment.kind === kind ? [[`${kind}:${attachment.name}`, program] as const] : [],
    ),
  );

/** Signals have their turn. */
const otherWork = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
