/** What programs may call of the kernel, by what the verifier says when they try. */

import { expect, test } from 'vitest';
import { mayCall } from '../../../src/runtime/kernel-calls.ts';
import { fakeBpf } from '../../support/fake-bpf.ts';

const call = { btfId: 7, program: 'kprobe', traceable: 12 } as const;

test.each([
  ['calling kernel function vfs_read is not allowed', false],
  ['program must be sleepable to call sleepable kfunc f', false],
  ['BPF_CALL uses reserved fields', false],
  ['cannot find address for kernel function f', false],
  ['', false],
  ['0: (85) call bpf_rdonly_cast#7\nR1 !read_ok', true],
  ['arg#0 pointer type STRUCT task_struct must point to scalar', true],
])('a refusal with the log %j: %s', (log, expected) => {
  const bpf = fakeBpf();
  bpf.refuse('loadProgram', { errno: 'EINVAL', log });
  expect(mayCall(bpf, call)).toBe(expected);
});

test('a function that wants nothing may be called if the program loads, which is let go again', () => {
  const bpf = fakeBpf();
  expect(mayCall(bpf, call)).toBe(true);
  expect(bpf.open).toEqual([]);
});

test('tracing programs need a function that they could be attached to', () => {
  const bpf = fakeBpf();
  expect(mayCall(bpf, { ...call, program: 'tracing', traceable: undefined })).toBe(false);
  expect(bpf.calls).toEqual([]);
  expect(mayCall(bpf, { ...call, program: 'tracing' })).toBe(true);
});
