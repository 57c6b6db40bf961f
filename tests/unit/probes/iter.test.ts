/** Targets of iterators, ctx in them, and that they are alone. */

import { expect, test } from 'vitest';
import { analysed, checkAnalysis, told, treeOf } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const facts = goldenFacts('minimal');
const attachmentsOf = (program: string, setting = { facts }) =>
  analysed(program, setting).typed.probes.flatMap(({ attachments }) => attachments);

test('an iterator is attached to its function, and told which process is meant', () => {
  expect(analysed('iter:task { }').typed.probes[0]?.tracing).toEqual({
    attachType: 'iter',
    btfObject: 'vmlinux',
    btfId: 3,
  });
  expect(attachmentsOf('it:task { }')).toEqual([{ kind: 'iter', name: 'task' }]);
  const ofProcess = { facts: { ...facts, machine: { ...facts.machine, targetPid: 4711 } } };
  expect(attachmentsOf('iter:task { }', ofProcess)).toEqual([{ kind: 'iter', name: 'task', process: 4711 }]);
});

test('cgroups are walked from the root down', () => {
  const withCgroups = { facts: { ...facts, iterator: () => facts.iterator('task') } };
  expect(attachmentsOf('iter:cgroup { }', withCgroups)).toEqual([{ kind: 'iter', name: 'cgroup', order: 2 }]);
});

test('ctx leads to the object by . and ->', () => {
  for (const field of ['ctx.task->pid', 'ctx->task->pid', 'ctx.task.pid'])
    expect(treeOf(`iter:task { @x = ${field}; }`).at(-1)).toMatch(/int32/);
});

test('an iterator is the only probe of its script', () => {
  checkAnalysis(`
    begin { }
    iter:task { }
 // ^^^^^^^^^ probe-not-supported
  `);
  checkAnalysis(`
    iter:task, iter:task { }
 // ^^^^^^^^^ probe-not-supported
  `);
});

test('mistakes in targets', () => {
  checkAnalysis(`
    iter { }
 // ^^^^ bad-probe-target
    iter:task: { }
 // ^^^^^^^^^^ bad-probe-target
    iter:tsk { }
      // ^^^ target-not-found
    iter:bpf_map_elem { }
      // ^^^^^^^^^^^^ probe-not-supported
  `);
  expect(told('iter:tsk { }')).toEqual([
    { code: 'target-not-found', hints: ["Did you mean 'task'?", 'There are task.'] },
  ]);
});

test.each([
  ['iter:task:/sys/fs/bpf/a', '/sys/fs/bpf/a'],
  ['iter:task:a', '/sys/fs/bpf/a'],
  ['iter:task:a/b:c', '/sys/fs/bpf/a/b:c'],
])('%s is pinned to %s', (target, pin) => {
  const { typed } = analysed(`${target} { }`);
  expect(typed.probes[0]?.attachments).toEqual([{ kind: 'iter', name: 'task', pin }]);
  expect(typed.probes[0]?.info.context.walk?.isPinned).toBe(true);
});

test('in a pinned iterator the kernel prints, and nobody handles anything else', () => {
  checkAnalysis(`
    iter:task:pin {
      printf("%d %-5u %05x %p %s\\n", 1, 2, 3, ctx.task, ctx.task->comm);
      @x = count();
      print(1);
   // ^^^^^^^^ not-available-here
      printf("%o", 1);
          // ^^^^ bad-format
      printf("%#x", 1);
          // ^^^^^ bad-format
      printf("%.3s", "a");
          // ^^^^^^ bad-format
      printf("%hd", 1);
          // ^^^^^ bad-format
      printf("%s", 1);
                // ^ wrong-argument-type
      exit();
   // ^^^^^^ not-available-here
    }
  `);
  expect(told(`iter:task:pin { printf("${'%d'.repeat(13)}", ${'1, '.repeat(12)}1); }`)).toMatchObject([
    { code: 'bad-format' },
  ]);
});

test('text is shown by kernels that let programs hand over where it lies', () => {
  const onKernel = (...kernel: readonly [number, number]) => ({
    facts: { ...facts, machine: { ...facts.machine, kernel } },
  });
  const script = 'iter:task:pin { printf("%s", "text"); }';
  expect(told(script, onKernel(5, 12))).toMatchObject([{ code: 'bad-format' }]);
  expect(told(script, onKernel(5, 13))).toEqual([]);
});

test('what a kernel lacks is told with the release that brought it', () =>
  expect(told('iter:task_vma { }')).toEqual([
    {
      code: 'target-not-found',
      hints: ['It exists since Linux 5.12, where the kernel is built with what it walks.'],
    },
  ]));

test('without BTF there are no iterators', () =>
  expect(told('iter:task { }', { facts: { ...facts, hasBtf: false } })).toMatchObject([
    { code: 'btf-missing' },
  ]));

test('ctx and registers are not everywhere', () =>
  checkAnalysis(`
    begin { print(ctx.task); }
               // ^^^ not-available-here
    fentry:f { print(reg("ip")); }
                  // ^^^^^^^^^ not-available-here
    kprobe:f { print(reg("rip")); }
                      // ^^^^^ bad-argument
  `));
