/** Runs that show what values of each type are: copied, taken apart, stored, printed. */

import { expect } from 'vitest';
import type { Case } from '../end-to-end.ts';

const structs = '{programs}/structs';

/** struct iphdr as tests/programs/structs.c fills it: bitfields, and an anonymous union of a struct; newer kernels name that, too. */
const ipHeader =
  '{ .ihl = 5, .version = 4, .tos = 16, .tot_len = 21504, .id = 13330, .frag_off = 64, .ttl = 64, .protocol = 17, .check = 52651, .saddr = 16777343, .daddr = 33554442';
const isWhole = new RegExp(`^${ipHeader}(, .addrs = \\{ .saddr = 16777343, .daddr = 33554442 \\})? \\}$`);

const structCases: readonly Case[] = [
  {
    title: 'a struct of a process is copied, stored, read field by field and printed, bitfields and all',
    command: structs,
    script: `uprobe:${structs}:take_ip {
        $h = *(struct iphdr *)arg0; print($h); printf("%s\\n", $h); @h = $h;
        print(($h.version, $h.ihl, $h.ttl, $h.saddr, @h.ihl, @h.daddr)); }`,
    prints: (stdout) => {
      const [first = '', second = '', third = '', , , map = ''] = stdout.split('\n');
      expect(first).toMatch(isWhole);
      expect(second).toBe(first);
      expect(third).toBe('(4, 5, 64, 16777343, 5, 33554442)');
      expect(map).toBe(`@h: ${first}`);
    },
  },
  {
    title: 'structs within structs, arrays in unions, texts that C has not filled with zeros',
    command: structs,
    script: `uprobe:${structs}:take_address { $a = *(struct in6_addr *)arg0; print($a.in6_u); print($a.in6_u.u6_addr8); print($a.in6_u.u6_addr16[1]); }
      uprobe:${structs}:take_names { $n = *(struct new_utsname *)arg0; print($n); $s = $n.sysname; @s[$s] = 1; @s["Linux"]++; print(sizeof($n)); }
      uprobe:${structs}:take_interval { $i = *(struct itimerspec64 *)arg0; print((1, $i.it_value)); @i[$i.it_interval] = $i.it_value.tv_nsec; }`,
    prints: `{ .u6_addr8 = [32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,1], .u6_addr16 = [288,47117,0,0,0,0,0,256], .u6_addr32 = [3087860000,0,0,16777216] }
[32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,1]
47117
{ .sysname = Linux, .nodename = host, .release = , .version = v, .machine = m, .domainname = d }
390
(1, { .tv_sec = -3, .tv_nsec = 4000000000000 })


@i[{ .tv_sec = 1, .tv_nsec = 2 }]: 4000000000000
@s[Linux]: 2`,
  },
  {
    title: 'pointers in a copy lead where the copy came from',
    command: structs,
    script: `uprobe:${structs}:take_list { $l = *(struct list_head *)arg0; print(*$l.next); @l = $l; print(@l.next->prev); print($l.prev); }`,
    prints: (stdout) =>
      expect(stdout).toMatch(
        /^{ \.next = 0x1000, \.prev = 0x2000 }\n0x2000\n0x3000\n\n\n@l: { \.next = 0x7f[0-9a-f]+, \.prev = 0x3000 }\n$/,
      ),
  },
  {
    title: 'structs are objects in JSON',
    command: structs,
    options: ['-f', 'json'],
    script: `uprobe:${structs}:take_interval { print(*(struct itimerspec64 *)arg0); @[1] = ((struct itimerspec64 *)arg0)->it_value; }`,
    prints: [
      '{"type": "value", "data": {"it_interval": {"tv_sec": 1, "tv_nsec": 2}, "it_value": {"tv_sec": -3, "tv_nsec": 4000000000000}}}',
      '{"type": "map", "data": {"@": {"1": {"tv_sec": -3, "tv_nsec": 4000000000000}}}}',
    ],
  },
  {
    title: 'an index out of bounds is told and gives 0, in memory and in copies',
    command: structs,
    script: `uprobe:${structs}:take_address { $a = (struct in6_addr *)arg0; $c = *$a; $i = pid * 0;
        print(($a->in6_u.u6_addr16[$i + 7], $c.in6_u.u6_addr16[$i + 7])); print($a->in6_u.u6_addr16[$i + 8]); print($c.in6_u.u6_addr16[$i - 1]); }`,
    reports: ['stdin:2:81-108', 'stdin:2:117-143'].map(
      (place) => `${place}: WARNING: Array index out of bounds: the array has 8 elements; 0 is used`,
    ),
    prints: '(256, 256)\n0\n0',
  },
];

