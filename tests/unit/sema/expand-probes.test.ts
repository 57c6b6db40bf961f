/** Attach points become programs: which places share one, what programs are called, how many there may be. */

import { expect, test } from 'vitest';
import type { Settings } from '../../../src/plan/settings.ts';
import { analysed, checkAnalysis, told } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

/** Programs with what `probe` would print and how many places each has. */
const programsOf = (program: string): readonly string[] =>
  analysed(program).typed.probes.map(
    ({ name, info, attachments }) => `${name} ${info.name} ×${attachments.length}`,
  );

test.each([
  ['begin { }', ['begin_1 begin ×1']],
  ['BEGIN { }', ['begin_1 begin ×1']],
  ['kprobe:f { }', ['kprobe_f_1 kprobe:f ×1']],
  ['k:f { }', ['kprobe_f_1 kprobe:f ×1']],
  ['KPROBE:f { }', ['kprobe_f_1 kprobe:f ×1']],
  ['kprobe:f,kretprobe:f { }', ['kprobe_f_1 kprobe:f ×1', 'kretprobe_f_2 kretprobe:f ×1']],
  ['begin { } kprobe:f { } end { }', ['begin_1 begin ×1', 'kprobe_f_2 kprobe:f ×1', 'end_3 end ×1']],
  ['kprobe:* { }', ['kprobe___1 kprobe:* ×2']],
  ['kprobe:* { print(probe); }', ['kprobe_f_1 kprobe:f ×1', 'kprobe_g_2 kprobe:g ×1']],
  ['kprobe:* /probe == "kprobe:f"/ { }', ['kprobe_f_1 kprobe:f ×1', 'kprobe_g_2 kprobe:g ×1']],
  [
    'kprobe:* { if (pid) { $x = (1, probe); print($x); } }',
    ['kprobe_f_1 kprobe:f ×1', 'kprobe_g_2 kprobe:g ×1'],
  ],
  ['uprobe:/bin/app:main { }', ['uprobe__bin_app_main_1 uprobe:/bin/app:main ×1']],
  ['interval:s:1 { }', ['interval_s_1_1 interval:s:1 ×1']],
])('%s', (program, programs) => expect(programsOf(program)).toEqual(programs));

test.each([
  ['kprobe:f', { symbol: 'f', offset: 0 }],
  ['kprobe:f+4', { symbol: 'f', offset: 4 }],
  ['kprobe:m:f', { module: 'm', symbol: 'f', offset: 0 }],
  ['kprobe:vmlinux:f', { module: 'vmlinux', symbol: 'f', offset: 0 }],
  ['kprobe:f*', { symbol: 'f', offset: 0, every: true }],
])('%s is attached to what it names; a wildcard to every function of a name', (target, place) => {
  const [probe] = analysed(`${target} { }`).typed.probes;
  expect(probe?.attachments).toEqual([{ kind: 'kprobe', return: false, ...place }]);
});

test.each([
  ['kprobe:0xffffffff81000000', 'kprobe', false],
  ['kretprobe:0xFFFFFFFF81000000', 'kretprobe', true],
])('%s is attached to the address, with --unsafe only', (target, provider, isReturn) => {
  const unsafe = { facts: { ...goldenFacts('minimal'), unsafe: true } };
  const [probe] = analysed(`${target} { }`, unsafe).typed.probes;
  const symbol = target.slice(target.indexOf(':') + 1);
  const address = 0xffff_ffff_8100_0000n;
  expect(probe?.attachments).toEqual([{ kind: 'kprobe', return: isReturn, symbol, offset: 0, address }]);
  expect(probe?.info.name).toBe(target);
  expect(told(`${target} { }`)).toEqual([
    { code: 'unsafe', hints: ['Name a function, or a place in it: FUNCTION+OFFSET.'] },
  ]);
  expect(told(`${provider}:m:0x10 { }`, unsafe)).toMatchObject([{ code: 'bad-probe-target' }]);
});

test('an address is not a number of another kind, has no offset, and no more than 64 bits', () => {
  const facts = { ...goldenFacts('minimal'), unsafe: true };
  for (const target of ['kprobe:4096', 'kprobe:0x10+4', 'kprobe:0x1ffffffff81000000'])
    expect(told(`${target} { }`, { facts })).toMatchObject([{ code: 'bad-probe-target' }]);
});

test('of a name that several functions share a wildcard knows it; clones that the compiler made are left out', () => {
  const names = [
    'same',
    'same',
    'once',
    'once.part.0',
    'once.isra.0',
    'once.cold',
    'once.constprop.0.isra.0',
  ];
  const traceableFunctions = () => ({ functions: names.map((name) => ({ name })), exact: true });
  const facts = { ...goldenFacts('minimal'), traceableFunctions };
  const placesOf = (script: string) =>
    analysed(script, { facts }).typed.probes.flatMap(({ attachments }) => attachments);
  expect(placesOf('kprobe:* { }')).toEqual([
    { kind: 'kprobe', return: false, symbol: 'same', offset: 0, every: true, isShared: true },
    { kind: 'kprobe', return: false, symbol: 'once', offset: 0, every: true },
  ]);
  expect(placesOf('kprobe:once.isra.0 { }')).toMatchObject([{ symbol: 'once.isra.0' }]);
});

