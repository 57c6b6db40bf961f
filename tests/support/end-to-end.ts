/** Whole runs of tstrace as data: a script, the command beside it, and what must come out. Run here and in guests. */

import { expect } from 'vitest';
import { argumentCases } from './cases/arguments.ts';
import { borderCases } from './cases/borders.ts';
import { clockCases } from './cases/clocks.ts';
import { controlFlowCases } from './cases/control-flow.ts';
import { failureCases } from './cases/failures.ts';
import { modeCases } from './cases/modes.ts';
import { originCases } from './cases/origins.ts';
import { outputCases } from './cases/output.ts';
import { probeCases } from './cases/probes.ts';
import { reliabilityCases } from './cases/reliability.ts';
import { stackCases } from './cases/stacks.ts';
import { typeCases } from './cases/types.ts';
import { valueCases } from './cases/values.ts';
import { stringCases } from './cases/strings.ts';

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** Where tstrace runs: this machine, or a guest. */
export interface Place {
  /** Runs tstrace with these arguments. */
  tstrace(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Finished>;
  /** Where the test programs are. */
  readonly programs: string;
}

export interface Case {
  readonly title: string;
  /** `{programs}` stands for the folder of the test programs. */
  readonly script: string;
  /** The command of -c. */
  readonly command?: string;
  readonly options?: readonly string[];
  /** Positional parameters. */
  readonly parameters?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What this machine's own kernel lacks. */
  readonly needs?: 'kprobes' | 'fentry' | 'probe_write_user' | 'symbols of data';
  /** What the guests lack. */
  readonly lacks?: string;
  readonly status?: number;
  /** Lines of errors, warnings and losses on stderr; none by default. */
  readonly reports?: readonly string[];
  /** Whole stdout, without the empty lines at its ends; or lines that must be there; or a check of it. */
  readonly prints: string | readonly string[] | ((stdout: string, stderr: string) => void);
}

export async function runCase(place: Place, testCase: Case): Promise<void> {
  const fill = (text: string): string => text.replaceAll('{programs}', place.programs);
  const { command, options = [], parameters = [], script, environment, prints } = testCase;
  const { status = 0, reports = [] } = testCase;
  const args = [
    ...options,
    ...(command === undefined ? [] : ['-c', fill(command)]),
    '-e',
    fill(script),
    ...parameters,
  ];
  const finished = await place.tstrace(args, environment);
  const { stdout } = finished;
  expect({
    status: finished.status,
    reports: finished.stderr.match(/^.*(ERROR|BUG|Lost|WARNING).*$/gm) ?? [],
  }).toEqual({ status, reports });
  if (typeof prints === 'function') prints(stdout, finished.stderr);
  else if (typeof prints === 'string') expect(stdout.replace(/^\n+|\n+$/g, '')).toBe(fill(prints));
  else for (const line of prints) expect(stdout.split('\n')).toContain(fill(line));
}

const reader = '{programs}/reader 7 512';
/** Stays a second: addresses of a process get their names while it lives. */
const lastingReader = '{programs}/reader 7 512 1000';

const parsesAsJson = (stdout: string): void => {
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string });
  expect(lines[0]).toEqual({ type: 'attached_probes', count: 1, data: { probes: 1 } });
  expect(lines.slice(1).every(({ type }) => type === 'printf')).toBe(true);
  expect(stdout).toContain('/dev/zero');
};

