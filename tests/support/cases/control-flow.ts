/** Loops, blocks as values, functions of the script, declared maps, aggregations read in the script. */

import { expect } from 'vitest';
import type { Case } from '../end-to-end.ts';

export const controlFlowCases: readonly Case[] = [
  {
    title: 'nested for loops see and change the variables around them',
    script: `begin { $n = 0; $text = "none"; $t = (0, "x");
      for $i : 0..4 { $inner = $i * 10; for $j : $i..4 { $n += $inner + $j; $inner++; $text = "some"; $t = ($j, comm); } @i[$i] = $inner; }
      print(($n, $text, $t.0)); exit(); }`,
    prints: '(130, some, 3)\n\n\n@i[0]: 4\n@i[1]: 13\n@i[2]: 22\n@i[3]: 31',
  },
  {
    title: 'bounds of a range: empty, downward, negative, computed once, beyond the signed ones',
    script: `begin { $n = 3; for $i : 5..5 { print("empty"); } for $i : 5..2 { print("down"); } for $i : (-2)..2 { @a[$i] = 1; }
      for $i : $n..($n + 2) { $n = 100; @b[$i] = 1; } for $i : 18446744073709551613..18446744073709551615 { @c[$i] = 1; }
      print(len(@a)); print(len(@b)); exit(); }`,
    prints:
      '4\n2\n\n\n@a[-2]: 1\n@a[-1]: 1\n@a[0]: 1\n@a[1]: 1\n@b[3]: 1\n@b[4]: 1\n@c[18446744073709551613]: 1\n@c[18446744073709551614]: 1',
  },
  {
    title: 'a loop has up to 8388608 rounds; a range that turns out longer is told and left out',
    script: `begin { $n = 0; for $i : 0..1000000 { $n += $i; } print($n); $end = 1 << 23; $m = 0;
      for $i : 0..$end { $m++; } print($m); for $i : 0..($end + 1) { $m++; } print($m); exit(); }`,
    reports: [
      'stdin:2:45-77: WARNING: This range has more than 8388608 numbers, more than a loop can have rounds: it is left out',
    ],
    prints: '499999500000\n8388608\n8388608',
  },
  {
    title: 'break, continue and return leave what they should',
    script: `begin { for $i : 0..9 { if ($i % 2 == 0) { continue; } if ($i > 6) { break; } @odd[$i] = 1; }
        for $i : 0..3 { for $j : 0..9 { if ($j == 2) { break; } @inner[$i, $j] = 1; } }
        unroll (5) { @u++; if (@u == 3) { break; } if (@u == 1) { continue; } @v++; }
        $w = 0; while ($w < 10) { $w++; if ($w == 4) { continue; } if ($w == 6) { break; } @w[$w] = 1; }
        for $i : 0..9 { for $j : 0..9 { if ($i * 10 + $j == 42) { @at = $i * 10 + $j; return; } } } @never = 1; }
      interval:ms:50 { for $kv : @odd { if ($kv.0 == 3) { exit(4); } } }`,
    status: 4,
    reports: ['stdin:4:17-32: WARNING: while is deprecated [deprecated]'],
    prints: `@at: 42
@inner[0, 0]: 1
@inner[0, 1]: 1
@inner[1, 0]: 1
@inner[1, 1]: 1
@inner[2, 0]: 1
@inner[2, 1]: 1
@never: 0
@odd[1]: 1
@odd[3]: 1
@odd[5]: 1
@u: 3
@v: 1
@w[1]: 1
@w[2]: 1
@w[3]: 1
@w[5]: 1`,
  },
  {
    title: 'a loop over a map gives its keys and values, of any type, and may delete them',
    script: `begin { @a[1, "one"] = (7, "x"); for $kv : @a { print($kv); print($kv.0.1); print($kv.1.0 + 1); } @s["key"] = comm; for $kv : @s { printf("%s %s\\n", $kv.0, $kv.1); }
      for $i : 0..100 { @d[$i] = $i * $i; } $sum = 0; for $kv : @d { if ($kv.0 != 50) { delete(@d, $kv.0); } $sum += $kv.1; } print($sum);
      for $kv : @d { for $other : @a { print(($kv, $other.1.0)); } } @empty[1] = 1; delete(@empty, 1); for $kv : @empty { print("never"); } exit(); }`,
    prints:
      '((1, one), (7, x))\none\n8\nkey node\n328350\n((50, 2500), 7)\n\n\n@a[1, one]: (7, x)\n@d[50]: 2500\n@s[key]: node',
  },
  {
    title: 'a loop over aggregations gives what all CPUs have gathered',
    script: `begin { @count[1] = count(); @count[1] = count(); @sum[1] = sum(-9); @min[1] = min(-3); @min[1] = min(4); @max[1] = max(-7); @max[1] = max(-8); @avg["k"] = avg(-5); @avg["k"] = avg(-8);
      for $kv : @count { print($kv); } for $kv : @sum { print($kv); } for $kv : @min { print($kv); } for $kv : @max { print($kv); } for $kv : @avg { print($kv); } clear(@count); clear(@sum); clear(@min); clear(@max); clear(@avg); exit(); }`,
    prints: '(1, 2)\n(1, -9)\n(1, -3)\n(1, -7)\n(k, -6)',
  },
  {
    title: 'aggregations of several CPUs are read whole, and compared',
    command: '{programs}/spread',
    script: `tracepoint:syscalls:sys_enter_write /pid == cpid && args.count < 1000/ { @count = count(); @by[args.count] = count(); @sum = sum(args.count); @min = min(args.count); @max = max(args.count); @avg = avg(args.count); @low = min(-(int64)args.count); }
      tracepoint:syscalls:sys_enter_write /pid == cpid && args.count >= 1000/ { @cpus = args.count / 1000; }
      end { $n = @cpus; print($n > 1); print(@count == 3 * $n); print(@sum == 3 * $n * ($n + 1) / 2); print(@min == 1); print(@max == $n); print(@avg == ($n + 1) / 2); print(@low == -(int64)$n);
        print(@by[1] == 3 && @by[$n] == 3 && @by[$n + 1] == 0); print((uint8)@count == 3 * $n); if (@count) { print("some"); } if (@by[7777]) { print("none"); }
        $seen = 0; for $kv : @by { $seen += $kv.0 * $kv.1; } print($seen == @sum); clear(@by); clear(@count); clear(@sum); clear(@min); clear(@max); clear(@avg); clear(@low); clear(@cpus); }`,
    prints: (stdout) =>
      expect(stdout.trim().split('\n').slice(0, 11)).toEqual([
        ...new Array<string>(9).fill('true'),
        'some',
        'true',
      ]),
  },
  {
    title:
      'functions of the script take and give numbers, call each other, use maps, loops and memory of their own',
    script: `fn add($a: int64, $b: int8): int64 { return $a + $b; }
      fn five($a: int8, $b: uint16, $c: bool, $d: int64, $e: int32): int64 { return $c ? $a + $b + $d + $e : 0; }
      fn first_above($limit: int64): int64 { for $i : 0..100 { if ($i * $i > $limit) { return add($i, 0); } } return -1; }
      fn note($n: int64): void { if ($n < 0) { return; } printf("%s %d %s\\n", comm, $n, "a text that is longer than what the stack holds"); @noted[$n, comm] = (comm, comm, $n); }
      fn is_odd($n: int64): bool { return $n % 2 == 1; }
      begin { print(add(-5, -3)); print(five(-1, 65535, true, -4, 2)); print(first_above(50)); print(first_above(1000000)); note(3); note(-3); for $i : 0..4 { if (is_odd($i)) { note($i + 10); } } }
      end { print(add(1, 1)); } interval:ms:20 { exit(); }`,
    prints: `-8
65532
8
-1
node 3 a text that is longer than what the stack holds
node 11 a text that is longer than what the stack holds
node 13 a text that is longer than what the stack holds
2


@noted[3, node]: (node, node, 3)
@noted[11, node]: (node, node, 11)
@noted[13, node]: (node, node, 13)`,
  },
  {
    title: 'a function called from programs of every kind counts for all of them',
    command: '{programs}/reader 7 512',
    script: `fn note($what: uint8, $n: uint64): void { @calls[$what] = count(); @n[$what] = sum($n); @text[comm, $what] = str("a text that is longer than what the stack holds"); }
      tracepoint:syscalls:sys_exit_read /pid == cpid && args.ret == 512/ { note(1, (uint64)args.ret); }
      uprobe:{programs}/reader:add_up { note(2, arg1); }
      rawtracepoint:sys_enter /pid == cpid && arg1 == 1/ { note(3, arg1); }`,
    prints: [
      '@calls[1]: 7',
      '@calls[2]: 7',
      '@calls[3]: 7',
      '@n[1]: 3584',
      '@n[2]: 700',
      '@n[3]: 7',
      '@text[reader, 2]: a text that is longer than what the stack holds',
    ],
  },
  {
    title: 'blocks and ifs as values',
    script: `begin { $x = { let $a = 5; $a++; $a * 2 }; $y = if ($x == 12) { "twelve" } else if $x { "more" } else { "0" };
      $z = { $t = (comm, $x); for $i : 0..3 { $t = ("changed", $i); } $t }; print(($x, $y, $z)); print(if 0 { 1 } else { $n = -1; $n }); print({ if ($x == 12) { print("in"); } 7 }); exit(); }`,
    prints: '(12, twelve, (changed, 2))\n-1\nin\n7',
  },
  {
    title: 'declared maps have their kind and size: the least recently used go, a full one is told',
    script: `let @l = lruhash(2); let @p = percpulruhash(2); let @h = hash(2); let @big = hash(5000);
      begin { for $i : 0..3 { @l[$i] = 1; @p[$i] = count(); @h[$i] = 1; } for $i : 0..5000 { @big[$i] = 1; } print((len(@l) <= 2, len(@p) <= 2, len(@h), len(@big))); clear(@l); clear(@p); clear(@big); exit(); }`,
    reports: ['stdin:2:61-71: WARNING: @h is full (2 entries): 1 update failed'],
    prints: '(true, true, 2, 5000)\n\n\n@h[0]: 1\n@h[1]: 1',
  },
  {
    title: 'more variables than fit registers, declared again in every round',
    script: `begin { unroll (2) { $a = 1; $b = 2; $c = 3; $d = 4; $e = 5; $f = 6; $g = 7; $h = 8; $i = 9; $j = 10; $k = 11; $l = 12; $m = 13; $n = 14;
      @x = $n; @y = $m; @sum = $a + $b + $c + $d + $e + $f + $g + $h + $i + $j + $k + $l; } exit(); }`,
    prints: '@sum: 78\n@x: 14\n@y: 13',
  },
  {
    title: 'a while loop counts where the verifier can follow, however many variables there are',
    options: ['--no-warnings'],
    script: `begin { $a = 1; $b = 2; $c = 3; $d = 4; $e = 5; $f = 6; $g = 7; $h = 8; $i = 9; $j = 10; $k = 11; $l = 12; let $n: uint8; for $q : 0..2 { $a += $q; }
      while ($n < 50) { $n++; @[$n] = $a + $b + $c + $d + $e + $f + $g + $h + $i + $j + $k + $l; } print(len(@)); print(@[50]); clear(@); exit(); }`,
    prints: '50\n79',
  },
  {
    title: 'stacks, functions and modes of a probe are there in the bodies of loops and in functions',
    command: '{programs}/reader 7 512 1000',
    environment: { TSTRACE_SHOW_DEBUG_INFO: 'false' },
    script: `fn where(): void { @in[func] = count(); @mode[usermode] = count(); }
      uprobe:{programs}/reader:add_up { for $i : 0..2 { @stack[ustack(1)] = count(); } where(); }`,
    prints: ['        add_up+0', ']: 14', '@in[add_up]: 7', '@mode[1]: 7'],
  },
  {
    title: 'macros: variables by reference, maps, expressions evaluated at each use, a name of their own',
    script: `macro swap($a, $b) { let $t = $a; $a = $b; $b = $t; }
      macro bump(@m, key) { @m[key]++; @m[key] }
      macro twice(e) { e + e }
      macro answer() { 42 }
      begin { let $t = 1; let $u = 2; swap($t, $u); print(($t, $u, bump(@n, 7), twice(bump(@n, 7)), answer)); exit(); }`,
    prints: '(2, 1, 1, 5, 42)\n\n\n@n[7]: 3',
  },
  {
    title: 'comptime leaves branches out, by types and by the probe; nothing of its conditions is done',
    script: `config = { unstable_typeinfo = enable; }
      macro show(x) { if comptime (is_str(x)) { printf("text %s\\n", x); } else if comptime (is_integer(x)) { printf("number %d\\n", x); } else { fail("neither"); } }
      begin { $a = 1; show("abc"); show($a); show(typeinfo($a).full_type);
        if comptime (probetype == "special") { @where = "begin"; } else { @where = 5; }
        print((is_ptr(curtask), is_array(curtask), is_unsigned_integer(pid), is_literal(5), is_literal($a), default_str_length()));
        static_assert(sizeof(pid) == 4 && !kfunc_exist("no such function"), "never"); assert_str(@where); exit(); }`,
    prints: 'text abc\nnumber 1\ntext int8\n(true, false, true, true, false, 1024)\n\n\n@where: begin',
  },
  {
    title: 'is_err tells the highest 4095 addresses from pointers',
    script: `begin { $e = (uint64)0 - 4095; print((is_err((void *)$e), is_err((void *)($e - 1)), is_err((void *)-1), is_err(curtask))); exit(); }`,
    prints: '(true, false, true, false)',
  },
  {
    title: 'an assertion that holds does nothing; one that fails ends all with its message, at its place',
    script: 'begin { assert(1 < 2, "never"); @ = 1;\n  assert(@ == 2, "100% wrong"); @ = 3; }',
    status: 1,
    reports: ['stdin:2:3-31: ERROR: 100% wrong'],
    prints: '@: 1',
  },
  {
    title: 'a probe may have a name',
    script: 'first=begin { print((probe, probetype)); } second=begin { print(probe); exit(); }',
    prints: '(first, special)\nsecond',
  },
];