const enumCases: readonly Case[] = [
  {
    title:
      'enumerators of the kernel are named where they are shown, and are numbers where they are computed with',
    script: `begin { $p = PIDTYPE_TGID; print($p); printf("%s %d %x\\n", PIDTYPE_PGID, PIDTYPE_PGID, PIDTYPE_TGID); print((enum pid_type)1 == PIDTYPE_TGID);
      print((enum pid_type)(pid * 0 + 1)); print((enum pid_type)(pid * 0 + 1000)); print(PIDTYPE_TGID + 1); print((PIDTYPE_PID, 1));
      let $e: enum pid_type; $e = PIDTYPE_SID; @e[$e] = $p; @n = (uint8)PIDTYPE_TGID; print(sizeof(enum pid_type)); exit(); }`,
    prints: `PIDTYPE_TGID
PIDTYPE_PGID 2 1
true
PIDTYPE_TGID
1000
2
(PIDTYPE_PID, 1)
4


@e[PIDTYPE_SID]: PIDTYPE_TGID
@n: 1`,
  },
  {
    title: 'enumerators are numbers in JSON',
    options: ['-f', 'json'],
    script: 'begin { print(PIDTYPE_TGID); @[PIDTYPE_TGID] = PIDTYPE_PGID; exit(); }',
    prints: ['{"type": "value", "data": 1}', '{"type": "map", "data": {"@": {"PIDTYPE_TGID": 2}}}'],
  },
];

const arrayCases: readonly Case[] = [
  {
    title: 'arrays are made by casts, indexed, compared, stored, and printed',
    script: `begin { $x = (uint64)0x0807060504030201; $i = pid * 0 + 3; $a = (uint8[8])$x; print($a); print(($a[0], $a[7], $a[$i])); print((uint16[])$x);
      print((uint32[2])$x == (uint32[])$x); print((uint8[8])(uint64)1 != $a); print((uint64)$a == $x); print((int8[])"abc"); printf("%s|%d\\n", $a, sizeof($a));
      @a[$a] = $a; @t = (1, $a, "x"); print(@t.1[2]); print(@t.1[$i]); print(@a[$a][1]); @n[(uint8[2])(uint16)1, "k"] = 1; print(pid ? $a : (uint8[8])(uint64)0);
      print((string[8])"abc" == "abc"); exit(); }`,
    prints: `[1,2,3,4,5,6,7,8]
(1, 8, 4)
[513,1027,1541,2055]
true
true
true
[97,98,99,0]
[1,2,3,4,5,6,7,8]|8
3
4
2
[1,2,3,4,5,6,7,8]
true


@a[[1,2,3,4,5,6,7,8]]: [1,2,3,4,5,6,7,8]
@n[[1,0], k]: 1
@t: (1, [1,2,3,4,5,6,7,8], x)`,
  },
  {
    title: 'arrays of arrays are indexed one after the other, by numbers known or not',
    script: `begin { $i = pid * 0 + 1; $n = (uint8[2][2])0x04030201; print($n); print(($n[0], $n[1][0], $n[$i][$i], $n[$i][0], $n[0][$i]));
      print($n[$i]); @n = $n; $k = @n; print($k[$i + 1]); exit(); }`,
    reports: ['stdin:2:46-56: WARNING: Array index out of bounds: the array has 2 elements; 0 is used'],
    prints: '[[1,2],[3,4]]\n([1,2], 3, 4, 3, 2)\n[3,4]\n[0,0]\n\n\n@n: [[1,2],[3,4]]',
  },
];

