/** Attaching, on a kernel in memory. */

import { expect, test } from 'vitest';
import type { Attachment } from '../../../src/plan/plan.ts';
import type { AttachOptions } from '../../../src/runtime/attach.ts';
import { attach } from '../../../src/runtime/attach.ts';
import { Handles } from '../../../src/runtime/handles.ts';
import type { LoadedProgram } from '../../../src/runtime/load.ts';
import { multiTypeOf } from '../../../src/runtime/multi.ts';
import { probeMisses, programMisses } from '../../../src/runtime/misses.ts';
import type { FakeBpf } from '../../support/fake-bpf.ts';
import { fakeBpf } from '../../support/fake-bpf.ts';
import { programPlan, scriptSpan } from '../../support/plans.ts';

const kprobe = (
  symbol: string,
  extras: { module?: string; offset?: number; return?: boolean } = {},
): Attachment => ({
  kind: 'kprobe',
  return: false,
  symbol,
  offset: 0,
  ...extras,
});
const tracepoint: Attachment = { kind: 'tracepoint', category: 'sched', event: 'sched_switch', id: 314 };
const samples = (extras: { cpus: 'all' | 'one'; pid?: number }): Attachment => ({
  kind: 'perf-event',
  type: 1,
  config: 0n,
  sample: { hertz: 99n },
  ...extras,
});

const options: AttachOptions = {
  machine: { kernel: [6, 12] },
  missingProbes: 'error',
  onlineCpus: [0, 3],
  probeDevices: { kprobe: 8, uprobe: 9 },
  kernelFunctions: () => [],
  traceableFunctions: () => undefined,
  functionNames: () => [],
  threadsOf: () => [],
};

function attachOn(
  bpf: FakeBpf,
  attachments: readonly Attachment[],
  changes: Partial<AttachOptions> = {},
  extras: Pick<LoadedProgram, 'multi' | 'returns'> = {},
) {
  const programs: LoadedProgram[] = [];
  const plan = programPlan('p', 'kprobe', attachments, {
    probe: attachments.length === 1 ? 'the probe' : 'p*',
  });
  const loaded = bpf.loadProgram({
    name: 'p',
    type: 'kprobe',
    license: 'GPL',
    instructions: new Uint8Array(16),
  });
  if (loaded.result.ok) programs.push({ plan, fd: loaded.result.value, log: '', ...extras });
  const handles = { links: new Handles(bpf), events: new Handles(bpf) };
  return { result: attach(bpf, handles, programs, { ...options, ...changes }), handles, programs };
}

/** The perf events that were opened, without what they have in common. */
function eventsOf(bpf: FakeBpf) {
  const fds = bpf.open.flatMap((name, index) => (name.startsWith('perf-event') ? [index] : []));
  return fds.length;
}

test.each([
  [
    'a tracepoint, on one CPU for all',
    [tracepoint],
    ['openPerfEvent 2 314', 'linkPerfEvent p', 'enablePerfEvent 314'],
  ],
  ['a kprobe', [kprobe('f')], ['openPerfEvent 8 f', 'linkPerfEvent p', 'enablePerfEvent f']],
  [
    "a module's function",
    [kprobe('f', { module: 'm' })],
    ['openPerfEvent 8 m:f', 'linkPerfEvent p', 'enablePerfEvent m:f'],
  ],
  [
    'a uprobe',
    [{ kind: 'uprobe', return: false, path: '/bin/a', offset: 16 } as const],
    ['openPerfEvent 9 /bin/a', 'linkPerfEvent p', 'enablePerfEvent /bin/a'],
  ],
  [
    'a raw tracepoint',
    [{ kind: 'raw-tracepoint', name: 'sys_enter' } as const],
    ['openRawTracepoint sys_enter'],
  ],
  ['a traced function', [{ kind: 'tracing', function: 'f' } as const], ['openRawTracepoint p']],
  ['begin and end, which are not attached', [{ kind: 'begin' } as const, { kind: 'end' } as const], []],
])('%s', (_, attachments, calls) => {
  const bpf = fakeBpf();
  const { result } = attachOn(bpf, attachments);
  expect(result.ok).toBe(true);
  expect(bpf.calls.slice(1)).toEqual(calls);
});

