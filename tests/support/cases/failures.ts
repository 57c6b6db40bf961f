/** What goes wrong while a script runs is told with its place. */

import { expect } from 'vitest';
import type { Case } from '../end-to-end.ts';

export const failureCases: readonly Case[] = [
  {
    title:
      'division by zero, an index out of bounds and a key that is not there, each once, with their number at the end',
    script: `begin { $a = pton("1.2.3.4"); $n = (uint64)pid; unroll(3) { $z = $n - $n; print(7 / $z); } print($a[$n]); @m[1] = 2; delete(@m, 5); _ = delete(@m, 6); if (delete(@m, 7)) { } exit(); }`,
    reports: [
      'stdin:1:81-87: WARNING: Division or modulo by zero: the result is taken as 1',
      'stdin:1:98-104: WARNING: Array index out of bounds: the array has 4 elements; 0 is used',
      'stdin:1:118-131: WARNING: @m has no such key that could be deleted',
      'stdin:1:81-87: WARNING: Division or modulo by zero: the result is taken as 1 (3 times in all)',
    ],
    prints: '1\n1\n1\n0\n\n\n@m[1]: 2',
  },
  {
    title: 'a full map is told with its place, its size and what to do',
    environment: { TSTRACE_MAX_MAP_KEYS: '2' },
    script: 'begin { $i = 0; unroll(5) { @m[$i] = 1; @c[$i] = count(); $i++; } exit(); }',
    reports: [
      'stdin:1:29-39: WARNING: @m is full (2 entries): 3 updates failed',
      'stdin:1:41-57: WARNING: @c is full (2 entries): 3 updates failed',
    ],
    prints: '@c[0]: 1\n@c[1]: 1\n@m[0]: 1\n@m[1]: 1',
  },
  {
    title: 'failed reads and missing keys are not told without -k',
    script:
      'begin { print(str(0xffffffff00000000)); print(*(int32 *)0xffffffff00000000); @m[1] = 2; print(@m[2]); exit(); }',
    prints: '\n0\n0\n\n\n@m[1]: 2'.slice(1),
  },
  {
    title: 'failed reads and missing keys are told with -k, with the helper and what it returned',
    options: ['-k'],
    script:
      'begin { print(str(0xffffffff00000000)); print(*(int32 *)0xffffffff00000000); @m[1] = 2; $k = @m[1] + 1; print(@m[$k]); @t[1] = "a"; print(@t[2]); exit(); }',
    reports: [
      "stdin:1:15-38: WARNING: Can't read this: it is not in the memory of the kernel (probe_read_kernel_str returned -14)",
      "stdin:1:47-75: WARNING: Can't read this: it is not in the memory of the kernel (probe_read_kernel returned -14)",
      'stdin:1:111-117: WARNING: @m has no such key: 0 is used',
      'stdin:1:139-144: WARNING: @t has no such key: 0 is used',
    ],
    prints: '\n0\n0\n\n\n\n@m[1]: 2\n@t[1]: a'.slice(1),
  },
  {
    title: 'what failed is a line of the JSON stream too',
    options: ['-k', '-f', 'json'],
    script: 'begin { print(*(int32 *)0xffffffff00000000); @m[1] = 2; print(@m[2]); exit(); }',
    reports: [
      "stdin:1:15-43: WARNING: Can't read this: it is not in the memory of the kernel (probe_read_kernel returned -14)",
      'stdin:1:63-68: WARNING: @m has no such key: 0 is used',
    ],
    prints: [
      '{"type": "helper_error", "msg": "Can\'t read this: it is not in the memory of the kernel", "helper": "probe_read_kernel", "retcode": -14, "filename": "stdin", "line": 1, "col": 15}',
      '{"type": "runtime_error", "msg": "@m has no such key: 0 is used", "filename": "stdin", "line": 1, "col": 63}',
    ],
  },
  {
    title: 'find looks a key up and fills a variable, of a wider type and of text',
    script: `begin { @m[1, "a"] = (int16)-5; @t[2] = "text"; @p[3] = (1, "x");
      $v = (int64)100; print((find(@m, (1, "a"), $v), $v)); print((find(@m, (1, "b"), $v), $v));
      if (find(@t, 2, $s)) { print($s); } if (!find(@t, 3, $s)) { print($s); } if (find(@p, 3, $q)) { print($q.1); } clear(@m); clear(@t); clear(@p); exit(); }`,
    prints: '(true, -5)\n(false, -5)\ntext\ntext\nx',
  },
  {
    title: 'signal reaches the process, by name and by number',
    options: ['--unsafe'],
    command: `/bin/sh -c 'trap "echo one" USR1; trap "echo two" USR2; echo a; echo b'`,
    script:
      'tracepoint:syscalls:sys_enter_write /pid == cpid/ { if (@n++ == 0) { signal("SIGUSR1"); signal_thread(12 + 0 * nsecs); } }',
    prints: (stdout: string): void => {
      expect(stdout.match(/^\w+$/gm)?.sort()).toEqual(['a', 'b', 'one', 'two']);
    },
  },
  {
    title: 'a signal that the kernel refuses is told',
    options: ['--unsafe'],
    command: '{programs}/reader 1 512',
    script: 'tracepoint:syscalls:sys_exit_read /pid == cpid && args.ret == 512/ { signal(64 + args.ret); }',
    reports: ["stdin:1:70-91: WARNING: The signal can't be sent (send_signal returned -22)"],
    prints: '',
  },
  {
    title: 'write_user changes what a process is about to write',
    needs: 'probe_write_user',
    options: ['--unsafe'],
    command: '/bin/echo before',
    script: `tracepoint:syscalls:sys_enter_write /pid == cpid/ { $t = "after!"; print((write_user(args.buf, $t, 6), str(args.buf, 6))); print(write_user(8, $t, 6)); }`,
    prints: ['after!', '(true, after!)', 'false'],
  },
];
