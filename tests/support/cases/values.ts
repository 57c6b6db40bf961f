/** Builtins that are values, names and numbers in other forms: each with the result that it must have. */

import { expect } from 'vitest';
import type { Case } from '../end-to-end.ts';

export const valueCases: readonly Case[] = [
  {
    title: 'names of other threads, by their ids',
    lacks: 'functions of the kernel in tracepoints (6.18)',
    command: '{programs}/reader 1 512',
    script: `tracepoint:syscalls:sys_exit_read /pid == cpid && args.ret == 512/ {
      print((comm(2), comm(tid(init)), comm(99999999), comm(-1), comm() == comm)); @[comm(2)] = comm(pid(init)); }`,
    prints: '(kthreadd, reader, , , true)\n\n\n@[kthreadd]: reader',
  },
  {
    title: 'names of other threads, by their ids, in fentry',
    needs: 'fentry',
    command: '{programs}/reader 1 512',
    script:
      'fentry:vfs_write /pid == cpid && args.count == 512/ { print((comm(2), comm(tid), comm(99999999))); }',
    prints: '(kthreadd, reader, )',
  },
  {
    title: 'parent and leader are those of the kernel’s own struct',
    command: '{programs}/reader 1 512',
    script: `tracepoint:syscalls:sys_exit_read /pid == cpid && args.ret == 512/ {
      print((ppid == curtask->real_parent->tgid, pcomm == curtask->real_parent->comm, leader_tid == pid, leader_comm == comm));
      print((ppid(curtask->real_parent) == curtask->real_parent->real_parent->tgid, pcomm(curtask), leader_comm(curtask), leader_tid(curtask) == tid)); }`,
    prints: (stdout: string): void => {
      expect(stdout).toMatch(/^\(true, true, true, true\)\n\(true, \w+, reader, true\)$/m);
    },
  },
  {
    title: 'numaid, jiffies, probetype and username',
    script: `begin { $j = jiffies; print((numaid == 0, probetype, username, jiffies - $j < 1000)); @[username, probetype] = 1; print(username == username); }
      interval:ms:1 { print(probetype); exit(); }`,
    prints: '(true, special, root, true)\ntrue\ninterval\n\n\n@[root, special]: 1',
  },
  {
    title: 'numbers of errors, signals and system calls by name, known now or when the probe fires',
    parameters: ['0'],
    script: `begin { $n = (uint64)$1 + nsecs * 0;
      print((strerror(1), strerror(2), strerror(133), strerror(0), strerror(134), strerror(-1)));
      print((strerror($n + 1), strerror($n + 2), strerror($n + 133), strerror($n), strerror($n + 134), strerror($n - 1)));
      print((signal_name(9), signal_name(31), signal_name(32), signal_name(34), signal_name(36), signal_name(64), signal_name(65)));
      print((signal_name($n + 9), signal_name($n + 31), signal_name($n + 32), signal_name($n + 34), signal_name($n + 36), signal_name($n + 64), signal_name($n + 65)));
      print((syscall_name(0), syscall_name(59), syscall_name(336), syscall_name(435), syscall_name(9999)));
      print((syscall_name($n), syscall_name($n + 59), syscall_name($n + 336), syscall_name($n + 435), syscall_name($n + 9999)));
      @[strerror($n + 2)] = signal_name($n + 15); print(strerror($n + 2) == "No such file or directory"); exit(); }`,
    prints: [
      ...[
        '(Operation not permitted, No such file or directory, Memory page has hardware error, , , )',
      ].flatMap((line) => [line, line]),
      ...['(SIGKILL, SIGSYS, , SIGRTMIN, SIGRTMIN+2, SIGRTMAX, )'].flatMap((line) => [line, line]),
      ...['(read, execve, , clone3, )'].flatMap((line) => [line, line]),
      'true',
      '',
      '',
      '@[No such file or directory]: SIGTERM',
    ].join('\n'),
  },
  {
    title: 'text: capacity, length, order, search, one behind the other',
    script: `begin { $s = "hello world"; $w = "wor"; $e = "";
      print((strcap($s), strcap(comm), strcap("abc"), strlen($s), strlen(comm), strlen(curtask->comm), strcap($e)));
      print((strncmp($s, "hello", 5), strncmp($s, "hellp", 5), strncmp($s, "hella", 5), strncmp($w, "word", 3), strncmp($w, "word", 4), strncmp($s, "x", 0)));
      print((memcmp($s, "hellz", 5), memcmp($s, "hello", 5), memcmp(pton("10.0.0.1"), pton("10.0.0.0"), 4), memcmp(curtask, curtask, 64)));
      print((strstr($s, $w), strstr($s, "wor"), strstr($s, "xyz"), strstr($s, $e), strstr($e, $w), strstr("abc", "c"), strcontains($s, "d"), strcontains($s, "hello world!"), strcontains("ab", "b")));
      print((str_concat($s, comm), str_concat("a", $s), str_concat("a", "b"), str_concat(comm, str_concat("/", $w)))); exit(); }`,
    prints: [
      '(12, 16, 4, 11, 4, 4, 1)',
      '(0, -1, 1, 0, -1, 0)',
      '(-1, 0, 1, 0)',
      '(6, 6, -1, 0, -1, 2, true, false, true)',
      '(hello worldnode, ahello world, ab, node/wor)',
    ].join('\n'),
  },
  {
    title: 'what str_concat makes is cut at max_strlen, and that is told',
    environment: { TSTRACE_MAX_STRLEN: '16' },
    script:
      'begin { $a = "0123456789"; print((str_concat($a, "abcde"), str_concat($a, "abcd"), str_concat($a, $a))); print(strlen(str_concat($a, $a))); exit(); }',
    reports: ['WARNING: 1 text had more than the 15 bytes that max_strlen allows, or just as many'],
    prints: '(0123456789abcde, 0123456789abcd, 012345678901234..)\n15',
  },
  {
    title: 'addresses and numbers in network order',
    script: `begin { print(pton("127.0.0.1")); print(pton("2001:db8::1")); print((ntop(pton("2001:db8::1")), ntop(pton("::ffff:1.2.3.4")), ntop(pton("10.1.2.3")), ntop(2, 0x0100007f)));
      $n = (uint64)1; printf("%x %x %x %x\\n", bswap($n), bswap((uint32)$n), bswap((uint16)$n), bswap((uint16)0x1234)); $a = pton("1.2.3.4"); print($a[3]); @a = $a; exit(); }`,
    prints: [
      '[127,0,0,1]',
      '[32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,1]',
      '(2001:db8::1, ::ffff:1.2.3.4, 10.1.2.3, 127.0.0.1)',
      '100000000000000 1000000 100 3412',
      '4',
      '',
      '',
      '@a: [1,2,3,4]',
    ].join('\n'),
  },
  {
    title: 'macaddr shows six bytes, whatever they are',
    command: '/bin/echo abcdef',
    script:
      'tracepoint:syscalls:sys_enter_execve /pid == cpid/ { print(macaddr(*(args.argv + 1))); @[macaddr(*(args.argv + 1))] = count(); }',
    prints: ['61:62:63:64:65:66', '@[61:62:63:64:65:66]: 1'],
  },
  {
    title: "a variable of each CPU, this one's and another's",
    needs: 'symbols of data',
    script: `begin { $table = kaddr("__per_cpu_offset"); print(*(uint64 *)percpu_kaddr("this_cpu_off", 1) == *(uint64 *)($table + 8));
      print(*(uint64 *)percpu_kaddr("this_cpu_off") == *(uint64 *)($table + 8 * cpu)); print(percpu_kaddr("this_cpu_off", 100000)); exit(); }`,
    prints: 'true\ntrue\n0',
  },
  {
    title: 'the settings in effect are a record',
    environment: { TSTRACE_MAX_MAP_KEYS: '77' },
    script: `config = { max_strlen = 128; missing_probes = "warn"; }
      begin { print((config.max_strlen, config.max_map_keys, config.missing_probes, config.print_maps_on_exit)); @[config.license] = config.log_size; exit(); }`,
    prints: '(128, 77, warn, true)\n\n\n@[GPL]: 1000000',
  },
];
