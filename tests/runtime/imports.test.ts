/** Scripts in several files, run as users start them. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finished, Place } from '../support/end-to-end.ts';
import { buildHere } from '../support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'tstrace-imports-'));
afterAll(() => rmSync(folder, { recursive: true }));

const files: Readonly<Record<string, string>> = {
  'main.bt': `import "lib";
import "types.h";
begin { printf("main %d %d %s\\n", twice(SIZE), plus(1, sizeof(struct pair)), $1 == 3 ? "three" : "?"); exit(); }
end { printf("end of main\\n"); }
`,
  'types.h': '#define SIZE 7\nstruct pair { int first, second; };\n',
  'lib/macros.bt': 'macro plus(a, b) { a + b }\n',
  'lib/functions.bt': `import "macros.bt";
fn twice($x : int64) : int64 { return $x * 2; }
begin { printf("functions %d\\n", $1); }
end { printf("end of functions\\n"); @order = 1; }
`,
  'c.bt': `import "c.bpf.c";
begin {
  $text = "hello";
  print((mixed(-5, -2, 255, true), narrow(511), first($text), third("xyz")));
  print(is_even(4)); print(is_even(5));
  for $i : 0..3 { @sum = add(@sum, (uint64)$i); }
  print(current() == pid);
  exit();
}
`,
  'c.bpf.c': `#include "c.h"
static unsigned long long (*const get_pid_tgid)(void) = (void *)14;
static __attribute__((noinline)) int hidden(int x) { return x; }
long mixed(int a, short b, byte c, _Bool d) { return hidden(a) * 1000 + b * 100 + c + d; }
byte narrow(unsigned long x) { return x; }
int first(const char *text) { return text[0]; }
int third(const char *text) { return text[2]; }
_Bool is_even(int x) { return x % 2 == 0; }
unsigned long add(unsigned long a, unsigned long b) { return a + b; }
unsigned int current(void) { return get_pid_tgid() >> 32; }
`,
  'c.h': 'typedef unsigned char byte;\n',
  'everywhere.bt': `enum state { IDLE, BUSY };
import "-state.bpf.c";
fn wrapped($is : bool): int64 { return (int64)told($is, BUSY, (uint8)3); }
begin /told(pid > 0, IDLE, 1) == 101/ {
  $yes = pid > 0; @no = pid == 0; $pair = (1, "xy");
  print((told($yes, BUSY, 7), told(@no, IDLE, (uint8)300), told(not(@no), BUSY, 255), wrapped(true)));
  print((not(not($yes)), first($pair.1), negative(-32767), is_null(curtask), is_null(0)));
  if (not(@no)) { @[negative(1)] = told(true, IDLE, 0); }
  exit();
}
`,
  // A name that is no option of clang's.
  '-state.bpf.c': `enum state { IDLE, BUSY };
int told(_Bool is, enum state state, unsigned char number) { return is * 100 + state * 10 + number; }
_Bool not(_Bool is) { return !is; }
int first(const char *text) { return text[0]; }
short negative(short number) { return -number; }
_Bool is_null(const void *pointer) { return pointer == 0; }
`,
  'address.bt': `struct pair { int a; int b; };
import "address.bpf.c";
fn next($p: int64 *): int64 { return *$p + 1; }
begin {
  $x = (int64)5; $p = &$x; print((*$p, *(&$x) + 1, **&$p));
  $twice = twice(&$x); for $i : 0..3 { _ = twice(&$x); $last = $i; $q = &$last; @seen = *$q; }
  print(($twice, $x, next(&$x)));
  $text = "hello"; $second = shout(&$text); print(($second, $text, *&$text));
  let $unset: uint32; fill(&$unset); print($unset);
  $tuple = (1, "ab", 3); $t = &$tuple; print((*$t).1);
  let $out: int64 *; if (pid > 0) { $inner = (int64)42; $out = &$inner; } $other = 99; print((*$out, $other));
  @m[(int64)1] = (int64)2; $failed = put(&@m, 3, 4); print(($failed, @m[3])); print(@m); clear(@m);
  exit();
}
`,
  'address.bpf.c': `static long (*const update)(void *, const void *, const void *, unsigned long long) = (void *)2;
int twice(long *x) { return *x *= 2; }
int shout(char *text) { text[0] = 'H'; return text[1]; }
void fill(unsigned int *x) { *x = 77; }
long put(void *map, long key, long value) { return update(map, &key, &value, 0); }
`,
  'kept.bt':
    'import "address.bpf.c";\nbegin { $x = (int64)1; $p = &$x; $kept = &$p; print(twice(*$kept)); exit(); }\n',
  'inner.bt': `config = { unstable_import_statement = enable; }
macro seven_times(x) { import "inner.bpf.c"; seven() * x }
begin { print(seven_times(3)); print((kfunc_allowed("bpf_rdonly_cast"), kfunc_allowed("vfs_read"), kfunc_allowed("none"))); exit(); }
`,
  'inner.bpf.c': 'int seven(void) { return 7; }\n',
  'state.bt': `import "state.bpf.c"; import "other.bpf.c";
begin {
  print((step(1), step(3), step(3), peek()));
  print((str(named(2)), str(named(9)), letter(1), wide(), untouched(5)));
  for $i : 0..3 { @[$i] = seen($i % 2); }
  print((per_cpu(), per_cpu(), oldest(7), tried(), queued(5), queued(6), taken(), sent(), ring_bytes()));
  exit();
}
end { print((step(0), peek(), seen(1))); clear(@); }
`,
  'state.bpf.c': `#include "bpf.h"
char LICENSE[] SEC("license") = "GPL";
int total = 100;
static long calls;
static const int steps[] = {1, 2, 3, 5, 8, 13, 21, 34};
const volatile struct { unsigned char first; long second; } fixed = {7, -9000000000};
static char letters[] = "abc";
// Names of the other file's, and of tstrace's.
static int twice = 2;
struct { __uint(type, 1); __uint(max_entries, 4); __type(key, long); __type(value, long); } scratch SEC(".maps");
struct { __uint(type, 6); __uint(max_entries, 1); __type(key, int); __type(value, long); } ringbuf SEC(".maps");
struct { __uint(type, 9); __uint(max_entries, 4); __type(key, long); __type(value, char[24]); } lru SEC(".maps");
static struct { __uint(type, 11); __uint(max_entries, 4); __uint(map_flags, 1); __uint(key_size, 8); __uint(value_size, 4); } trie SEC(".maps");
struct { __uint(type, 22); __uint(max_entries, 4); __type(value, int); } line SEC(".maps");
int step(int i) { static int sum = 10; calls++; sum += twice; return total += steps[i & 7]; }
int sum_of_step(void) { static int sum = 20; return sum += twice; }
const char *named(int i) { switch (i) { case 1: return "one"; case 2: return "two"; default: return "many"; } }
char letter(int i) { letters[i & 1]++; return letters[i & 1]; }
long wide(void) { return fixed.first + fixed.second; }
long untouched(int i) { return calls * 1000 + steps[i & 7]; }
long seen(long key) {
  long one = 1, *count = lookup(&scratch, &key);
  if (!count) { update(&scratch, &key, &one, 0); return one; }
  return ++*count;
}
long per_cpu(void) { int key = 0; long *count = lookup(&ringbuf, &key); return count ? *count += 5 : -1; }
int oldest(long key) { char text[24] = "text"; update(&lru, &key, text, 0); char *kept = lookup(&lru, &key); return kept ? kept[3] : -1; }
int tried(void) { struct { int bits; char address[4]; } net = {16, {10, 1}}, one = {32, {10, 1, 2, 3}}; int value = 42; update(&trie, &net, &value, 0); int *found = lookup(&trie, &one); return found ? *found : -1; }
long queued(int value) { return push(&line, &value, 0); }
// A ring has whole pages, and a power of two of them.
struct { __uint(type, 27); __uint(max_entries, 5000); } events SEC(".maps");
long sent(void) { long value = 1; output(&events, &value, sizeof(value), 0); return query(&events, 0); }
long ring_bytes(void) { return query(&events, 1); }
int taken(void) { int value = 0; return pop(&line, &value) ? -1 : value; }
`,
  'other.bpf.c': `#include "bpf.h"
const char dual[] SEC("license") = "Dual MIT/GPL";
extern int total;
static int twice = 3;
int peek(void) { return total * 10 + twice; }
`,
  'bpf.h': `#define SEC(name) __attribute__((section(name), used))
#define __uint(name, number) int (*name)[number]
#define __type(name, type) typeof(type) *name
static void *(*lookup)(void *, const void *) = (void *)1;
static long (*update)(void *, const void *, const void *, unsigned long) = (void *)2;
static long (*push)(void *, const void *, unsigned long) = (void *)87;
static long (*pop)(void *, void *) = (void *)88;
static long (*output)(void *, void *, unsigned long, unsigned long) = (void *)130;
static unsigned long (*query)(void *, unsigned long) = (void *)134;
`,
  'constant.bt': 'import "constant.bpf.c";\nbegin { print(change()); }\n',
  'constant.bpf.c': `volatile const int fixed = 1;
int change(void) {
  int *hidden = (int *)&fixed; asm volatile("" : "+r"(hidden));
  return *hidden = 2;
}
`,
  'fields.bt': `import "fields.bpf.c";
begin {
  print((tgid(curtask) == pid, direct() == pid, leader(curtask) == pid, letter() == comm_letter(comm)));
  print((have(curtask), sizes(curtask), guarded(curtask), types(), enums(), task_bytes() == sizeof(struct task_struct)));
  exit();
}
`,
  'fields.bpf.c': `#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct task_struct { int pid; int tgid; char comm[16]; struct task_struct *group_leader; unsigned int in_execve : 1; unsigned int __state; };
struct task_struct___old { long state; int pid; };
struct task_struct___wild { struct { int x; } pid; int nowhere; };
struct no_such_struct { int x; };
enum pid_type { PIDTYPE_PID, PIDTYPE_TGID = 77, PIDTYPE_NO };
#pragma clang attribute pop
static struct task_struct *(*current)(void) = (void *)158;
static long (*probe_read)(void *, unsigned, const void *) = (void *)113;
#define READ(to, from) probe_read(&to, sizeof(to), __builtin_preserve_access_index(&from))
#define FIELD(field, what) __builtin_preserve_field_info(field, what)
#define TYPE(type, what) __builtin_preserve_type_info(*(type *)0, what)
#define VARIANT(name, what) __builtin_preserve_enum_value(*(typeof(enum pid_type) *)name, what)
int tgid(struct task_struct *task) { int pid = -1; READ(pid, task->tgid); return pid; }
int direct(void) { struct task_struct *task = current(); return task->group_leader->tgid + task->in_execve; }
char letter(void) { struct task_struct *task = current(); return task->comm[1]; }
char comm_letter(const char *text) { return text[1]; }
int leader(struct task_struct *task) { struct task_struct *leader; READ(leader, task->group_leader); return tgid(leader); }
unsigned have(struct task_struct *task) {
  struct task_struct___old *old = (void *)task; struct task_struct___wild *wild = (void *)task;
  return FIELD(task->comm, 2) * 10000 + FIELD(old->state, 2) * 1000 + FIELD(wild->nowhere, 2) * 100 + FIELD(wild->pid, 2) * 10 + FIELD(old->pid, 2);
}
int sizes(struct task_struct *task) { return FIELD(task->comm, 1) * 10 + FIELD(task->pid, 3); }
int guarded(struct task_struct *task) {
  struct task_struct___wild *wild = (void *)task;
  if (FIELD(wild->nowhere, 2)) { int x; READ(x, wild->nowhere); return x; }
  return 5;
}
int types(void) { return TYPE(struct task_struct, 0) * 100 + TYPE(struct no_such_struct, 0) * 10; }
unsigned long enums(void) { return VARIANT(PIDTYPE_TGID, 1) * 100 + VARIANT(PIDTYPE_NO, 0) * 10 + VARIANT(PIDTYPE_PID, 0); }
unsigned long task_bytes(void) { return TYPE(struct task_struct, 1); }
`,
  'no-field.bt': 'import "no-field.bpf.c";\nbegin { print(nowhere(curtask)); }\n',
  'no-field.bpf.c': `struct task_struct { int nowhere; } __attribute__((preserve_access_index));
int nowhere(struct task_struct *task) {
  return task->nowhere;
}
`,
  'wild.bt': 'import "wild.bpf.c";\nbegin { print(wild(curtask)); exit(); }\n',
  'wild.bpf.c':
    'struct task_struct { int x; };\nint wild(struct task_struct *task) {\n  return task->x;\n}\n',
  'warns.bt': 'import "divides.bt";\nbegin { exit(); }\n',
  'divides.bt':
    '\n// Nothing is 0, but not for the compiler.\nbegin { $zero = pid - pid; print(7 / $zero); }\n',
  'refuses.bt': 'import "loops.bt";\nbegin { spin(1); exit(); }\n',
  'loops.bt': '\nfn spin($x : int64) : int64 {\n  while ($x > 0) { $x++; }\n  return $x;\n}\n',
};
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

let place: Place;
beforeAll(async () => {
  place = await buildHere();
});
const run = (script: string, ...more: readonly string[]): Promise<Finished> =>
  place.tstrace(['-q', join(folder, script), ...more]);

test('a folder and a header: functions, macros, constants, types, parameters, and the order of begin and end', async () => {
  const { stdout, stderr, status } = await run('main.bt', '3');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout.trim()).toBe('functions 3\nmain 14 9 three\nend of functions\nend of main\n\n\n@order: 1');
});

test('a warning of running shows the line of the file that it comes from', async () => {
  const { stdout, stderr } = await run('warns.bt');
  expect(stdout.trim()).toBe('1');
  expect(stderr).toContain(`${join(folder, 'divides.bt')}:3:34-43: WARNING:`);
  expect(stderr).toContain('print(7 / $zero)');
});

test("the verifier's complaint about a function leads to the file that it stands in", async () => {
  const { stderr, status } = await run('refuses.bt');
  expect(status).toBe(1);
  expect(stderr).toMatch(new RegExp(`^${join(folder, 'loops.bt')}:[23]:\\d+.*ERROR: `, 'm'));
});

test('functions of C: arguments and results of all widths, text, loops, helpers, functions of its own', async () => {
  const { stdout, stderr, status } = await run('c.bt');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout.trim()).toBe('(-4944, 255, 104, 122)\ntrue\nfalse\ntrue\n\n\n@sum: 3');
});

test('functions of C are called in predicates, functions, blocks and as keys, with truth values, enums, cut numbers and pointers', async () => {
  const { stdout, stderr, status } = await run('everywhere.bt');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout.trim()).toBe(
    '(117, 44, 365, 113)\n(true, 120, 32767, false, true)\n\n\n@[-1]: 100\n@no: false',
  );
});

test('addresses of variables and maps: followed, filled by C, in loops and functions, and behind their block', async () => {
  const { stdout, stderr, status } = await run('address.bt');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout.trim()).toBe(
    '(5, 6, 5)\n(10, 80, 81)\n(101, Hello, Hello)\n77\nab\n(42, 99)\n(0, 4)\n@m[1]: 2\n@m[3]: 4\n\n\n@seen: 2',
  );
});

test('an import within a block; and what probes may call of the kernel', async () => {
  const { stdout, stderr, status } = await run('inner.bt');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  // bpf_rdonly_cast may be called by all programs since Linux 6.2 (kernel/bpf/helpers.c, common_btf_ids).
  expect(stdout.trim()).toBe('21\n(true, false, false)');
});

test('an address that was kept is no address to the verifier, which is told in words of C', async () => {
  const { stderr, status } = await run('kept.bt');
  expect(status).toBe(1);
  expect(stderr).toMatch(new RegExp(`^${join(folder, 'address.bpf.c')}:2:.*ERROR: `, 'm'));
  expect(stderr).toContain('pass &$x itself');
  expect(stderr).not.toContain('fault of tstrace');
});

test('variables, constants, texts and maps of C: two files, all programs, what they hold at first, and names that tstrace has too', async () => {
  const { stdout, stderr, status } = await run('state.bt');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout.trim().split('\n')).toEqual([
    '(102, 107, 112, 1123)',
    '(two, many, 99, -8999999993, 3013)',
    '(5, 10, 116, 42, 0, 0, 5, 16, 8192)',
    '(113, 1133, 2)',
  ]);
});

test('constants of C can not be written to, and the line is told', async () => {
  const { stderr, status } = await run('constant.bt');
  expect(status).toBe(1);
  expect(stderr).toMatch(new RegExp(`^${join(folder, 'constant.bpf.c')}:4:.*ERROR: `, 'm'));
});

test('fields, types and enumerators are those of the running kernel; what it lacks is not read behind a question', async () => {
  const { stdout, stderr, status } = await run('fields.bt');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  // Kernels before 5.14 have task_struct.state.
  expect(stdout.trim()).toMatch(/^\(true, true, true, true\)\n\(1[01]001, 161, 5, 100, 101, true\)$/);
});

test('a field that the kernel does not have is told with the line that reads it', async () => {
  const { stderr, status } = await run('no-field.bt');
  expect(status).toBe(1);
  expect(stderr).toMatch(new RegExp(`^${join(folder, 'no-field.bpf.c')}:3:.*ERROR: .*has no nowhere`, 'm'));
});

test("the verifier's complaint about C leads to its line", async () => {
  const { stderr, status } = await run('wild.bt');
  expect(status).toBe(1);
  expect(stderr).toMatch(new RegExp(`^${join(folder, 'wild.bpf.c')}:3:.*ERROR: `, 'm'));
});

test('without clang, C for BPF is an error that says what to install; other scripts run', async () => {
  const environment = { TSTRACE_CLANG: '/nonexistent/clang' };
  const { stderr, status } = await place.tstrace([join(folder, 'c.bt')], environment);
  expect(status).toBe(1);
  expect(stderr).toContain(`${join(folder, 'c.bt')}:1:8-17: ERROR:`);
  expect(stderr).toContain('apt-get install clang-');
  const other = await place.tstrace(['-q', join(folder, 'main.bt'), '3'], environment);
  expect(other.status).toBe(0);
});

test('a file that everybody can change is not imported', async () => {
  chmodSync(join(folder, 'divides.bt'), 0o666);
  const { stdout, stderr, status } = await run('warns.bt');
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
  expect(stderr).toContain(`${join(folder, 'warns.bt')}:1:8-20: ERROR:`);
});
