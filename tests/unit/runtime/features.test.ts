/** What a script needs that a kernel lacks, on a kernel in memory. */

import { expect, test } from 'vitest';
import type { FeatureName, Presence } from '../../../src/runtime/features.ts';
import { Features, features, missingFeatures } from '../../../src/runtime/features.ts';
import { fakeBpf } from '../../support/fake-bpf.ts';
import { scriptSpan } from '../../support/plans.ts';

const requires = (...names: readonly string[]) => ({
  requires: names.map((feature) => ({ feature, span: scriptSpan })),
});

const world = (bpf = fakeBpf()) => ({ bpf, probeDevices: {}, hasBtf: true, functionBtfId: 12 });

test.each<readonly [log: string, presence: Presence]>([
  ['0: (85) call bpf_loop#181\nR1 !read_ok', 'present'],
  ['invalid func unknown#181', 'absent'],
  ['unknown func bpf_loop#181', 'absent'],
  ['program of this type cannot use helper bpf_loop#181', 'absent'],
  ['', 'unknown'],
])("a helper's refusal with the log %j means that it is %s", (log, presence) => {
  const bpf = fakeBpf();
  bpf.refuse('loadProgram', { errno: 'EINVAL', log });
  expect(new Features(world(bpf)).presence('loop')).toBe(presence);
});

test('a feature is asked for once, and nothing is left open', () => {
  const bpf = fakeBpf();
  const asked = new Features(world(bpf));
  const names = Object.keys(features) as FeatureName[];
  for (const name of [...names, ...names]) asked.presence(name);
  expect(bpf.calls.filter((call) => call.startsWith('createMap'))).toHaveLength(1);
  expect(bpf.open).toEqual([]);
});

test('a trampoline that is forbidden to everybody is absent; without any privilege nothing is known', () => {
  const forbidden = fakeBpf();
  forbidden.refuse('loadProgram', 'EPERM', 1);
  const powerless = fakeBpf();
  powerless.refuse('loadProgram', 'EPERM');
  expect([
    new Features(world(forbidden)).presence('fentry'),
    new Features(world(powerless)).presence('fentry'),
  ]).toEqual(['absent', 'unknown']);
  expect(new Features({ ...world(), functionBtfId: undefined }).presence('fexit')).toBe('absent');
});

test('every missing feature is told once, where the script needs it', () => {
  const told = missingFeatures(requires('kprobe', 'kprobe', 'btf', 'loop'), {
    presence: (name) => (name === 'btf' ? 'present' : name === 'loop' ? 'unknown' : 'absent'),
  });
  expect(told.map(({ code, span }) => [code, span])).toEqual([['feature-missing', scriptSpan]]);
  expect(told[0]?.hints[0]).toContain('4.17');
});

test('a feature that nobody knows is a fault of its definition', () => {
  expect(() => missingFeatures(requires('teleport'), { presence: () => 'present' })).toThrow('teleport');
});

test.each<readonly [string, Presence]>([
  ['EBADF', 'present'],
  ['EINVAL', 'absent'],
])('links to many uprobes: %s means that they are %s', (errno, presence) => {
  const bpf = fakeBpf();
  bpf.refuse('linkUprobes', errno);
  expect(new Features(world(bpf)).presence('uprobe_multi')).toBe(presence);
  expect(bpf.open).toEqual([]);
});

test.each<readonly [string, Presence]>([
  ['E2BIG', 'present'],
  ['EINVAL', 'absent'],
  ['EOPNOTSUPP', 'absent'],
])('links to many kprobes, and sessions of them: %s means that they are %s', (errno, presence) => {
  const bpf = fakeBpf();
  bpf.refuse('linkKprobes', errno);
  const asked = new Features({ ...world(bpf), sessionFunctionId: 7 });
  expect([asked.presence('kprobe_multi'), asked.presence('kprobe_session')]).toEqual([presence, presence]);
  expect(bpf.open).toEqual([]);
});

test('sessions need a function of the kernel, by its type', () => {
  const bpf = fakeBpf();
  expect(new Features(world(bpf)).presence('kprobe_session')).toBe('absent');
  expect(bpf.calls).toEqual([]);
});

test('what is withheld is absent, and the kernel is not asked for it', () => {
  const bpf = fakeBpf();
  const asked = new Features({ ...world(bpf), withheld: new Set(['uprobe_multi', 'kprobe_session']) });
  expect(asked.presence('uprobe_multi')).toBe('absent');
  expect(bpf.calls).toEqual([]);
});