const tupleCases: readonly Case[] = [
  {
    title: 'records are made, taken apart by name, nested, compared and printed',
    script: `begin { $r = (x=1, y="s"); print($r); print(($r.x, $r.y)); $n = (a=(b=1, c=(1, "q")), d=$r); print($n); print(($n.a.c.1, $n.d.y, $n.a.b));
      print($r == (y="s", x=1)); print($r != (x=2, y="s")); printf("%s %d\\n", $r, $r.x); @n = $n; print(@n.a.c.0); print((a=(uint8[2])(uint16)513,)); exit(); }`,
    prints: `{ .x = 1, .y = s }
(1, s)
{ .a = { .b = 1, .c = (1, q) }, .d = { .x = 1, .y = s } }
(q, s, 1)
true
true
{ .x = 1, .y = s } 1
1
{ .a = [1,2] }


@n: { .a = { .b = 1, .c = (1, q) }, .d = { .x = 1, .y = s } }`,
  },
  {
    title: 'records join by name, also as keys and values, and leave nothing behind of longer ones',
    script: `begin { $r = (x=1, y="longer text"); print($r); $r = (y="s", x=100000); print($r); @[$r] = $r; @[(y="s", x=100000)] = (y="a", x=2);
      @[(x=3, y="longer text")] = (x=-1, y="b"); print(@[(x=100000, y="s")].y); exit(); }`,
    prints: `{ .x = 1, .y = longer text }
{ .x = 100000, .y = s }
a


@[{ .x = 3, .y = longer text }]: { .x = -1, .y = b }
@[{ .x = 100000, .y = s }]: { .x = 2, .y = a }`,
  },
  {
    title: 'records of long text keep their names on the way',
    script: `begin { $s = str("text", 200); $r = (x=$s, y=(z=1, w=$s)); print($r); print((1, $r)); exit(); }`,
    prints: '{ .x = text, .y = { .z = 1, .w = text } }\n(1, { .x = text, .y = { .z = 1, .w = text } })',
  },
  {
    title: 'buffers of any length are keys: stored, found, looped over, deleted',
    script: `begin { @b[buf("abd", 3)] = 5; @b[buf("abdx", 3)]++; @b[buf("abc", 3)] = 1; print((@b[buf("abd", 3)], has_key(@b, buf("abe", 3))));
      print(delete(@b, buf("abc", 3))); exit(); }`,
    prints: '(6, false)\ntrue\n\n\n@b[abd]: 6',
  },
  {
    title: "print(args) shows all of a probe's arguments by name",
    command: '{programs}/reader 1 1',
    script: `tracepoint:syscalls:sys_enter_read /pid == cpid && args.count == 1/ { print(args); }
      rawtracepoint:sys_exit /pid == cpid && args.ret == 1/ { printf("%s\\n", args); }`,
    prints: (stdout) => {
      expect(stdout).toMatch(/^{ \.__syscall_nr = 0, \.fd = \d+, \.buf = 0x[0-9a-f]+, \.count = 1 }$/m);
      // The kernel's half of the addresses begins with ffff, or with ff where pages have five levels.
      expect(stdout).toMatch(/^{ \.regs = 0xff[0-9a-f]{14}, \.ret = 1 }$/m);
    },
  },
  {
    title: 'records are objects in JSON',
    options: ['-f', 'json'],
    script: 'begin { print((x=1, y=(z="s", w=(1, true)))); @[(k=1)] = (v=2); exit(); }',
    prints: [
      '{"type": "value", "data": {"x": 1, "y": {"z": "s", "w": [1,true]}}}',
      '{"type": "map", "data": {"@": {"{.k=1}": {"v": 2}}}}',
    ],
  },
  {
    title: 'tuples of other widths are one type, element by element, and find each other as keys',
    script: `begin { $t = (1, "a"); $t = (-100000, "long text"); $t = (2, "b"); print($t); print($t == (2, "b")); print((int64)2 == $t.0);
      @t[1, "a", (2, "b")] = 1; @t[100000, "long text", (-2000, "")] = 2; @t[1, "a", (2, "b")] += 10; print(@t[1, "a", (2, "b")]); @v[1] = (1, "long text"); @v[1] = (2, "c"); @v[2] = @v[1];
      print((1,)); print(()); print((1, (), 2)); $e = (); print($e == ()); print(((1, 2), (3,))[0].1); exit(); }`,
    prints: `(2, b)
true
true
11
(1)
()
(1, (), 2)
true
2


@t[100000, long text, (-2000, )]: 2
@t[1, a, (2, b)]: 11
@v[1]: (2, c)
@v[2]: (2, c)`,
  },
];

