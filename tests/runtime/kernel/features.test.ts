/** Features of the kernel that runs the tests: what it says of itself must fit its release and what the other tests use. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import { helpers } from '../../../src/plan/helpers.ts';
import type { Feature, FeatureName } from '../../../src/runtime/features.ts';
import { Features, features } from '../../../src/runtime/features.ts';
import { realBpf } from '../../../src/runtime/kernel/real-bpf.ts';
import { btfKind, idsNamed, kindOf, parseBtf, variantsOf } from '../../../src/system/btf/parse.ts';
import { probeDevices } from '../../../src/system/proc/machine-files.ts';
import { machine } from '../../support/kernel.ts';

const btf = parseBtf(readFileSync('/sys/kernel/btf/vmlinux'), 'vmlinux');
if (!btf.ok) throw new Error(btf.error);
const types = btf.value;
const asked = new Features({
  bpf: realBpf,
  probeDevices: probeDevices(),
  hasBtf: true,
  functionBtfId: idsNamed(types, 'vfs_read', btfKind.function)[0],
});

const [major, minor] = machine.kernel;
const isSince = (since: string): boolean => {
  const [sinceMajor = 0, sinceMinor = 0] = since.split('.').map(Number);
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
};
const entries = Object.entries(features) as [FeatureName, Feature][];
const askable = entries.filter(([, { probe }]) => probe.by === 'helper' && probe.program !== 'tracing');
const isBuiltIn = ([, { since }]: [FeatureName, Feature]): boolean => /^[\d.]+$/.test(since);

test.each(askable.filter(isBuiltIn))(
  'the helper %s is there exactly if the kernel is new enough',
  (name, { since }) => {
    expect(asked.presence(name)).toBe(isSince(since) ? 'present' : 'absent');
  },
);

test.each(askable.filter((entry) => !isBuiltIn(entry)))(
  'the helper %s is there only if the kernel is new enough',
  (name, { since }) => {
    expect(isSince(since) ? ['present', 'absent'] : ['absent']).toContain(asked.presence(name));
  },
);

/** Where no tracing program may be loaded, its helpers can't be asked for. */
test('a helper of tracing programs alone is there if they are', () => {
  const trampolines = asked.presence('fentry');
  expect(asked.presence('get_socket_cookie')).toBe(trampolines === 'present' ? 'present' : 'unknown');
});

test('every helper has the number that the kernel gives it', () => {
  // An anonymous enum on some kernels: found by what is in it.
  const ids = Array.from({ length: types.endId - 1 }, (_, index) => index + 1).filter(
    (id) => kindOf(types, id) === btfKind.enum,
  );
  const all = ids
    .map((id) => variantsOf(types, id))
    .find((variants) => variants[0]?.name === 'BPF_FUNC_unspec');
  const numbers = new Map(present(all, 'enum bpf_func_id').map(({ name, value }) => [name, Number(value)]));
  const known = Object.entries(helpers).filter(([, { since }]) => isSince(since));
  expect(known.map(([name, { id }]) => [name, id])).toEqual(
    known.map(([name]) => [name, numbers.get(`BPF_FUNC_${name}`)]),
  );
});

test('ring buffers, and what stands in sysfs', () => {
  expect(asked.presence('ringbuf')).toBe('present');
  expect(asked.presence('btf')).toBe('present');
  expect(asked.presence('uprobe')).toBe(present(probeDevices().uprobe, 'uprobes') > 0 ? 'present' : 'absent');
});

test('a helper of the far future is absent', () => {
  const future = { ...features.loop, probe: { by: 'helper', id: 9999, program: 'tracepoint' } } as const;
  const load = realBpf.loadProgram(
    {
      name: 'future',
      type: future.probe.program,
      license: 'GPL',
      instructions: new Uint8Array(Uint32Array.of(0x85, future.probe.id, 0xb7, 0, 0x95, 0).buffer),
    },
    { level: 1, bytes: 4096 },
  );
  expect(load.result.ok).toBe(false);
  expect(load.log.text).toMatch(/invalid func/);
});