test('samples are taken on every CPU that is online, or on one', () => {
  const [all, one] = [fakeBpf(), fakeBpf()];
  attachOn(all, [samples({ cpus: 'all' })]);
  attachOn(one, [samples({ cpus: 'one' })]);
  expect([eventsOf(all), eventsOf(one)]).toEqual([2, 1]);
});

test('samples of a process are taken of each of its threads', () => {
  const bpf = fakeBpf();
  const { result } = attachOn(bpf, [samples({ cpus: 'all', pid: 7 })], { threadsOf: () => [7, 8, 9] });
  expect(result.ok && eventsOf(bpf)).toBe(3);
  expect(attachOn(fakeBpf(), [samples({ cpus: 'all', pid: 7 })]).result.ok).toBe(false);
});

test('kernels without links of perf events get the program through the event, found out once', () => {
  const bpf = fakeBpf();
  bpf.refuse('linkPerfEvent', 'EINVAL');
  const { result, handles } = attachOn(bpf, [kprobe('f'), kprobe('g')]);
  expect(result.ok).toBe(true);
  expect(bpf.calls.filter((call) => call.startsWith('linkPerfEvent'))).toHaveLength(1);
  expect(bpf.calls.filter((call) => call.startsWith('setPerfEventProgram'))).toEqual([
    'setPerfEventProgram p f',
    'setPerfEventProgram p g',
  ]);
  // There, closing the events is what detaches.
  expect(handles.links.names).toEqual(['event kprobe:f', 'event kprobe:g']);
});

test('links are owned apart from events, so that they can be closed first', () => {
  const bpf = fakeBpf();
  const { handles } = attachOn(bpf, [kprobe('f'), kprobe('g')]);
  expect(handles.links.names).toEqual(['link kprobe:f', 'link kprobe:g']);
  handles.links.closeTogether();
  handles.events.closeAll();
  expect(bpf.open).toEqual(['program p']);
});

const own = { address: 0xffff_ffff_8100_0000n, bytes: 64 };
const other = { address: 0xffff_ffff_8200_0000n, bytes: 64 };
const ofModule = { address: 0xffff_ffff_c000_0000n, bytes: 64, module: 'm' };

test.each([
  ["a module's function that the kernel can't find by name", kprobe('f', { module: 'm' }), [ofModule]],
  ["the kernel's own, of which modules have the name too", kprobe('f', { module: 'vmlinux' }), [own]],
])('%s is attached by address', (_, attachment, places) => {
  const bpf = fakeBpf();
  bpf.refuse('openPerfEvent 8 m:f', 'ENOENT');
  bpf.refuse('openPerfEvent 8 f', 'EADDRNOTAVAIL');
  const { result } = attachOn(bpf, [attachment], { kernelFunctions: () => places });
  expect(result.ok).toBe(true);
  expect(bpf.calls).toContain(`openPerfEvent 8 0x${places[0]?.address.toString(16)}`);
});

const shared = [own, other, ofModule];

test.each([
  ['on a kernel that would take the first', [6, 1], [own, other], '0xffffffff82000000 (vmlinux)', 'wildcard'],
  ['on a kernel that takes none', [6, 12], [own, ofModule], '0xffffffffc0000000 (m)', 'MODULE'],
] as const)('a name that several functions share is an error %s', (_, kernel, places, told, hint) => {
  const bpf = fakeBpf();
  bpf.refuse('openPerfEvent 8 f', 'EADDRNOTAVAIL');
  const { result } = attachOn(bpf, [kprobe('f')], { machine: { kernel }, kernelFunctions: () => places });
  const [error] = result.ok ? [] : result.error;
  expect(error?.code).toBe('attach-failed');
  expect(error?.message).toContain(told);
  expect(error?.hints.join()).toContain(hint);
  expect(eventsOf(bpf)).toBe(0);
});

