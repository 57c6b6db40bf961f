/** Functions of the BPF programs that run, on a kernel in memory. */

import { expect, test } from 'vitest';
import { runningFunctions } from '../../../src/runtime/running-functions.ts';
import { fakeBpf } from '../../support/fake-bpf.ts';

const load = (bpf: ReturnType<typeof fakeBpf>, name: string): number => {
  const { result } = bpf.loadProgram({
    name,
    type: 'kprobe',
    license: 'GPL',
    instructions: new Uint8Array(16),
  });
  if (!result.ok) throw new Error('not loaded');
  return result.value;
};

test('all programs are asked for theirs, and none is held', () => {
  const bpf = fakeBpf();
  const [first, second] = [load(bpf, 'first'), load(bpf, 'second')];
  expect(runningFunctions(bpf).slice(0, 2)).toEqual([
    { name: 'first', program: first, btfId: expect.any(Number) as number },
    { name: 'second', program: second, btfId: expect.any(Number) as number },
  ]);
  expect(bpf.open).toEqual(['program first', 'program second']);
});

test('where we may not look there are none', () => {
  const bpf = fakeBpf();
  load(bpf, 'first');
  bpf.refuse('openById program', 'EPERM');
  expect(runningFunctions(bpf)).toEqual([]);
});
