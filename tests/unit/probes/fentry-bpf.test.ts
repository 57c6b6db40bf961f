/** Functions of BPF programs that run, as targets of fentry and fexit. */

import { expect, test } from 'vitest';
import { listProbes } from '../../../src/cli/commands/list.ts';
import { Report } from '../../../src/base/diagnostic.ts';
import { analysed, told } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const facts = {
  ...goldenFacts('minimal'),
  bpfFunctions: () => [
    { name: 'count_packets', program: 7, btfId: 3 },
    { name: 'shared', program: 7, btfId: 4 },
    { name: 'shared', program: 9, btfId: 4 },
  ],
};

test.each([
  ['fentry:bpf:count_packets', ['fentry:bpf:7:count_packets']],
  ['fexit:bpf:count_packets', ['fexit:bpf:7:count_packets']],
  ['fentry:bpf:9:shared', ['fentry:bpf:9:shared']],
  ['fentry:bpf:*:shared', ['fentry:bpf:7:shared', 'fentry:bpf:9:shared']],
  ['fentry:bpf:count*', ['fentry:bpf:7:count_packets']],
  ['fentry:bpf:7:*', ['fentry:bpf:7:count_packets', 'fentry:bpf:7:shared']],
])('%s', (target, names) => {
  const { typed, diagnostics } = analysed(`${target} { }`, { facts });
  expect(diagnostics).toEqual([]);
  expect(typed.probes.map(({ info }) => info.name)).toEqual(names);
});

test('what is attached to is the function in the types of its program', () => {
  const [probe] = analysed('fexit:bpf:9:shared { }', { facts }).typed.probes;
  expect(probe?.tracing).toEqual({ attachType: 'fexit', btfObject: 'bpf', btfId: 4, program: 9 });
});

test.each([
  ['fentry:bpf:shared', 'bad-probe-target', 'Name the program: fentry:bpf:7:shared'],
  ['fexit:bpf:shared', 'bad-probe-target', 'Name the program: fexit:bpf:7:shared'],
  ['fentry:bpf:count_packet', 'target-not-found', "Did you mean 'count_packets'?"],
  [
    'fentry:bpf:8:shared',
    'target-not-found',
    "tstrace -l 'fentry:bpf:*' lists those that can be traced (as root).",
  ],
  [
    'fentry:bpf:nothing*',
    'target-not-found',
    "tstrace -l 'fentry:bpf:*' lists those that can be traced (as root).",
  ],
  ['fentry:bpf:1:2:3', 'bad-probe-target', 'Write fentry:[MODULE:]FUNCTION or fentry:bpf:[ID:]FUNCTION.'],
  ['fentry:bpf:', 'bad-probe-target', 'Write fentry:[MODULE:]FUNCTION or fentry:bpf:[ID:]FUNCTION.'],
])('%s is an error, with a way out', (target, code, hint) =>
  expect(told(`${target} { }`, { facts })).toEqual([
    { code, hints: expect.arrayContaining([hint]) as string[] },
  ]),
);

test('there are no arguments and no result', () => {
  for (const [target, word] of [
    ['fentry:bpf:count_packets', 'args'],
    ['fexit:bpf:count_packets', 'retval'],
  ])
    expect(told(`${target} { print(${word}); }`, { facts })).toHaveLength(1);
});

test('they are listed beside the functions of the kernel, and alone', () => {
  const listed = (pattern: string) => [...listProbes(pattern, facts, new Report())].map(({ name }) => name);
  const all = ['fentry:bpf:7:count_packets', 'fentry:bpf:7:shared', 'fentry:bpf:9:shared'];
  expect(listed('fentry:bpf:*')).toEqual(all);
  expect(listed('fentry:*')).toEqual(expect.arrayContaining([...all, 'fentry:vmlinux:f']));
  expect(listed('fentry:bpf:9:*')).toEqual(['fentry:bpf:9:shared']);
  expect(listed('fexit:bpf:count*')).toEqual(['fexit:bpf:7:count_packets']);
  expect(listed('fentry:vmlinux:*').filter((name) => name.includes('bpf'))).toEqual([]);
});
