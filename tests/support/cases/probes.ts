/** Probes in each form of their targets: one case for each, with what must have fired. */

import { expect } from 'vitest';
import type { Case } from '../end-to-end.ts';

const reader = '{programs}/reader 7 512';

/** Calls, and their returns, of the functions that a wildcard matches. */
const pairs = `kprobe:vfs_rea* /pid == cpid && arg2 == 512/ { @in[func] = count(); @bytes[tid] = arg2; }
  kretprobe:vfs_rea* /@bytes[tid]/ { @out[func, retval] = count(); delete(@bytes, tid); }`;

const checkPairs = (stdout: string): void => {
  expect(stdout.match(/^@(in|out).*$/gm)).toEqual(['@in[vfs_read]: 7', '@out[vfs_read, 512]: 7']);
};
/** Three blocks on one target, which print what they are. */
const blocksOn = (target: string, letter: string): string =>
  [1, 2, 3].map((number) => `${target} /pid == cpid/ { printf("${letter}${number}\\n"); }`).join(' ');

/** What blocks of these letters print, once each, in whatever order the letters come. */
const inOrder =
  (...letters: readonly string[]) =>
  (stdout: string): void => {
    for (const letter of letters)
      expect(stdout.split('\n').filter((line) => line.startsWith(letter))).toEqual(
        [1, 2, 3].map((number) => `${letter}${number}`),
      );
  };