const operandCases: readonly Case[] = [
  {
    title: 'sizeof, offsetof and typeof look at types of the kernel and of the script',
    script: `begin { print((sizeof(struct list_head), offsetof(struct list_head, prev), sizeof(pid_t), offsetof(struct itimerspec64, it_value.tv_nsec)));
      let $p: typeof(curtask->tgid) = -5; print($p); $x = 1; print(((typeof($x))300, (typeof(curtask->on_cpu))65, sizeof($x))); print($x); @m = (typeof(@m))1; @m = pid * 0 + 300; exit(); }`,
    prints: '(16, 8, 4, 24)\n-5\n(44, 65, 1)\n1\n\n\n@m: 300',
  },
];

const pointerCases: readonly Case[] = [
  {
    title: 'pointers move by what they lead to, and are compared and asked for their truth',
    command: structs,
    script: `uprobe:${structs}:take_interval { $p = (int64 *)arg0; print(($p[0], *($p + 1), $p[2], *(1 + $p))); $p++; print(*$p); $p += 2; print(*$p); --$p; $q = $p - 2;
      print((*$p, *$q, $q < $p, $p == $q + 2, !$p, $p && $q, (uint64)$p - (uint64)$q, $q == arg0, $q != 0)); print((*arg0, *(arg0 + 8), ((int8 *)arg0)[8])); @p = $p; @p++; print(*@p); clear(@p); }`,
    prints:
      '(1, 2, -3, 2)\n2\n4000000000000\n(-3, 1, true, true, false, true, 16, true, true)\n(1, 2, 2)\n4000000000000\n\n\n@p: 0x0',
  },
  {
    title: 'container_of leads from a member to its struct, in the memory that the pointer leads to',
    command: structs,
    script: `uprobe:${structs}:take_interval { $v = (struct timespec64 *)arg0 + 1; print($v->tv_sec); print(container_of($v, typeof(struct itimerspec64), it_value)->it_interval.tv_sec);
      print(container_of(arg0 + 24, typeof(struct itimerspec64), it_value.tv_nsec)->it_interval.tv_nsec); }`,
    prints: '-3\n1\n2',
  },
  {
    title: "kptr and uptr read the other memory than the probe's own",
    command: '{programs}/reader 1 1',
    script: `uprobe:{programs}/reader:add_up { $t = uptr(curtask); print(((struct task_struct *)kptr($t))->tgid == pid); print($t->tgid); }
      rawtracepoint:sys_enter /pid == cpid && arg1 == 257/ { $r = (struct pt_regs *)arg0; print(str(uptr($r->si))); }`,
    prints: ['true', '0', '/dev/zero', '/dev/null'],
  },
  {
    title: 'pointers that functions of the script are given and give lead where they led before',
    command: '{programs}/reader 1 1',
    script: `fn id($t: struct task_struct *): int64 { return $t->tgid; }
      fn parent($t: struct task_struct *): struct task_struct * { return $t->real_parent; }
      uprobe:{programs}/reader:add_up { $t = curtask; print((id($t) == pid, id(parent($t)) == ppid, parent($t)->tgid == ppid)); }`,
    prints: '(true, true, true)',
  },
];

