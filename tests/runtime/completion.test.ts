/** Completion as the shells themselves do it: bash, zsh and fish are asked what they would offer. Names of probes come from this kernel. */

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flags } from '../../src/cli/flags.ts';
import { buildHere } from '../support/run-here.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tstrace-completion-'));
const environment = { ...process.env, PATH: `${folder}/bin:${process.env.PATH}`, TERM: 'dumb' };

beforeAll(async () => {
  mkdirSync(join(folder, 'bin'));
  symlinkSync(join(root, 'tstrace'), join(folder, 'bin/tstrace'));
  mkdirSync(join(folder, 'scripts'));
  writeFileSync(join(folder, 'reads.bt'), 'begin { exit(); }\n');
  writeFileSync(join(folder, 'notes.txt'), '');
  await buildHere();
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Question {
  readonly line: string;
  /** All that is offered, of `among` if that is given. */
  readonly offers: readonly string[];
  readonly among?: RegExp;
}

const switches = ['tracepoint:sched:sched_switch', 'tracepoint:sched:sched_swap_numa'];
const wakes = ['tracepoint:sched:sched_wakeup', 'tracepoint:sched:sched_wakeup_new'];

const questions: readonly Question[] = [
  { line: 'tstrace -f ', offers: ['text', 'json'] },
  { line: 'tstrace -f j', offers: ['json'] },
  { line: 'tstrace -B ', offers: ['line', 'full', 'none'] },
  { line: 'tstrace --mode c', offers: ['codegen', 'compiler-bench'] },
  { line: 'tstrace -d ast,co', offers: ['codegen', 'codegen-opt'] },
  { line: 'tstrace --explain unknown-pr', offers: ['unknown-probe'] },
  { line: 'tstrace --emit', offers: ['--emit-elf', '--emit-llvm'] },
  { line: 'tstrace -o no', offers: ['notes.txt'] },
  { line: 'tstrace -I sc', offers: ['scripts'] },
  { line: 'tstrace re', offers: ['reads.bt'] },
  { line: 'tstrace -p ', offers: ['1'], among: /^1$/ },
  { line: 'tstrace -c mkdi', offers: ['mkdir'], among: /^mkdir$/ },
  { line: 'tstrace -l tracepoint:sched:sched_sw', offers: switches },
  { line: "tstrace -l 'tracepoint:sched:sched_sw", offers: switches },
  { line: 'tstrace -l softw', offers: ['software:'], among: /:$/ },
  { line: "tstrace -e 'tracepoint:sched:sched_wakeup", offers: wakes },
  { line: "tstrace -q -e 'begin { @ = 1; } tracepoint:sched:sched_wakeup", offers: wakes },
  {
    line: "tstrace -e 'uprobe:/bin/bash:add_hi",
    offers: ['uprobe:/bin/bash:add_history'],
    among: /history$/,
  },
  { line: "tstrace -e 'rawtr", offers: ['rawtracepoint:'], among: /:$/ },
  { line: "tstrace -e 'begin { prin", offers: ['print', 'printf'] },
  { line: "tstrace -e 'kprobe:f /pi", offers: ['pid'] },
  { line: "tstrace -e 'begin { $pi", offers: [] },
];

/** A shell replaces the last word, or all that stands in quotes, or what is behind the last colon: the last word is what counts. */
function comparable(offer: string, { line }: Question): string {
  const word = lastWord(offer.replace(/ [{/]$/, ''));
  const text = lastWord(line);
  const before = text.slice(0, text.lastIndexOf(':') + 1);
  return before !== '' && !word.startsWith(before) ? before + word : word;
}

const lastWord = (text: string): string => text.replace(/^.*[\s,;}']/, '').replace(/^\/|\/$/g, '');

const distinct = (offers: readonly string[]): readonly string[] => [...new Set(offers)].sort();

function ask(command: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const [program = '', ...args] = [...command, ...questions.map(({ line }) => line)];
  const { stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
  });
  if (error) throw error;
  expect(stderr).toBe('');
  return new Map(
    stdout
      .split(/^== /m)
      .slice(1)
      .map((answer) => {
        const [line = '', ...offers] = answer.split('\n');
        return [line, offers.filter((offer) => offer !== '')];
      }),
  );
}

const asked = (file: string): string => join(root, 'tests/support/completion', file);

describe.each([
  ['bash', ['bash', '--norc', asked('ask.bash')]],
  ['zsh', ['zsh', '-f', asked('ask.zsh')]],
  ['fish', ['fish', '--no-config', asked('ask.fish')]],
] as const)('%s', (_shell, command) => {
  let answers: ReadonlyMap<string, readonly string[]> = new Map();
  beforeAll(() => void (answers = ask(command)));

  test.each(questions.map((question) => [question.line, question] as const))('%s', (line, question) => {
    const offers = (answers.get(line) ?? ['no answer']).map((offer) => comparable(offer, question));
    const { among = /^/ } = question;
    expect(distinct(offers.filter((offer) => among.test(offer)))).toEqual(distinct(question.offers));
  });
});

test('bash itself puts in what is offered, behind colons and in quotes', async () => {
  const child = spawn('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
    cwd: folder,
    env: { ...environment, PS1: '$ ' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  // Ctrl-A goes to the beginning of the line: what was completed is not run but shown.
  const shows = async (keys: string, wanted: string): Promise<void> => {
    child.stdin.write(`${keys}\x01echo shown: \n`);
    await expect.poll(() => shown, { timeout: 15_000 }).toContain(wanted);
  };
  child.stdin.write('source <(tstrace --completion bash)\n');
  await shows('tstrace -l tracepoint:sched:sched_swit\t', 'shown: tstrace -l tracepoint:sched:sched_switch');
  await shows(
    "tstrace -e 'tracepoint:sched:sched_wakeup_n\t{ }'",
    'shown: tstrace -e tracepoint:sched:sched_wakeup_new { }',
  );
  child.stdin.end('exit\n');
  await new Promise((resolve) => child.on('close', resolve));
});

test.each(['bash', 'zsh', 'fish'])('%s has every option in its script', (shell) => {
  const { stdout } = spawnSync(join(root, 'tstrace'), ['--completion', shell], { encoding: 'utf8' });
  for (const { name } of flags) expect(stdout).toMatch(new RegExp(`(-l |--|-s |-)${name}\\b`));
});
