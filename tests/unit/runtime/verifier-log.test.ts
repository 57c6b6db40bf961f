/** Verifier logs, made into reports. */

import { expect, test } from 'vitest';
import { sourceFile, sourcesOf } from '../../../src/base/source-file.ts';
import { explainComplaint } from '../../../src/runtime/verifier-complaints.ts';
import { placesIn, verifierReport } from '../../../src/runtime/verifier-log.ts';

const script = sourceFile('script.bt', 'kprobe:f {\n  @x = 1;\n  @y = 2;\n}\n');
const other = sourceFile('lib/other.bt', 'fn f(): void {\n  @z = 1;\n}\n');
/** BTF's names of files, by the offsets of the lines below. */
const names = ['./script.bt', './lib/other.bt'];
const span = { file: 'script.bt', start: 0, end: 8 };
const statistics =
  'processed 12 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 1\n';
/** Instructions 0 and 5 come from lines 2 and 3, each from column 3; 9 from line 2 of the other script. */
const lines = {
  recordBytes: 16,
  count: 3,
  bytes: new Uint8Array(
    Uint32Array.of(0, 0, 0, (2 << 10) | 3, 5, 0, 0, (3 << 10) | 3, 9, 1, 0, (2 << 10) | 3).buffer,
  ),
};

const report = (text: string, cut = false, trueBytes?: number) =>
  verifierReport(
    { name: 'kprobe_f_1', probe: 'kprobe:f', span, lines },
    { text, ...(trueBytes !== undefined && { trueBytes }) },
    cut,
    placesIn(sourcesOf(script, other), (offset) => names[offset] ?? ''),
  );

test('the summary is the last line that is no statistics', () => {
  const { summary } = report(
    `0: (b7) r0 = 0\n1: (85) call bpf_spin_lock#93\nunknown func bpf_spin_lock#93\n${statistics}`,
  );
  expect(summary).toEqual(['unknown func bpf_spin_lock#93']);
});

test('of a loop without an end the states are no complaint', () => {
  const { summary, explanation } = report(
    `2: (05) goto pc-1\ninfinite loop detected at insn 2\ncur state: R1=ctx() R10=fp0\nold state: R1=ctx() R10=fp0\n${statistics}`,
  );
  expect(summary).toEqual(['infinite loop detected at insn 2']);
  expect(explanation).toMatch(/for instead of while/);
});

test('a line about registers takes the line before it along', () => {
  const { summary } = report(`6: (79) r1 = *(u64 *)(r1 +8)\nR1 invalid mem access 'scalar'\n${statistics}`);
  expect(summary).toEqual(['6: (79) r1 = *(u64 *)(r1 +8)', "R1 invalid mem access 'scalar'"]);
});

test('the last instruction shown leads to its place in the script', () => {
  const { instruction, span: place } = report(
    `0: (b7) r0 = 0\n7: (79) r1 = *(u64 *)(r1 +8)\nR1 invalid mem access 'scalar'\n`,
  );
  expect(instruction).toBe(7);
  expect(script.text.slice(place.start, place.start + 2)).toBe('@y');
});

test('an instruction of a script that is imported leads to that script', () => {
  const { span: place } = report(`9: (79) r1 = *(u64 *)(r1 +8)\nR1 invalid mem access 'scalar'\n`);
  expect(place.file).toBe(other.name);
  expect(other.text.slice(place.start, place.start + 2)).toBe('@z');
});

test('without an instruction the attach point is the place', () => {
  expect(report('func_info BTF section is wrong\n').span).toEqual(span);
});

test('a log that was cut says how much is missing, if the kernel says it', () => {
  expect(report('whole\n').cutBytes).toBe(0);
  expect(report('abc', true, 104).cutBytes).toBe(100);
  expect(report('abc', true).cutBytes).toBeUndefined();
});

test.each([
  ['unknown func bpf_get_func_ip#173', /get_func_ip.*5\.15/],
  ['program of this type cannot use helper bpf_override_return#58', /override_return/],
  ['invalid func unknown#208', /208/],
  ['BPF_STX uses reserved fields', /newer/],
  ['BPF program is too large. Processed 1000001 insn', /too many paths/],
  ['The sequence of 8193 jumps is too complex.', /too many paths/],
  ['combined stack size of 3 calls is 544. Too large', /544/],
  ['invalid write to stack R10 off=-520 size=8', /512 bytes of stack.*520/],
  ["R0 invalid mem access 'map_value_or_null'", /NULL/],
  ["R1 invalid mem access 'scalar'", /probe_read/],
  ['invalid bpf_context access off=600 size=8', /context/],
])('%s has an explanation', (line, explanation) => {
  expect(explainComplaint([line, statistics.trim()], false)).toMatch(explanation);
});

test('what is not known has no explanation', () => {
  expect(explainComplaint(['something entirely new'], false)).toBeUndefined();
});

test.each([
  ["R0 invalid mem access 'map_value_or_null'", /compare it with 0/],
  ["R1 invalid mem access 'scalar'", /bpf_probe_read_kernel/],
])('%s is no fault of ours where it is C of the script that the verifier refused', (line, explanation) => {
  const told = explainComplaint([line, statistics.trim()], true);
  expect(told).toMatch(explanation);
  expect(told).not.toMatch(/tstrace/);
});
