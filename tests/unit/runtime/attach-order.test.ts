/** Programs are attached so that the kernel runs them in the order of the script. */

import { expect, test } from 'vitest';
import type { Attachment } from '../../../src/plan/plan.ts';
import { attachOrder } from '../../../src/runtime/attach-order.ts';
import type { LoadedProgram } from '../../../src/runtime/load.ts';
import { asFd } from '../../../src/runtime/bpf-api.ts';
import { programPlan } from '../../support/plans.ts';

const kprobe = (isReturn: boolean): Attachment => ({
  kind: 'kprobe',
  return: isReturn,
  symbol: 'f',
  offset: 0,
});
const uprobe: Attachment = { kind: 'uprobe', return: false, path: '/bin/app', offset: 1 };
const traced: Attachment = { kind: 'tracing', function: 'f' };
const tracepoint: Attachment = { kind: 'tracepoint', category: 'a', event: 'b', id: 1 };

const loaded = (name: string, attachment: Attachment, multi?: LoadedProgram['multi']): LoadedProgram => ({
  plan: programPlan(name, 'kprobe', [attachment]),
  fd: asFd<'program'>(3),
  log: '',
  ...(multi && { multi }),
});

const debian12 = { kernel: [6, 12] } as const;

test.each([
  ['kprobes', kprobe(false), ['third', 'second', 'first']],
  ['kretprobes', kprobe(true), ['first', 'second', 'third']],
  ['uprobes', uprobe, ['third', 'second', 'first']],
  ['fentry and fexit', traced, ['third', 'second', 'first']],
  ['tracepoints', tracepoint, ['first', 'second', 'third']],
])('%s', (_, attachment, order) => {
  const programs = ['first', 'second', 'third'].map((name) => loaded(name, attachment));
  expect(attachOrder(programs, debian12).map(({ plan }) => plan.name)).toEqual(order);
});

test('of several kinds those that are turned round come last', () => {
  const programs = [loaded('a', uprobe), loaded('b', tracepoint), loaded('c', uprobe)];
  expect(attachOrder(programs, debian12).map(({ plan }) => plan.name)).toEqual(['b', 'c', 'a']);
});

test.each([
  [
    [6, 12],
    ['first', 'second'],
  ],
  [
    [6, 14],
    ['second', 'first'],
  ],
] as const)('returns by links to many kprobes, on %j', (kernel, order) => {
  const programs = ['first', 'second'].map((name) => loaded(name, kprobe(true), 'kprobe-multi'));
  expect(attachOrder(programs, { kernel }).map(({ plan }) => plan.name)).toEqual(order);
});
