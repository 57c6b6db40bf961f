/** Faults that a tracing compiler has had, one case for each that no other case is about: what they were must never be again. */

import type { Case } from '../end-to-end.ts';

export const reliabilityCases: readonly Case[] = [
  {
    title: 'values of odd sizes lie side by side on the stack, in keys, values, tuples and events',
    script: `begin { $a = (uint8)1; $b = (uint64)0x1122334455667788; $c = "abc"; $d = (uint16)7; $e = pton("1.2.3.4"); $t = ($a, $b, $c, $d, $e[3]);
      @[$a, $b, $c, $d] = $t; printf("%d %x %s %d\\n", $a, $b, $c, $d); print(@[1, 0x1122334455667788, "abc", 7] == $t);
      for $kv : @ { print(($kv.0.2, $kv.1.1 == $b, $kv.1.3)); } exit(); }`,
    prints: `1 1122334455667788 abc 7
true
(abc, true, 7)


@[1, 1234605616436508552, abc, 7]: (1, 1234605616436508552, abc, 7, 4)`,
  },
  {
    title: 'min and max keep extremes of either sign, also zero and the first value',
    script: `begin { $i = -3; unroll(5) { @low = min($i); @high = max($i); @keyed[$i % 2 == 0] = max($i); $i++; } @only = max(-9); @least = min(0); @large = max((uint64)-1); @large = max((uint64)5); exit(); }`,
    prints:
      '@high: 1\n@keyed[true]: 0\n@keyed[false]: 1\n@large: 18446744073709551615\n@least: 0\n@low: -3\n@only: -9',
  },
  {
    title: 'a uprobe of a function that does not exist is told before anything is attached',
    script: 'uprobe:/bin/sh:no_such_function { @ = count(); } begin { print("never"); }',
    status: 1,
    reports: ["stdin:1:16-32: ERROR: /bin/sh has no function 'no_such_function' [target-not-found]"],
    prints: '',
  },
  {
    title: "members are reached through pointers that the kernel's sources mark (__rcu, __user)",
    script: `begin { $t = (struct task_struct *)curtask; print(($t->real_parent->tgid == ppid, $t->group_leader.pid == pid, $t->cred->uid.val == uid, $t->files->count.counter > 0)); exit(); }`,
    prints: '(true, true, true, true)',
  },
  {
    title: 'records are values of maps, also of maps with keys, changed, compared and gone over',
    script: `begin { @r = (a=1, b="x"); @k[1] = (a=2, b="longer"); @k[2] = @r; @r = @k[1]; for $kv : @k { print(($kv.0, $kv.1.a, $kv.1.b)); } print(@r == @k[1]); delete(@k, 1); delete(@k, 2); exit(); }`,
    prints: ['(1, 2, longer)', '(2, 1, x)', 'true', '@r: { .a = 2, .b = longer }'],
  },
  {
    title: 'a loop over averages, and all that they are',
    script: `begin { $i = 0; unroll(4) { @a[$i % 2] = avg($i * 10); @s[$i % 2] = stats($i); $i++; } for $kv : @a { @sum += $kv.1; } clear(@s); exit(); }`,
    prints: '@a[0]: 10\n@a[1]: 20\n@sum: 30',
  },
  {
    title: 'what reads a map changes nothing in it: printf, conditions, comparisons, keys that are not there',
    script: `begin { @[1] = 5; @[2] = -6; @t["a"] = "text"; printf("%d %d %d %s|%s|\\n", @[1], @[2], @[3], @t["a"], @t["b"]);
      if (@[1]) { printf("yes\\n"); } if (@[4]) { printf("no\\n"); } if (@[2] < 0 && @t["a"] == "text" && !has_key(@, 3)) { printf("%d\\n", len(@)); } exit(); }`,
    prints: '5 -6 0 text||\nyes\n2\n\n\n@[2]: -6\n@[1]: 5\n@t[a]: text',
  },
  {
    title: 'a shorter text leaves nothing behind of a longer one: in variables, keys, values, tuples',
    script: `begin { $s = "a long text"; $s = "ab"; @n[$s] = 1; @n["ab"] += 1; @v = "another long one"; @v = "x"; @n[@v] = 3; @n["x"] += 1;
      $t = (1, "a long text"); $t = (1, "ab"); @p[$t] = 1; @p[1, "ab"] += 1; print(($s == "ab", @v == "x", strlen($s), len(@n), len(@p))); exit(); }`,
    prints: '(true, true, 2, 2, 1)\n\n\n@n[ab]: 2\n@n[x]: 4\n@p[1, ab]: 2\n@v: x',
  },
];