test.each([[6, 1] as const, [6, 12] as const])(
  'a wildcard takes all functions that share a name, but for those that can not be probed, on %i.%i',
  (...kernel) => {
    const bpf = fakeBpf();
    bpf.refuse('openPerfEvent 8 f', 'EADDRNOTAVAIL');
    bpf.refuse(`openPerfEvent 8 0x${other.address.toString(16)}`, 'EINVAL');
    const attachment: Attachment = { kind: 'kprobe', return: false, symbol: 'f', offset: 0, every: true };
    const { result } = attachOn(bpf, [attachment], { machine: { kernel }, kernelFunctions: () => shared });
    expect(result.ok && result.value.probes.flatMap(({ links }) => links)).toHaveLength(2);
  },
);

test.each([
  [63, true],
  [64, false],
])('an offset of %i in a function of 64 bytes: %s', (offset, isWithin) => {
  const bpf = fakeBpf();
  const { result } = attachOn(bpf, [kprobe('f', { offset })], { kernelFunctions: () => [own] });
  expect(result.ok).toBe(isWithin);
  expect(eventsOf(bpf)).toBe(isWithin ? 1 : 0);
  if (!result.ok) expect(result.error[0]?.message).toMatch(/behind the function, which is 64 bytes long/);
});

test('where the kernel hides addresses, or refuses shared names itself, its word counts', () => {
  const bpf = fakeBpf();
  const { result } = attachOn(bpf, [kprobe('f', { offset: 100 })], { machine: { kernel: [6, 1] } });
  expect(result.ok).toBe(true);
  const asked: string[] = [];
  const kernelFunctions = (symbol: string) => (asked.push(symbol), shared);
  expect(attachOn(fakeBpf(), [kprobe('g')], { kernelFunctions }).result.ok).toBe(true);
  expect(asked).toEqual([]);
});