/** What every kernel has. */
export const cases: readonly Case[] = [
  ...typeCases,
  {
    title: 'a tracepoint shows which files a command opens',
    command: reader,
    script:
      'tracepoint:syscalls:sys_enter_openat /pid == cpid/ { printf("%s %s\\n", comm, str(args.filename)); }',
    prints: ['reader /dev/zero', 'reader /dev/null'],
  },
  {
    title: 'the same as JSON: each line parses',
    command: reader,
    options: ['-f', 'json'],
    script:
      'tracepoint:syscalls:sys_enter_openat /pid == cpid/ { printf("%s %s\\n", comm, str(args.filename)); }',
    prints: parsesAsJson,
  },
  {
    title: 'aggregations count what the command did',
    command: reader,
    script: `tracepoint:syscalls:sys_exit_read /pid == cpid && args.ret == 512/ {
      @count = count(); @sum[comm] = sum(args.ret); @min = min(args.ret); @max = max(args.ret); @avg = avg(args.ret); @stats = stats(args.ret);
      @hist = hist(args.ret); @lhist = lhist(args.ret, 0, 1000, 100); @n++; @m += 2; @t[1, "a", (2, comm)] = (args.ret, "x"); }`,
    prints: [
      '@avg: 512',
      '@count: 7',
      '[512, 1K)              7 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|',
      '[500, 600)             7 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|',
      '@m: 14',
      '@max: 512',
      '@min: 512',
      '@n: 7',
      '@stats: { .count = 7, .average = 512, .total = 3584 }',
      '@sum[reader]: 3584',
      '@t[1, a, (2, reader)]: (512, x)',
    ],
  },
  {
    title: 'a raw tracepoint has numbered and named arguments',
    command: reader,
    script:
      'rawtracepoint:sys_enter /pid == cpid && arg1 == 1/ { @[(uint64)args.id == arg1, probe] = count(); }',
    prints: ['@[true, rawtracepoint:sys_enter]: 7'],
  },
  {
    title: 'uprobes and uretprobes see the arguments and results of a C function',
    command: lastingReader,
    script: `uprobe:{programs}/reader:add_up { @args = sum(arg0); @b[arg1] = count(); @f[func] = count(); }
      uretprobe:{programs}/reader:add_up { @ret = hist(retval); @r = sum(retval); }
      uprobe:{programs}/reader:add_* { @wild = count(); }`,
    prints: [
      '@args: 21',
      '@b[100]: 7',
      '@f[add_up]: 7',
      '@r: 721',
      '@wild: 7',
      '[64, 128)              7 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|',
    ],
  },
  {
    title: 'six arguments of a function come in registers, one of them the address of a function',
    command: lastingReader,
    script: 'uprobe:{programs}/reader:sum_six { @[arg0, arg1, arg2, arg3, arg4, usym(arg5)] = count(); }',
    prints: '@[1, 2, 3, 4, 5, add_up]: 1',
  },
  {
    title: 'time prints the time of day in the form that it is given',
    script: 'begin { time("100%% %Y\\n"); exit(); }',
    prints: (stdout: string): void => {
      const year = new Date().getFullYear();
      expect([`100% ${year}`, `100% ${year - 1}`]).toContain(stdout.trim());
    },
  },
  {
    title: 'user stacks name the function and its caller',
    command: lastingReader,
    environment: { TSTRACE_SHOW_DEBUG_INFO: 'false' },
    script: 'uprobe:{programs}/reader:add_up { @[ustack(1)] = count(); }',
    prints: ['        add_up+0', ']: 7'],
  },
  {
    title: 'begin runs first, end last, exit ends with its code',
    script:
      'begin { printf("one %d\\n", 1); } interval:ms:10 { printf("two\\n"); exit(3); } end { printf("three\\n"); }',
    status: 3,
    prints: 'one 1\ntwo\nthree',
  },
  {
    title: 'integers keep their signs, widths and types',
    script: `begin { $a = (int16)0; $a = 2; $b = (int8)3; $b = -100; print(($a, $b)); $x = -7; $z = (uint8)200; $z += 100; let $q: uint8 = 200; $q += 100;
      printf("%d %d %d %d %d %d\\n", $x / 2, $x % 2, $x >> 1, 7 / -2, $z, $q); print((uint64)-1 > 5); print(-1 < (int8)3); exit(); }`,
    prints: '(2, -100)\n-3 -1 -4 -3 300 44\ntrue\ntrue',
  },
  {
    title: 'maps are read, changed, printed, cleared',
    script: `begin { $i = 0; unroll(4) { $i++; @s[$i] = $i * $i; } print(@s); print(delete(@s, 2)); print(delete(@s, 9)); print(len(@s));
      print(has_key(@s, 3)); print(@s[4]); print(@s[77]); clear(@s); @z[1] = 5; zero(@z); @q = "text"; exit(); }`,
    // print(@s) shows the map as it is when user space gets to it: 2 is deleted by then.
    prints: '@s[1]: 1\n@s[3]: 9\n@s[4]: 16\ntrue\nfalse\n3\ntrue\n16\n0\n\n\n@q: text\n@z[1]: 0',
  },
  {
    title: 'strings, buffers, addresses and symbols are shown',
    script: `begin { print(strlen("four")); print(strncmp("abc", "abd", 2)); print(str("hello", 3)); print(buf("ab\\xff", 3)); printf("%rx|%5s|%-5s|%.2s|\\n", buf("a", 1), "ab", "ab", "abcd");
      print(ntop(0x0100007f)); print(ksym(kaddr("vfs_read"))); print(comm == "node"); print((1, "x", (true, -2))); print(1 ? "yes" : "no"); exit(); }`,
    prints: '4\n0\nhel\nab\\xff\n\\x61|   ab|ab   |ab|\n127.0.0.1\nvfs_read\ntrue\n(1, x, (true, -2))\nyes',
  },
  {
    title: "the kernel's structs are followed by BTF",
    script: `begin { $t = (struct task_struct *)curtask; print($t->tgid == pid); print($t->comm); print(curtask->mm->mm_users.counter > 0);
      print(curtask->real_parent->tgid != 0); exit(); }`,
    prints: 'true\nnode\ntrue\ntrue',
  },
  {
    title: 'builtins of the task, the CPU and the clock',
    script: `begin { print((uid, gid, cpu < ncpus, tid == pid, has_cpid, cpid)); print((nsecs > 0, nsecs(monotonic) > 0, elapsed < 60000000000, cgroup > 0, rand >= 0));
      print(probe); print(strftime("%Y", nsecs)); exit(); }`,
    reports: [
      'stdin:1:61-65: WARNING: cpid is 0: there is no command whose process it could be [no-command]',
    ],
    prints: (stdout: string): void => {
      expect(stdout).toContain('(0, 0, true, true, false, 0)\n(true, true, true, true, true)\nbegin\n');
    },
  },
  {
    title: 'named parameters come from behind a --, positional ones from both sides of it',
    script:
      'begin { printf("%d %d %s %s %d\\n", getopt("fast"), getopt("limit", 5), getopt("name", "none"), str($1), $2); exit(); }',
    parameters: ['word', '--', '--fast', '--limit=7', '41'],
    prints: '1 7 none word 41',
  },
  {
    title: 'a config block sets what the environment does not',
    script: `config = { max_map_keys = 2; max_strlen = 8; print_maps_on_exit = false }
      begin { @[1] = 1; @[2] = 2; @[3] = 3; printf("%d %d\\n", len(@), sizeof(str(0))); exit(); }`,
    environment: { BPFTRACE_MAX_MAP_KEYS: '3' },
    prints: '3 8',
  },
  {
    title: 'positional parameters',
    script: 'begin { printf("%s %d %d\\n", str($1), $2 + 1, $#); exit(); }',
    parameters: ['word', '41'],
    prints: 'word 42 2',
  },
  {
    title: 'software events and profiles fire',
    command: '{programs}/flood 400000',
    script:
      'software:cpu-clock:1000000 /pid == cpid/ { @s = count(); } profile:hz:999 /pid == cpid/ { @p = count(); @u[usermode] = count(); }',
    prints: (stdout: string): void => {
      expect(Number(/^@s: (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(2);
      expect(Number(/^@p: (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(2);
    },
  },
  {
    title: 'ten strings of 200 bytes, a key of 600 bytes and nested tuples in one program',
    environment: { TSTRACE_MAX_STRLEN: '200' },
    command: reader,
    script: `tracepoint:syscalls:sys_enter_openat /pid == cpid/ { $a = str(args.filename); $b = str(args.filename); $c = str(args.filename); $d = str(args.filename);
      $e = str(args.filename); $f = str(args.filename); $g = str(args.filename); $h = str(args.filename); $i = str(args.filename); $j = str(args.filename);
      if ($a == "/dev/zero") { @[$a, $b, $c] = (1, ($d, $e), (2, ($f, $g))); printf("%s %s %s\\n", $h, $i, $j); } }`,
    prints: [
      '/dev/zero /dev/zero /dev/zero',
      '@[/dev/zero, /dev/zero, /dev/zero]: (1, (/dev/zero, /dev/zero), (2, (/dev/zero, /dev/zero)))',
    ],
  },
  {
    title: 'kprobes count reads and their sizes',
    needs: 'kprobes',
    command: reader,
    script: `kprobe:vfs_read /pid == cpid && arg2 == 512/ { @[comm] = hist(arg2); @f[func] = count(); }
      kretprobe:vfs_read /pid == cpid && retval == 512/ { @ret[retval > 0] = count(); @fr[func] = count(); }`,
    prints: [
      '[512, 1K)              7 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|',
      '@ret[true]: 7',
      '@f[vfs_read]: 7',
      '@fr[vfs_read]: 7',
    ],
  },
  {
    title: 'wildcards share a program, lists do not',
    needs: 'kprobes',
    command: reader,
    script: `kprobe:vfs_rea* /pid == cpid && arg2 == 512/ { @w = count(); } kprobe:vfs_read,kprobe:vfs_write /pid == cpid && arg2 == 512/ { @[probe] = count(); }`,
    prints: ['@w: 7', '@[kprobe:vfs_read]: 7', '@[kprobe:vfs_write]: 7'],
  },
  {
    title: 'angle brackets delimit a block',
    needs: 'kprobes',
    command: reader,
    script: 'kprobe:vfs_read < @x = 1 << 10; >',
    prints: '@x: 1024',
  },
  {
    title: 'fentry and fexit have typed arguments and results',
    needs: 'fentry',
    command: reader,
    script: `fentry:vfs_write /pid == cpid && args.count == 512/ { @[args.file->f_path.dentry->d_name.name != 0] = sum(args.count); @n[str(args.file->f_path.dentry->d_name.name)] = count(); }
      fexit:vfs_read /pid == cpid && args.count == 512/ { @r[retval, func] = count(); }`,
    prints: ['@[true]: 3584', '@n[null]: 7', '@r[512, vfs_read]: 7'],
  },
  {
    title: 'kernel stacks of a profile have names',
    needs: 'kprobes',
    script: 'profile:hz:99 { @[kstack] = count(); } interval:s:1 { exit(); }',
    prints: (stdout: string): void => expect(stdout).toMatch(/^ {8}[a-z_0-9]+\+\d+$/m),
  },
  ...controlFlowCases,
  ...reliabilityCases,
  ...outputCases,
  ...originCases,
  ...stackCases,
  ...probeCases,
  ...argumentCases,
  ...stringCases,
  ...failureCases,
  ...valueCases,
  ...clockCases,
  ...borderCases,
  ...modeCases,
];
