/** Loading, on a kernel in memory: what is asked of it, and what its refusals become. */

import { expect, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import { failed } from '../../../src/base/result.ts';
import { sourceFile, sourcesOf } from '../../../src/base/source-file.ts';
import { emitObject } from '../../../src/codegen/llvm/emit-object.ts';
import { locateLlvm } from '../../../src/codegen/llvm/locate-library.ts';
import type { MapPlan } from '../../../src/plan/plan.ts';
import { Handles } from '../../../src/runtime/handles.ts';
import type { LoadOptions } from '../../../src/runtime/load.ts';
import { load } from '../../../src/runtime/load.ts';
import type { FakeBpf } from '../../support/fake-bpf.ts';
import { fakeBpf } from '../../support/fake-bpf.ts';
import { compileGolden } from '../../support/golden.ts';
import { countingBody, countsMap, handObject } from '../../support/hand-ir.ts';
import { arrayPlan, planOf, programPlan, ringPlan, scriptSpan } from '../../support/plans.ts';

const MiB = 1024 * 1024;
const object = handObject(
  [{ name: 'ringbuf', type: 27, entries: 4096, keyed: false }, countsMap(4)],
  [
    { name: 'first', body: countingBody(0) },
    { name: 'second', body: countingBody(1) },
  ],
);
const plan = planOf(
  [programPlan('first', 'tracepoint', []), programPlan('second', 'kprobe', [])],
  [ringPlan(0), arrayPlan('counts', 4)],
);
const options: LoadOptions = {
  machine: { kernel: [6, 12], pageBytes: 4096, possibleCpus: 2 },
  memoryBytes: 1024 * MiB,
  logBytesMax: 1_000_000,
  isWanted: () => true,
  multiTypeOf: () => undefined,
  logLevel: 0,
  kernelTypes: () => failed('there are none here'),
  sources: sourcesOf(sourceFile('script.bt', 'kprobe:f { @x = 1; }\n')),
};

function loadOn(bpf: FakeBpf, changes: Partial<LoadOptions> = {}, plans = plan) {
  const handles = new Handles(bpf);
  return { result: load(bpf, handles, plans, object, { ...options, ...changes }), handles };
}

/** A script that calls a function of C with variables, constants and a map. */
function loadImporting(bpf: FakeBpf) {
  const program = 'import "state.bpf.c"; kprobe:f { @x = step(3) }';
  const generated = compileGolden({ name: 'importing', program, facts: 'minimal' });
  const llvm = locateLlvm(process.env.TSTRACE_LLVM);
  if (!llvm.ok) throw new Error(llvm.error.message);
  const emitted = emitObject(llvm.value, generated.ir, { modules: generated.modules });
  if (!emitted.ok) throw new Error(emitted.error.message);
  return { result: load(bpf, new Handles(bpf), generated.plan, emitted.value.bytes, options) };
}

function refused(bpf: FakeBpf, changes: Partial<LoadOptions> = {}, plans = plan) {
  const { result } = loadOn(bpf, changes, plans);
  if (result.ok) throw new Error('it was loaded');
  return result.error;
}

test('BTF, then maps, then programs, each asked for once and without a log', () => {
  const bpf = fakeBpf();
  const { result, handles } = loadOn(bpf);
  expect(result.ok && result.value.programs.map(({ plan: { name } }) => name)).toEqual(['first', 'second']);
  expect(bpf.calls).toEqual([
    'loadBtf',
    'createMap ringbuf',
    'createMap counts',
    'loadProgram first',
    'loadProgram second',
  ]);
  handles.closeAll();
  expect(bpf.open).toEqual([]);
});

test("programs refer to the maps' descriptors", () => {
  const bpf = fakeBpf();
  const { result } = loadOn(bpf);
  if (!result.ok) throw new Error(result.error.diagnostic.message);
  const [first] = result.value.programs;
  const program = bpf.object(present(first, 'first program').fd).program;
  const counts = present(result.value.maps.get('counts'), 'map counts').fd;
  const words = new Uint32Array(Uint8Array.from(present(program, 'program').instructions).buffer);
  expect([...words].some((word, index) => (word & 0xf0ff) === 0x1018 && words[index + 1] === counts)).toBe(
    true,
  );
});

test("imported C's maps and variables are made with the script's; constants are frozen with what they hold", () => {
  const bpf = fakeBpf();
  const { result } = loadImporting(bpf);
  if (!result.ok) throw new Error(result.error.diagnostic.message);
  const made = bpf.calls.filter((call) => /^(createMap|freeze) (seen|\.)/.test(call));
  expect(made).toEqual([
    'createMap seen',
    'createMap .bss',
    'createMap .rodata',
    'freeze .rodata',
    'createMap .data',
  ]);
  const contents = (symbol: string) => Buffer.from(present(bpf.entries(symbol).get('00000000'), symbol));
  expect(contents('.data').readInt32LE()).toBe(100);
  expect([...new Int32Array(Uint8Array.from(contents('.rodata')).buffer)]).toEqual([1, 2, 3, 5]);
  expect([...contents('.bss')]).toEqual([0, 0, 0, 0]);
});

test('programs reach variables of C by the map of their section and the place in it', () => {
  const bpf = fakeBpf();
  const { result } = loadImporting(bpf);
  if (!result.ok) throw new Error(result.error.diagnostic.message);
  const { maps, programs } = result.value;
  const program = bpf.object(present(programs[0], 'the program').fd).program;
  const words = new Uint32Array(Uint8Array.from(present(program, 'program').instructions).buffer);
  // BPF_LD_IMM64 with BPF_PSEUDO_MAP_VALUE (2): the descriptor, and in the second half the place.
  const places = [...words.keys()]
    .filter((at) => at % 2 === 0 && ((words[at] ?? 0) & 0xf0ff) === 0x2018)
    .map((at) => [words[at + 1], words[at + 3]]);
  const fds = ['.rodata', '.data', '.bss'].map((symbol) => present(maps.get(symbol), symbol).fd);
  expect(new Set(places.map(([fd]) => fd))).toEqual(new Set(fds));
  expect(places.map(([, place]) => place)).toEqual(places.map(() => 0));
});

test('a map of C that the kernel refuses is told by the name that it has there', () => {
  const bpf = fakeBpf();
  bpf.refuse('createMap seen', 'E2BIG');
  const { result } = loadImporting(bpf);
  expect(result.ok ? '' : result.error.diagnostic.message).toContain('map seen of imported C');
});

test('a refused program is loaded again with a log, which is told where the script is to blame', () => {
  const bpf = fakeBpf();
  bpf.refuse('loadProgram second', {
    errno: 'EACCES',
    log: '0: (79) r1 = *(u64 *)(r2 +0)\nR2 !read_ok\nprocessed 1 insns\n',
  });
  const { diagnostic, report } = refused(bpf);
  expect(diagnostic.code).toBe('load-failed');
  expect(report?.summary).toEqual(['0: (79) r1 = *(u64 *)(r2 +0)', 'R2 !read_ok']);
  expect(report?.cutBytes).toBe(0);
  expect(bpf.calls.slice(-2)).toEqual(['loadProgram second', 'loadProgram second log=65536']);
});

const longLog = `0: (79) r1 = 0\n${'x'.repeat(200_000)}\nthe end\n`;

test('a log that does not fit is asked for at its true size, where the kernel tells it', () => {
  const bpf = fakeBpf();
  bpf.refuse('loadProgram first', { errno: 'EINVAL', log: longLog });
  const { report } = refused(bpf);
  expect(report?.summary).toEqual(['the end']);
  expect(bpf.calls.slice(-2)).toEqual([
    'loadProgram first log=65536',
    `loadProgram first log=${longLog.length + 1}`,
  ]);
});

test('where it does not, the buffer grows fourfold', () => {
  const bpf = fakeBpf();
  bpf.refuse('loadProgram first', { errno: 'EINVAL', log: longLog, withoutTrueBytes: true });
  expect(refused(bpf).report?.summary).toEqual(['the end']);
  expect(bpf.calls.slice(-2)).toEqual(['loadProgram first log=65536', 'loadProgram first log=262144']);
});

test('a log larger than log_size is cut, and that is said', () => {
  const bpf = fakeBpf();
  bpf.refuse('loadProgram first', { errno: 'EINVAL', log: longLog });
  const { diagnostic, report } = refused(bpf, { logBytesMax: 100_000 });
  expect(report?.cutBytes).toBe(longLog.length - 99_999);
  expect(diagnostic.hints.some((hint) => hint.includes('log_size'))).toBe(true);
});

test('a load that a signal interrupts is tried again', () => {
  const bpf = fakeBpf();
  bpf.refuse('loadProgram first', 'EAGAIN', 2);
  expect(loadOn(bpf).result.ok).toBe(true);
});

test('logs of accepted programs come if they are asked for', () => {
  const bpf = fakeBpf();
  loadOn(bpf, { logLevel: 2 });
  expect(bpf.calls.at(-1)).toBe('loadProgram second log=65536');
});

test('without privileges the capabilities are named, and no log is tried', () => {
  const bpf = fakeBpf();
  bpf.refuse('loadProgram first', 'EPERM');
  const { diagnostic, report } = refused(bpf);
  expect(report).toBeUndefined();
  expect(diagnostic.span).toEqual(scriptSpan);
  expect(diagnostic.hints.join()).toContain('CAP_BPF');
  expect(bpf.calls.at(-1)).toBe('loadProgram first');
});

test('BTF that the kernel does not take is left out, with a note', () => {
  const bpf = fakeBpf();
  bpf.refuse('loadBtf', { errno: 'EINVAL', log: '[3] STRUCT Invalid name' });
  const { result } = loadOn(bpf);
  if (!result.ok) throw new Error(result.error.diagnostic.message);
  expect(result.value.notes.join()).toContain('Invalid name');
  const [program] = result.value.programs;
  expect(program && bpf.object(program.fd).program?.btf).toBeUndefined();
});

test('a map goes without BTF if the kernel does not like its types', () => {
  const bpf = fakeBpf();
  bpf.refuse('createMap counts', 'EINVAL', 1);
  const { result } = loadOn(bpf);
  expect(result.ok && result.value.notes.length).toBe(1);
});

const script: MapPlan['script'] = {
  name: '@counts',
  key: [],
  keyLayout: { slots: [], size: 8, align: 8 },
  value: { kind: 'int', bytes: 8, signed: false },
  valueLayout: { slots: [], size: 8, align: 8 },
  isDeclared: false,
};

test.each([
  ['ENOMEM', 'max_map_keys'],
  ['E2BIG', 'max_map_keys'],
  ['EPERM', 'CAP_BPF'],
  ['EMFILE', 'ulimit'],
])(
  'a map that fails with %s is named as the script names it, with its sizes and what to do',
  (errno, remedy) => {
    const bpf = fakeBpf();
    bpf.refuse('createMap counts', errno);
    const { diagnostic } = refused(bpf, {}, { ...plan, maps: [{ ...arrayPlan('counts', 4), script }] });
    expect(diagnostic.message).toContain('@counts (4 entries');
    expect(diagnostic.hints.join()).toContain(remedy);
  },
);

test('a program that may have no file any more is not said to be refused by the verifier', () => {
  const bpf = fakeBpf();
  bpf.refuse('loadProgram first', { errno: 'EMFILE', log: 'processed 12 insns' });
  const { diagnostic } = refused(bpf, {}, plan);
  expect(diagnostic.message).toMatch(/^can't load .*: too many files are open in this process$/);
  expect(diagnostic.hints.join()).toContain('ulimit');
});

test('old kernels lift the limit of locked memory first, new ones need not', () => {
  const [old, recent] = [fakeBpf(), fakeBpf()];
  loadOn(old, { machine: { ...options.machine, kernel: [5, 10] } });
  loadOn(recent);
  expect(old.calls[0]).toBe('raiseLockedMemoryLimit');
  expect(recent.calls).not.toContain('raiseLockedMemoryLimit');
});

test("a module's BTF is opened once for all its programs, and its absence named", () => {
  const tracing = { attachType: 'fentry', btfObject: 'nf_nat', btfId: 7 } as const;
  const both = planOf(
    [programPlan('first', 'tracing', [], { tracing }), programPlan('second', 'tracing', [], { tracing })],
    plan.maps,
  );
  const bpf = fakeBpf();
  expect(loadOn(bpf, {}, both).result.ok).toBe(true);
  expect(bpf.calls.filter((call) => call === 'openModuleBtf nf_nat')).toHaveLength(1);
  const without = fakeBpf();
  without.refuse('openModuleBtf', 'ENOENT');
  expect(refused(without, {}, both).diagnostic.message).toContain('nf_nat');
});
