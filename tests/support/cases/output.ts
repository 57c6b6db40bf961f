/** What functions of output and control print, and where: one case for each. */

import { expect } from 'vitest';
import type { Case } from '../end-to-end.ts';

export const outputCases: readonly Case[] = [
  {
    title: 'errorf and warnf tell their place on stderr, printf goes on',
    script: 'begin { errorf("no %s: %d", "luck", -5); warnf("low %c", 65); printf("on\\n"); exit(); }',
    reports: ['stdin:1:9-40: ERROR: no luck: -5', 'stdin:1:42-61: WARNING: low A'],
    prints: 'on',
  },
  {
    title: '--no-warnings mutes warnf, not errorf',
    options: ['--no-warnings'],
    script: 'begin { errorf("wrong"); warnf("odd"); exit(); }',
    reports: ['stdin:1:9-24: ERROR: wrong'],
    prints: '',
  },
  {
    title: 'errorf and warnf are lines of the JSON stream, with their places',
    options: ['-f', 'json'],
    script: 'begin { errorf("a \\"%s\\"", "b"); warnf("%d", 1); exit(); }',
    reports: ['stdin:1:9-32: ERROR: a "b"', 'stdin:1:34-48: WARNING: 1'],
    prints: [
      '{"type": "errorf", "msg": "a \\"b\\"", "filename": "stdin", "line": 1, "col": 9}',
      '{"type": "warnf", "msg": "1", "filename": "stdin", "line": 1, "col": 34}',
    ],
  },
  {
    title: 'cat shows a file, as much as max_cat_bytes allow, and tells which it can not show',
    environment: { TSTRACE_MAX_CAT_BYTES: '5' },
    script:
      'begin { cat("/proc/%s/comm", "self"); printf("|"); cat("/dev/zer%c", 111); printf("|\\n"); cat("/no/%d", 1); exit(); }',
    reports: ["stdin:1:91-107: WARNING: Can't show /no/1: there is no such file"],
    prints: 'node\n|\0\0\0\0\0|',
  },
  {
    title: 'system runs a command through sh, waits for it, and ends what it printed with a line break',
    options: ['--unsafe'],
    script:
      'begin { printf("a\\n"); system("echo %s-$((%d + 1)); sleep 0.1; printf b", "x", 41); printf("c\\n"); system("exit 3"); exit(); }',
    prints: 'a\nx-42\nb\nc',
  },
  {
    title: 'what cat and system print is marked as theirs in JSON',
    options: ['--unsafe', '-f', 'json'],
    script: 'begin { cat("/proc/self/comm"); system("echo \\"q\\""); exit(); }',
    prints: ['{"type": "cat", "data": "node\\n"}', '{"type": "syscall", "data": "q\\n"}'],
  },
  {
    title: 'join shows the arguments of a command',
    command: '/bin/echo one two three',
    script:
      'tracepoint:syscalls:sys_enter_execve /pid == cpid/ { join(args.argv); join(args.argv, ", "); join(args.argv, ""); join(0); }',
    prints: [
      '/bin/echo one two three',
      '/bin/echo, one, two, three',
      '/bin/echoonetwothree',
      'one two three',
      '',
    ],
  },
  {
    title: 'join shows sixteen texts, of each 1023 bytes',
    command: `/bin/echo ${'x'.repeat(1023)} ${'y'.repeat(1024)}${' z'.repeat(20)}`,
    script: 'tracepoint:syscalls:sys_enter_execve /pid == cpid/ { join(args.argv); }',
    prints: [`/bin/echo ${'x'.repeat(1023)} ${'y'.repeat(1023)}${' z'.repeat(13)}`],
  },
  {
    title: 'what join shows is one text in JSON, without the line break',
    command: '/bin/echo one',
    options: ['-f', 'json'],
    script: 'tracepoint:syscalls:sys_enter_execve /pid == cpid/ { join(args.argv); }',
    prints: ['{"type": "join", "data": "/bin/echo one"}'],
  },
  {
    title: 'debugf writes a line to the trace buffer of the kernel',
    options: ['--unsafe', '--no-warnings'],
    script:
      'begin { debugf("tstrace %d %x %s", -3, 255, "end"); system("grep -o \'tstrace -3 ff end\' /sys/kernel/tracing/trace | tail -n 1"); exit(); }',
    prints: 'tstrace -3 ff end',
  },
  {
    title: 'time series have a value for each interval, as text and as JSON',
    options: ['-f', 'json'],
    command: '{programs}/reader 7 512',
    script: `config = { unstable_tseries = enable; }
      tracepoint:syscalls:sys_exit_read /pid == cpid && args.ret == 512/ { @sum[args.ret] = tseries(args.ret, 10ms, 100, "sum"); @last = tseries(-1, 3600s, 2); }`,
    prints: (stdout: string): void => {
      const lines = stdout.trim().split('\n').slice(1);
      const [last, sum] = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      expect(last).toMatchObject({ type: 'tseries', data: { '@last': [{ value: -1 }] } });
      const points = (sum as { data: { '@sum': { '512': { interval_start: string; value: number }[] } } })
        .data['@sum']['512'];
      expect(points.reduce((total, { value }) => total + value, 0)).toBe(7 * 512);
      for (const { interval_start: start } of points) expect(start).toMatch(/^\d\d:\d\d:\d\d\.\d\d0$/);
    },
  },
  {
    title: 'a time series is a plot',
    script: `config = { unstable_tseries = enable; }
      begin { @s = tseries(5, 3600s, 2); print(@s); clear(@s); exit(); }`,
    prints: (stdout: string): void =>
      expect(stdout.replaceAll(/\d\d:\d\d:\d\d/g, 'TT:TT:TT')).toBe(`\
@s:
         4                                                   6
hh:mm:ss |___________________________________________________|
TT:TT:TT |                         *                         | 5
         v___________________________________________________v
         4                                                   6



@s:
<no data>

`),
  },
];