const cCases: readonly Case[] = [
  {
    title: "a script's own structs read a process: bitfields, unions, anonymous members, arrays, pointers",
    command: structs,
    script: `#include <stdint.h>
      struct header {
        uint8_t length : 4, version : 4;   // as struct iphdr
        uint8_t service; uint16_t total, id, fragment; uint8_t ttl, protocol; uint16_t check;
        union { struct { uint32_t from, to; }; uint8_t bytes[2][4]; };
      };
      struct link { struct link *next, *before; };
      struct times { struct { int64_t seconds, nanoseconds; } interval, value; } __attribute__((packed))
      struct words { char first[65], second[65]; };
      uprobe:${structs}:take_ip { $h = (struct header *)arg0; print(*$h); print(($h->version, $h->ttl, $h->bytes[1][3], $h->to, sizeof(*$h))); @h = *$h; print(@h.bytes); }
      uprobe:${structs}:take_list { print(((struct link *)arg0)->next->before); }
      uprobe:${structs}:take_interval { $t = *(struct times *)arg0; print(($t.value.seconds, $t.interval)); clear(@h); }
      uprobe:${structs}:take_names { $w = (struct words *)arg0; print(($w->first, $w->second)); }`,
    prints: `{ .length = 5, .version = 4, .service = 16, .total = 21504, .id = 13330, .fragment = 64, .ttl = 64, .protocol = 17, .check = 52651, .from = 16777343, .to = 33554442, .bytes = [[127,0,0,1],[10,0,0,2]] }
(4, 64, 2, 33554442, 20)
[[127,0,0,1],[10,0,0,2]]
(Linux, host)
(-3, { .seconds = 1, .nanoseconds = 2 })
0x2000


@h: { .length = 0, .version = 0, .service = 0, .total = 0, .id = 0, .fragment = 0, .ttl = 0, .protocol = 0, .check = 0, .from = 0, .to = 0, .bytes = [[0,0,0,0],[0,0,0,0]] }`,
  },
  {
    title: 'macros and enumerators of C are constants in the script',
    script: `#define LIMIT 10
      #define MASK ((1UL << 40) | LIMIT)
      #define NAME "con" "stant"
      #ifdef BPFTRACE_HAVE_BTF
      #define WITH_BTF 1
      #else
      #define WITH_BTF 0
      #endif
      enum state { IDLE = 5, BUSY };
      begin { print((LIMIT, MASK, NAME, WITH_BTF)); $s = BUSY; print($s); print((enum state)5); printf("%s %d\\n", IDLE, IDLE); if (LIMIT > 9 && NAME == "constant") { @[IDLE] = LIMIT; } exit(); }`,
    prints: '(10, 1099511627786, constant, 1)\nBUSY\nIDLE\nIDLE 5\n\n\n@[IDLE]: 10',
  },
  {
    title: "a script's own struct holds and points to the kernel's, which need no header",
    script: `struct mine { char mark; struct list_head list; struct task_struct *task; u16 port; pid_t pid; };
      begin { print((sizeof(struct mine), offsetof(struct mine, list), offsetof(struct mine, list.prev), offsetof(struct mine, pid)));
        $none = (struct mine *)0; print($none->task->pid); print(sizeof(*$none->task) == sizeof(struct task_struct)); exit(); }`,
    prints: '(40, 8, 16, 36)\n0\ntrue',
  },
];

export const typeCases: readonly Case[] = [
  ...structCases,
  ...enumCases,
  ...arrayCases,
  ...tupleCases,
  ...operandCases,
  ...pointerCases,
  ...cCases,
];