test('places with different contexts do not share a program', () =>
  expect(programsOf('tracepoint:*:* { }')).toEqual([
    'tracepoint_syscalls_sys_enter_openat_1 tracepoint:syscalls:sys_enter_openat ×1',
    'tracepoint_sched_fixture_2 tracepoint:sched:fixture ×1',
  ]));

test('places have programs of their own where each event is to tell its probe', () => {
  const facts = goldenFacts('minimal');
  const namesWith = (originFields: Settings['originFields']): readonly string[] =>
    analysed('kprobe:* { print(1); }', {
      facts: { ...facts, settings: { ...facts.settings, originFields } },
    }).typed.probes.map(({ info }) => info.name);
  expect(namesWith(['time', 'cpu', 'pid'])).toEqual(['kprobe:*']);
  expect(namesWith(['probe'])).toEqual(['kprobe:f', 'kprobe:g']);
});

test('names of programs are not longer than an object needs', () => {
  const name = analysed(`begin,${'kprobe:f,'.repeat(3)}kprobe:f { }`).typed.probes.map((probe) => probe.name);
  expect(new Set(name).size).toBe(5);
  const facts = goldenFacts('minimal');
  const long = 'f'.repeat(500);
  const { typed } = analysed(`kprobe:${long} { }`, {
    facts: {
      ...facts,
      traceableFunctions: () => ({ functions: [{ name: long }], exact: true }),
      kernelSymbol: () => ({ address: 1n }),
    },
  });
  expect(typed.probes[0]?.name.length).toBeLessThan(100);
});

test('unknown providers', () => {
  checkAnalysis(`
    kporbe:f { print(nonsense); }
 // ^^^^^^ unknown-probe
  `);
  expect(told('tracepont:a:b { }')).toEqual([
    { code: 'unknown-probe', hints: ["Did you mean 'tracepoint'?"] },
  ]);
  expect(told('nothing_like_it:a:b { }')).toEqual([
    {
      code: 'unknown-probe',
      hints: [expect.stringMatching(/^There are begin, end, self, test, bench, kprobe, .*\.$/)],
    },
  ]);
});

test('an attach point that does not exist leaves the others alone', () =>
  checkAnalysis(`
    tracepoint:sched:nothing_here { }
 // ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ target-not-found
    begin { print(nonsense); }
               // ^^^^^^^^ unknown-identifier
  `));

test.each([
  ['error', ['error target-not-found']],
  ['warn', ['warning target-not-found']],
  ['ignore', []],
] as const)('missing_probes=%s: what nothing matches', (missingProbes, wanted) => {
  const minimal = goldenFacts('minimal');
  const facts = { ...minimal, settings: { ...minimal.settings, missingProbes } };
  const { diagnostics } = analysed('kprobe:nothing*, begin { @ = 1; }', { facts });
  expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(wanted);
});

test('limits on probes and programs tell both remedies', () => {
  const facts = goldenFacts('minimal');
  const limited = (limits: object) => ({ facts: { ...facts, settings: { ...facts.settings, ...limits } } });
  expect(told('kprobe:* { }', limited({ maxProbes: 1 }))).toEqual([
    { code: 'too-many-probes', hints: ['Narrow the wildcards, or raise the limit: TSTRACE_MAX_PROBES=2'] },
  ]);
  expect(told('begin { } end { }', limited({ maxBpfProgs: 1 }))).toEqual([
    { code: 'too-many-probes', hints: ['Narrow the wildcards, or raise the limit: TSTRACE_MAX_BPF_PROGS=2'] },
  ]);
  expect(told('kprobe:* { }', limited({ maxProbes: 2, maxBpfProgs: 1 }))).toEqual([]);
});

test('a block of several programs is told of once', () =>
  checkAnalysis(`
    kprobe:f,kprobe:g { print(nonsense); }
                           // ^^^^^^^^ unknown-identifier
  `));

test('a script without probes', () => {
  expect(told('')).toEqual([expect.objectContaining({ code: 'no-probes' })]);
});

const filtered = (probeFilter: RegExp) => ({ ...goldenFacts('minimal'), probeFilter });

test.each<readonly [RegExp, readonly string[]]>([
  [/./, ['begin', 'kprobe:*', 'kretprobe:g', 'end']],
  [/:g$/, ['begin', 'kprobe:g', 'kretprobe:g', 'end']],
  [/^kret/, ['begin', 'kretprobe:g', 'end']],
])('the filter %s leaves probes whose names it fits, and those of the run itself', (filter, names) => {
  const { typed, diagnostics } = analysed('begin { } kprobe:* { } kretprobe:g { } end { }', {
    facts: filtered(filter),
  });
  expect(diagnostics).toEqual([]);
  expect(typed.probes.map(({ info }) => info.name)).toEqual(names);
});

test('a filter that fits nothing is an error, one', () => {
  for (const script of ['kprobe:f { }', 'begin { } kprobe:f { }'])
    expect(told(script, { facts: filtered(/^nothing/) })).toEqual([
      { code: 'no-probes', hints: ['tstrace -l SCRIPT shows the names that it is compared with.'] },
    ]);
});