export const probeCases: readonly Case[] = [
  {
    title: 'blocks on one target run in the order of the script: functions of programs and tracepoints',
    command: '{programs}/structs',
    script: [
      blocksOn('uprobe:{programs}/structs:take_ip', 'u'),
      blocksOn('uretprobe:{programs}/structs:take_ip', 'r'),
      blocksOn('tracepoint:sched:sched_process_exit', 't'),
      blocksOn('rawtracepoint:sched_process_exit', 'w'),
    ].join(' '),
    prints: inOrder('u', 'r', 't', 'w'),
  },
  {
    title: 'blocks on one target run in the order of the script: functions of the kernel',
    command: '/bin/sleep 0.01',
    script: [
      blocksOn('kprobe:hrtimer_nanosleep', 'k'),
      blocksOn('kretprobe:hrtimer_nanosleep', 'r'),
      blocksOn('fentry:hrtimer_nanosleep', 'f'),
      blocksOn('fexit:hrtimer_nanosleep', 'x'),
    ].join(' '),
    needs: 'fentry',
    prints: inOrder('k', 'r', 'f', 'x'),
  },
  {
    title: 'a script that only waits for a signal goes on until it comes, and each time that it comes',
    options: ['--unsafe'],
    script: `begin { system("kill -USR1 %d", pid); }
      self:signal:SIGUSR1 { printf("%s\\n", probe); if (++@signals == 1) { system("kill -USR1 %d", pid); } else { exit(7); } }`,
    status: 7,
    // What system() printed, nothing, ends with a line break.
    prints: 'self:signal:SIGUSR1\n\nself:signal:SIGUSR1\n\n\n@signals: 2',
  },
  {
    title: 'a thousand uprobes of one pattern fire once each',
    command: '{programs}/many',
    script: 'uprobe:{programs}/many:work_* { @calls = count(); }',
    prints: '@calls: 1000',
  },
  {
    title: 'without links to many places at once each place has its own',
    command: '{programs}/many',
    options: ['--no-feature', 'uprobe_multi,kprobe_multi'],
    script: 'uprobe:{programs}/many:work_*00 { @calls = count(); }',
    prints: '@calls: 10',
  },
  {
    title: 'kprobes and kretprobes of one wildcard are a session',
    needs: 'kprobes',
    command: reader,
    options: ['-v'],
    script: pairs,
    prints: (stdout: string, stderr: string): void => {
      checkPairs(stdout);
      expect(stderr.match(/^kr?e?t?probe_\w+(?=:$)/gm)).toEqual(['kprobe_vfs_rea__1']);
    },
  },
  {
    title: 'without sessions they are two links, and see the same',
    needs: 'kprobes',
    command: reader,
    options: ['-v', '--no-feature', 'kprobe_session'],
    script: pairs,
    prints: (stdout: string, stderr: string): void => {
      checkPairs(stdout);
      expect(stderr.match(/^kr?e?t?probe_\w+(?=:$)/gm)).toHaveLength(2);
    },
  },
  {
    title: 'without links to many kprobes, too',
    needs: 'kprobes',
    command: reader,
    options: ['--no-feature', 'kprobe_session,kprobe_multi'],
    script: pairs,
    prints: checkPairs,
  },
  {
    title:
      'one kprobe and one kretprobe of the same function are a session, though their programs differ in all else',
    needs: 'kprobes',
    command: reader,
    script: `kretprobe:vfs_read /@from[tid]/ { @out[probe, func] = sum(retval); if (retval == 512) { @text[str("returned")] = count(); } delete(@from, tid); }
      kprobe:vfs_read /pid == cpid && arg2 == 512/ { @from[tid] = nsecs; @in[probe, func, comm] = count(); for $i : 0..3 { @rounds[$i] = count(); } }`,
    prints: [
      '@in[kprobe:vfs_read, vfs_read, reader]: 7',
      '@out[kretprobe:vfs_read, vfs_read]: 3584',
      '@rounds[2]: 7',
      '@text[returned]: 7',
    ],
  },
  {
    title: 'kernel stacks of a wildcard are whole, and registers are those of the call',
    needs: 'kprobes',
    command: '{programs}/reader 1 512',
    script:
      'kprobe:vfs_rea* /pid == cpid && arg2 == 512/ { @[kstack(2)] = count(); } kprobe:vfs_rea* /pid == cpid && arg2 == 512/ { @same = reg("dx") == arg2; }',
    prints: (stdout: string): void => {
      expect(stdout).toMatch(/^ {8}vfs_read\+\d+\n {8}ksys_read\+\d+\n\]: 1$/m);
      expect(stdout).toContain('@same: true');
    },
  },
  {
    title: "functions of modules, by the module's name and by wildcards",
    needs: 'kprobes',
    command: '/bin/stat /bin/busybox',
    script:
      'kprobe:erofs:erofs_getattr /pid == cpid/ { @one[func] = 1; } kprobe:erofs:erofs_getatt* /pid == cpid/ { @many[func] = 1; } kretprobe:ero*:erofs_get* /pid == cpid/ { @back[func] = 1; }',
    prints: ['@one[erofs_getattr]: 1', '@many[erofs_getattr]: 1', '@back[erofs_getattr]: 1'],
  },
  {
    title: 'a filter leaves out probes that its expression does not fit',
    command: '{programs}/many',
    options: ['--probe-filter', ':work_00(1|2)$'],
    script:
      'begin { @began = 1; } uprobe:{programs}/many:work_* { @[probe] = count(); } uprobe:{programs}/many:main { @main = 1; }',
    prints: '@[uprobe:{programs}/many:work_001]: 1\n@[uprobe:{programs}/many:work_002]: 1\n@began: 1',
  },
  {
    title: 'a uprobe at an offset fires as often as its function is called',
    command: reader,
    // The first instruction takes three bytes.
    script: 'uprobe:{programs}/reader:add_up+3 { @inside = count(); }',
    prints: '@inside: 7',
  },
  {
    title: 'C++ functions are found by the names that people use for them',
    command: '{programs}/shapes 3',
    script: `uprobe:{programs}/shapes:cpp:"shape::area" { @area = count(); } uprobe:{programs}/shapes:cpp:"shape::area(long)" { @square = sum(arg0); }
      uprobe:{programs}/shapes:"shape::Square::grow" { @grow = sum(arg1); } uprobe:{programs}/shapes:cpp:"shape::Square::operator()" { @call = sum(arg1); }
      uretprobe:{programs}/shapes:cpp:"shape::twice<long>" { @twice = sum(retval); } uprobe:{programs}/shapes:cpp:"*hidden*" { @hidden = sum(arg0); }`,
    prints: ['@area: 6', '@square: 12', '@grow: 3', '@call: 6', '@twice: 30', '@hidden: 21'],
  },
  {
    title: 'USDT arguments lie in registers, in memory and in constants, with their signs',
    command: '{programs}/usdt 3',
    script: `usdt:{programs}/usdt:test:values { @int = sum(arg0); @byte = sum(arg1); @short = sum(arg2); @constant = sum(arg3); @text[str(arg4)] = count(); }
      usdt:{programs}/usdt:test:memory { @field = sum(arg0); @element = sum(arg1); @global = sum(arg2); @high = sum(arg3); }`,
    prints: [
      '@int: -6',
      '@byte: 600',
      '@short: -9',
      '@constant: -21',
      '@text[word]: 3',
      '@field: 300',
      '@element: 9',
      '@global: -126',
      '@high: 51',
    ],
  },
  {
    title: 'a USDT probe of several sites fires at each of them, wherever its argument is',
    command: '{programs}/usdt 3',
    script: `usdt:{programs}/usdt:twice { @all = sum(arg0); @n = count(); @[probe] = count(); }`,
    prints: ['@all: 36', '@n: 6', '@[usdt:{programs}/usdt:test:twice]: 6'],
  },
  {
    title: 'a USDT semaphore is raised while it is probed, and only then',
    command: '{programs}/usdt 3',
    script: `usdt:{programs}/usdt:test:guarded { @guarded = sum(arg0); } usdt:{programs}/usdt:test:unguarded { @raised = sum(arg0); }`,
    prints: ['@guarded: 3', '@raised: 3'],
  },
  {
    title: 'semaphores of several probes are raised by one link, too',
    command: '{programs}/usdt 3',
    script: `usdt:{programs}/usdt:*:*guarded { @ = count(); }`,
    prints: '@: 6',
  },
  {
    title: 'a semaphore that nobody probes stays down',
    command: '{programs}/usdt 3',
    script: `usdt:{programs}/usdt:test:unguarded { @raised = sum(arg0); @n = count(); }`,
    prints: '@n: 3\n@raised: 0',
  },
  {
    title: 'watchpoints see writes and execution of a place of the command',
    command: '{programs}/watched 5',
    script: `watchpoint:0x10000000:8:w { @w = count(); @user = sum(usermode); } watchpoint:0x10010000:1:x { @x = count(); }`,
    prints: ['@w: 5', '@user: 5', '@x: 5'],
  },
  {
    title: 'a watchpoint sees reads and writes',
    command: '{programs}/watched 5',
    script: 'watchpoint:0x10000000:4:rw { @rw = count(); }',
    prints: '@rw: 6',
  },
  {
    title: 'two watchpoints on one place both see what happens there',
    lacks: 'two debug registers on one place in an emulated CPU (QEMU tells of the first alone)',
    command: '{programs}/watched 5',
    script: 'watchpoint:0x10000000:8:w { @w = count(); } watchpoint:0x10000000:4:rw { @rw = count(); }',
    prints: ['@rw: 6', '@w: 5'],
  },
  {
    title: 'a watchpoint that is dropped sees no more, and one that is not there is told',
    lacks: 'debug registers that count in an emulated CPU (QEMU without hardware)',
    command: '{programs}/watched 2 1000',
    script: `watchpoint:0x10000000:8:w { @w = count(); unwatch(0x10000000); } watchpoint:0x10010000:1:x { @x = count(); if (@x == 2) { unwatch(8); } }`,
    reports: ['stdin:1:123-133: WARNING: The script has no watchpoint at this address: 0x8'],
    prints: ['@w: 1', '@x: 2'],
  },
  {
    title: 'an iterator shows the paths of open files',
    script: 'iter:task_file /ctx.task->tgid == pid(init)/ { @[path(ctx.file->f_path, 64)] = count(); }',
    prints: (stdout: string): void => expect(stdout).toMatch(/^@\[anon_inode:bpf-map\]: \d+$/m),
  },
  {
    title: 'the kernel tells the path of a file that is opened',
    needs: 'fentry',
    command: reader,
    script: 'fentry:security_file_open /pid == cpid/ { @[path(args.file->f_path)] = count(); }',
    prints: ['@[/dev/zero]: 1', '@[/dev/null]: 1'],
  },
  {
    title: 'an iterator runs for each of the objects, and once only',
    environment: { TSTRACE_MAX_MAP_KEYS: '4099' },
    // The marked map is the script's own.
    script:
      'iter:bpf_map /ctx.map->max_entries == 4099/ { printf("%s ", ctx.map->name); print(ctx->map->max_entries); @marked[str(ctx.map->name)] = count(); }',
    prints: 'AT_marked 4099\n\n\n@marked[AT_marked]: 1',
  },
  {
    title: 'what iterators print is in JSON, too',
    options: ['-f', 'json'],
    environment: { TSTRACE_MAX_MAP_KEYS: '4099' },
    script: 'iter:bpf_map /ctx.map->max_entries == 4099/ { print(ctx.map->name); @[1] = 1; }',
    prints: ['{"type": "value", "data": "AT_"}', '{"type": "map", "data": {"@": {"1": 1}}}'],
  },
  {
    title: 'exit ends a walk at once',
    script: 'iter:task { @n = count(); exit(5); }',
    status: 5,
    prints: '@n: 1',
  },
  {
    title: 'a walk whose output fills pipes loses nothing',
    script: `iter:ksym { @walked++; if (@walked % 6 == 0) { @n++; printf("%s %s\\n", str("${'x'.repeat(100)}"), str("${'y'.repeat(100)}")); } }`,
    prints: (stdout: string): void => {
      const printed = stdout.match(/^x{100} y{100}$/gm)?.length ?? 0;
      expect(printed).toBeGreaterThan(10_000);
      expect(stdout).toContain(`@n: ${printed}\n`);
    },
  },
  {
    title: 'registers are read by name and as fields of ctx',
    command: reader,
    script: `uprobe:{programs}/reader:add_up { @same = sum(reg("si") == arg1 && ctx.si == arg1 && reg("pc") == reg("ip")); @b[ctx.si] = count(); }
      profile:hz:99 { @positive = min(reg("sp") > 0); }`,
    prints: ['@same: 7', '@b[100]: 7'],
  },
  {
    title: 'software events of a period of 1 see each of them',
    command: '{programs}/watched 5',
    script: 'software:page-faults:1 /pid == cpid/ { @ = count(); }',
    prints: (stdout: string): void => expect(Number(/^@: (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(20),
  },
];