test.each([
  ['no kprobes in the kernel', kprobe('f'), '', { probeDevices: {} }, /no kprobes/],
  ['no such function', kprobe('f'), 'ENOENT', {}, /no such function/],
  ['not to be probed', kprobe('f'), 'EINVAL', {}, /can not be probed/],
  ['within an instruction', kprobe('f', { offset: 1 }), 'EILSEQ', {}, /start of an instruction/],
  ['not permitted', kprobe('f'), 'EPERM', {}, /not permitted/],
  ['too many files', kprobe('f'), 'EMFILE', {}, /too many files/],
  ['no hardware counter', samples({ cpus: 'all' }), 'ENOENT', {}, /no such event/],
  ['no such tracepoint', tracepoint, 'ENOENT', {}, /no such tracepoint/],
  ['a place taken', kprobe('f'), 'EBUSY', {}, /holds the function/],
  ['what nobody knows', kprobe('f'), 'EUNHEARDOF', {}, /EUNHEARDOF/],
])('%s is an error that names the probe and the cause', (title, attachment, errno, changes, cause) => {
  const bpf = fakeBpf();
  if (errno !== '') bpf.refuse('openPerfEvent', errno);
  const { result } = attachOn(bpf, [attachment], changes);
  if (result.ok) throw new Error('it was attached');
  const [diagnostic] = result.error;
  const code = title === 'not to be probed' ? 'not-traceable' : 'attach-failed';
  expect(diagnostic).toMatchObject({ code, severity: 'error', span: scriptSpan });
  expect(diagnostic?.message).toMatch(/^can't attach the probe: /);
  expect(diagnostic?.message).toMatch(cause);
});

test('probes that can not be attached are warned of, or passed over, if so configured', () => {
  const results = (['warn', 'ignore'] as const).map((missingProbes) => {
    const bpf = fakeBpf();
    bpf.refuse('openPerfEvent 8 f', 'ENOENT');
    const { result } = attachOn(bpf, [kprobe('f'), kprobe('g')], { missingProbes });
    return result.ok
      ? [result.value.probes.length, result.value.diagnostics.map(({ severity }) => severity)]
      : result.error;
  });
  expect(results).toEqual([
    [1, ['warning']],
    [1, []],
  ]);
});

test('missing privileges are an error whatever is configured', () => {
  const bpf = fakeBpf();
  bpf.refuse('openPerfEvent', 'EACCES');
  expect(attachOn(bpf, [kprobe('f'), kprobe('g')], { missingProbes: 'ignore' }).result.ok).toBe(false);
});

test('if nothing at all can be attached, that is an error even where single ones are passed over', () => {
  const bpf = fakeBpf();
  bpf.refuse('openPerfEvent', 'ENOENT');
  const told = (['warn', 'ignore'] as const).map((missingProbes) => {
    const { result } = attachOn(bpf, [kprobe('f'), kprobe('g')], { missingProbes });
    return result.ok ? [] : result.error.map(({ severity, message }) => `${severity}: ${message}`);
  });
  expect(told.map((lines) => [lines.length, lines.at(-1)])).toEqual([
    [3, 'error: Attachment failed for all probes'],
    [1, 'error: Attachment failed for all probes'],
  ]);
});

test('of many failures the first are told, and the rest counted', () => {
  const bpf = fakeBpf();
  bpf.refuse('openPerfEvent 8 f', 'ENOENT');
  const many = Array.from({ length: 15 }, (_, index) => kprobe(`f${index}`));
  const { result } = attachOn(bpf, [...many, kprobe('g')], { missingProbes: 'warn' });
  expect(result.ok && result.value.diagnostics.length).toBe(11);
  expect(result.ok && result.value.diagnostics.at(-1)?.message).toMatch(/^5 more/);
});

test('what was opened before a failure is closed with the rest', () => {
  const bpf = fakeBpf();
  bpf.refuse('linkPerfEvent', 'EPERM');
  const { handles } = attachOn(bpf, [kprobe('f')]);
  handles.links.closeTogether();
  handles.events.closeAll();
  expect(bpf.open).toEqual(['program p']);
});

test("misses are read per program and per kprobe, and a kernel that doesn't count says so", () => {
  const [counting, silent] = [fakeBpf(), fakeBpf()];
  counting.misses({ recursion: 3n, missed: 5n });
  const read = [counting, silent].map((bpf) => {
    const { result, programs } = attachOn(bpf, [kprobe('f')]);
    const read = result.ok ? [programMisses(bpf, programs), probeMisses(bpf, result.value.probes)] : [];
    return read.flatMap(({ misses }) => misses);
  });
  expect(read).toEqual([
    [
      { probe: 'the probe', count: 3n, cause: 'recursion' },
      { probe: 'the probe', count: 5n, cause: 'probe' },
    ],
    [
      { probe: 'the probe', count: undefined, cause: 'recursion' },
      { probe: 'the probe', count: undefined, cause: 'probe' },
    ],
  ]);
});

test('if the address can not be probed either, that is the cause, and not the name', () => {
  const bpf = fakeBpf();
  bpf.refuse('openPerfEvent 8 f', 'EADDRNOTAVAIL');
  bpf.refuse(`openPerfEvent 8 0x${own.address.toString(16)}`, 'EINVAL');
  const { result } = attachOn(bpf, [kprobe('f')], { kernelFunctions: () => [own] });
  expect(result.ok ? '' : result.error[0]?.message).toMatch(/can not be probed/);
});

const uprobe = (path: string, offset: number, isReturn = false): Attachment => ({
  kind: 'uprobe',
  return: isReturn,
  path,
  offset,
});

test('many uprobes take one link for each file', () => {
  const bpf = fakeBpf();
  const places = [uprobe('/bin/a', 1), uprobe('/bin/b', 2), uprobe('/bin/a', 3)];
  const { result, handles } = attachOn(bpf, places, {}, { multi: 'uprobe-multi' });
  expect(bpf.calls.slice(1)).toEqual(['linkUprobes p /bin/a 1 3', 'linkUprobes p /bin/b 2']);
  expect(result.ok && result.value.probes).toHaveLength(3);
  expect(handles.links.names).toHaveLength(2);
});

test('of many uprobes those that the kernel refuses are found by halving, and the others stay attached', () => {
  const bpf = fakeBpf();
  for (const refused of ['1 2 3 4', '3 4', '3']) bpf.refuse(`linkUprobes p /bin/a ${refused}`, 'ENOTSUPP');
  const places = [1, 2, 3, 4].map((offset) => uprobe('/bin/a', offset));
  const { result } = attachOn(bpf, places, { missingProbes: 'warn' }, { multi: 'uprobe-multi' });
  expect(result.ok && result.value.probes.map(({ attachment }) => attachment)).toEqual([
    uprobe('/bin/a', 1),
    uprobe('/bin/a', 2),
    uprobe('/bin/a', 4),
  ]);
  expect(result.ok && result.value.diagnostics.map(({ message }) => message)).toEqual([
    expect.stringContaining('/bin/a:0x3: the instruction can not be probed'),
  ]);
  expect(bpf.open.filter((name) => name.startsWith('link'))).toEqual(['link /bin/a 1 2', 'link /bin/a 4']);
});

test('missing privileges are not asked for again and again', () => {
  const bpf = fakeBpf();
  bpf.refuse('linkUprobes', 'EPERM');
  const places = [1, 2, 3, 4].map((offset) => uprobe('/bin/a', offset));
  const { result } = attachOn(bpf, places, {}, { multi: 'uprobe-multi' });
  expect(result.ok).toBe(false);
  expect(bpf.calls.filter((call) => call.startsWith('linkUprobes'))).toHaveLength(1);
});

test.each([
  [
    'several uprobes, if the kernel can',
    [uprobe('/bin/a', 1), uprobe('/bin/a', 2)],
    'present',
    'uprobe-multi',
  ],
  [
    'several uprobes, on a kernel that can not',
    [uprobe('/bin/a', 1), uprobe('/bin/a', 2)],
    'absent',
    undefined,
  ],
  ['one uprobe', [uprobe('/bin/a', 1)], 'present', undefined],
  ['several tracepoints', [tracepoint, tracepoint], 'present', undefined],
] as const)('%s: attached by one link or not', (_, attachments, presence, multi) =>
  expect(multiTypeOf({ attachments }, { presence: () => presence })).toBe(multi),
);

test('where a kernel has no such function, the nearest that it has are named', () => {
  const bpf = fakeBpf();
  bpf.refuse('openPerfEvent', 'ENOENT');
  const functionNames = () => ['vfs_write', 'vfs_read', 'do_exit'];
  const { result } = attachOn(bpf, [kprobe('vfs_reed')], { functionNames });
  expect(result.ok ? [] : result.error[0]?.hints[0]).toBe("Did you mean 'vfs_read'?");
});

test('an address is attached to as it is, and nothing is looked up', () => {
  const bpf = fakeBpf();
  const attachment: Attachment = {
    kind: 'kprobe',
    return: true,
    symbol: '0xF00',
    offset: 0,
    address: 0xf00n,
  };
  const { result } = attachOn(bpf, [attachment], { machine: { kernel: [5, 10] } });
  expect(result.ok).toBe(true);
  expect(bpf.calls).toContain('openPerfEvent 8 0xf00');
});

const many = [kprobe('f'), kprobe('g')].map((attachment) => ({ ...attachment, every: true as const }));

test.each([
  [false, 'entry'],
  [true, 'return'],
])('functions of a wildcard take one link (at the return: %s)', (isReturn, at) => {
  const bpf = fakeBpf();
  const places = many.map((attachment) => ({ ...attachment, return: isReturn }));
  const { result, handles } = attachOn(bpf, places, {}, { multi: 'kprobe-multi' });
  expect(bpf.calls.slice(1)).toEqual([`linkKprobes p ${at} f g`]);
  expect(result.ok && result.value.probes).toHaveLength(2);
  expect(handles.links.names).toHaveLength(1);
});

test('both blocks of a session count as attached, and what one link missed is told once for both', () => {
  const bpf = fakeBpf();
  bpf.misses({ recursion: 1n, missed: 4n });
  const returns = programPlan('r', 'kprobe', many, { probe: 'r*' });
  const { result, programs } = attachOn(bpf, many, {}, { multi: 'kprobe-session', returns });
  if (!result.ok) throw new Error('not attached');
  expect(bpf.calls.slice(1)).toEqual(['linkKprobes p both f g']);
  expect(result.value.probes.map(({ program, attachment }) => `${program.name} ${attachment.kind}`)).toEqual([
    'p kprobe',
    'p kprobe',
    'r kprobe',
    'r kprobe',
  ]);
  expect(probeMisses(bpf, result.value.probes).misses).toEqual([
    { probe: 'p*, r*', count: 4n, cause: 'probe' },
  ]);
  expect(programMisses(bpf, programs).misses).toEqual([{ probe: 'p*, r*', count: 1n, cause: 'recursion' }]);
});
