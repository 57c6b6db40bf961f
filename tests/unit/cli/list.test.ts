/** -l and -lv: what is listed for which pattern, and what is told of it. */

import { expect, test } from 'vitest';
import { Report } from '../../../src/base/diagnostic.ts';
import { sourceFile } from '../../../src/base/source-file.ts';
import { readTypePattern, typeLines } from '../../../src/cli/commands/list-types.ts';
import { listingLines, listProbes, listScript, suspectFile } from '../../../src/cli/commands/list.ts';
import { parse } from '../../../src/parser/parse.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

const facts = goldenFacts('minimal');

function listing(pattern: string | undefined, verbose = false, machine = facts): readonly string[] {
  const report = new Report();
  const lines = [...listingLines(listProbes(pattern, machine, report), machine, verbose)];
  expect(report.diagnostics).toEqual([]);
  return lines;
}

test.each<readonly [string, readonly string[]]>([
  ['kprobe:*', ['kprobe:f', 'kprobe:g']],
  ['kprobe:f,fentry:g', ['kprobe:f', 'fentry:vmlinux:g']],
  ['kretprobe:f', ['kretprobe:f']],
  ['fexit:vmlinux:f', ['fexit:vmlinux:f']],
  ['f', ['kprobe:f', 'fentry:vmlinux:f']],
  ['*open*', ['tracepoint:syscalls:sys_enter_openat']],
  ['tracepoint:sched:*', ['tracepoint:sched:fixture']],
  ['t:syscalls:*', ['tracepoint:syscalls:sys_enter_openat']],
  ['uprobe:/bin/app', ['uprobe:/bin/app:main', 'uprobe:/bin/app:work']],
  ['uprobe:/bin/app:m*', ['uprobe:/bin/app:main']],
  ['uretprobe:/bin/*:work', ['uretprobe:/bin/app:work']],
  ['usdt:/bin/app:request', ['usdt:/bin/app:app:request']],
  ['interval:*', ['interval:us:N', 'interval:ms:N', 'interval:s:N', 'interval:hz:N']],
  ['software:cs', ['software:cs:']],
  ['self:*', ['self:signal:SIGUSR1']],
  ['*USR1', ['self:signal:SIGUSR1']],
  ['kprobe:nothing', []],
])('%s', (pattern, lines) => expect(listing(pattern)).toEqual(lines));

test('programs are listed for everything only where one process is looked at', () => {
  expect(listing(undefined).filter((line) => line.startsWith('u'))).toEqual([]);
  const traced = { ...facts, machine: { ...facts.machine, targetPid: 4711 } };
  expect(listing('uprobe:*:main', false, traced)).toEqual(['uprobe:/bin/app:main']);
  expect(listing('main', false, traced)).toEqual(['uprobe:/bin/app:main']);
});

test.each<readonly [string, readonly string[]]>([
  ['kprobe:f', ['kprobe:f']],
  ['fentry:f', ['fentry:vmlinux:f', '    struct file * file', '    uint32 count']],
  ['fexit:f', ['fexit:vmlinux:f', '    struct file * file', '    uint32 count', '    int32 retval']],
  ['rawtracepoint:fixture', ['rawtracepoint:fixture', '    struct file * file', '    uint32 count']],
  [
    'tracepoint:syscalls:*',
    [
      'tracepoint:syscalls:sys_enter_openat',
      '    int64 dfd',
      '    int8 * filename',
      '    int64 flags',
      '    uint16 mode',
    ],
  ],
  ['iter:task', ['iter:task', '    struct bpf_iter_meta * meta', '    struct task_struct * task']],
  ['uprobe:/bin/app:main', ['uprobe:/bin/app:main']],
  ['uretprobe:/bin/app:work', ['uretprobe:/bin/app:work', '    int16 retval']],
  ['usdt:/bin/app:variable', ['usdt:/bin/app:app:variable', '    int32 arg0']],
])('-v %s', (pattern, lines) => expect(listing(pattern, true)).toEqual(lines));

test('-v tells of arguments that can not be read why', () => {
  const lines = listing('uprobe:/bin/app:work', true);
  expect(lines.slice(0, 4)).toEqual([
    'uprobe:/bin/app:work',
    '    int32 count',
    '    struct device * at',
    "    uint8[8] real (can't be read: it is in a floating-point register)",
  ]);
});

test('a script lists what it would attach, each once', () => {
  const { value } = parse(sourceFile('test', 'kprobe:f,kprobe:f { } uretprobe:/bin/app:work { } begin { }'), {
    parameters: [],
  });
  const report = new Report();
  expect([...listingLines(listScript(value, facts, report), facts, true)]).toEqual([
    'kprobe:f',
    'uretprobe:/bin/app:work',
    '    int16 retval',
    'begin',
  ]);
});

test('an unknown kind of probe is told', () => {
  const report = new Report();
  expect([...listProbes('kprob:f', facts, report)]).toEqual([]);
  expect(report.diagnostics.map(({ code }) => code)).toEqual(['unknown-probe']);
});

test.each([
  ['tools/nope.bt', ['target-not-found']],
  ['kprobe:f.bt', []],
  ['*.bt', []],
  ['vfs_read', []],
])('%s may have been meant as a file', (pattern, codes) => {
  const report = new Report();
  suspectFile(pattern, report);
  expect(report.diagnostics.map(({ code }) => code)).toEqual(codes);
});

const types = {
  ...facts,
  typeNames: () => ['sock', '', 'socket', 'sock', 'task_struct'],
  definitions: (keyword: string, name: string) =>
    name === 'absent' ? [] : [{ object: 'vmlinux', text: `${keyword} ${name} {\n};` }],
};

test.each<readonly [string, boolean, readonly string[]]>([
  ['struct sock', false, ['struct sock']],
  ['union sock', true, ['vmlinux: union sock {\n};']],
  ['struct sock*', false, ['struct sock', 'struct socket']],
  ['enum absent', false, []],
])('%s', (pattern, verbose, lines) => {
  const wanted = readTypePattern(pattern);
  if (!wanted) throw new Error('no pattern of types');
  expect([...typeLines(wanted, types, verbose)]).toEqual(lines);
});

test.each(['kprobe:f', 'structs', undefined, 'struct a b'])('%s is no pattern of types', (pattern) =>
  expect(readTypePattern(pattern)).toBeUndefined(),
);
