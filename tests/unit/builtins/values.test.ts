/** Builtins that are values, names and addresses: their types, limits and errors. */

import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/builtins/parse-address.ts';
import { errorNames } from '../../../src/builtins/names/errors.ts';
import { signalNames, signalNumber } from '../../../src/builtins/names/signals.ts';
import { syscallNames } from '../../../src/builtins/names/syscalls.ts';
import { checkAnalysis, valueOf } from '../../support/analysis.ts';
import { goldenFacts } from '../../support/golden-facts.ts';

test.each([
  ['username', 'username:username_t'],
  ['numaid', 'numaid:uint32'],
  ['jiffies', 'jiffies:uint64'],
  ['probetype', '"special":string[8]'],
  ['ppid', 'ppid():uint32'],
  ['comm(tid)', 'comm(tid():uint32):string[64]'],
  ['pcomm(curtask)', 'pcomm(curtask:struct task_struct *):string[16]'],
  ['strlen("four")', '4:uint64'],
  ['strcap("four")', '5:int64'],
  ['strcap(comm)', '16:int64'],
  ['strstr("abc", "c")', '2:int64'],
  ['strcontains("abc", "d")', '0:bool'],
  ['str_concat("a", "bc")', '"abc":string[4]'],
  ['str_concat(comm, "bc")', 'str_concat(comm():string[16], "bc":string[3]):string[18]'],
  ['strerror(2)', '"No such file or directory":string[26]'],
  ['signal_name(9)', '"SIGKILL":string[8]'],
  ['syscall_name(0)', '"read":string[5]'],
  ['syscall_name(pid)', 'syscall_name(pid():uint32):string[64]'],
  ['bswap((uint16)0x1234)', '13330:uint16'],
  ['bswap(pid)', 'bswap(pid():uint32):uint32'],
  ['pton("::1")', 'pton("::1":string[4]):uint8[16]'],
  ['cgroupid("/sys/fs/cgroup/group")', '4242:uint64'],
  ['cgroup_path(cgroup)', 'cgroup_path(cgroup:uint64):cgroup_path_t'],
])('%s', (written, typed) => expect(valueOf(written)).toBe(typed));

test('without type information there are no relatives', () =>
  checkAnalysis(
    `
    begin { print( ppid); print( pcomm); }
                // ^^^^ btf-missing
                              // ^^^^^ btf-missing
  `,
    { facts: { ...goldenFacts('minimal'), struct: () => undefined } },
  ));

test('names of other threads need a function of the kernel, the own name does not', () =>
  checkAnalysis(
    `
    begin { print(comm); print(comm()); print(comm(1)); }
                                           // ^^^^^^^ feature-missing
  `,
    { facts: { ...goldenFacts('minimal'), functionPrototypes: () => [] } },
  ));

test('arguments of the wrong kind', () =>
  checkAnalysis(`
    begin {
      strlen(curtask);
          // ^^^^^^^ wrong-argument-type
      strstr(comm, pid);
                // ^^^ wrong-argument-type
      strerror(comm);
            // ^^^^ wrong-argument-type
    }
  `));

test('lengths and addresses that can not be', () =>
  checkAnalysis(`
    begin {
      print(strncmp(comm, "a", -1));
                            // ^^ bad-argument
      print(memcmp(comm, "abc", 5));
                             // ^ bad-argument
      print(pton("1.2.3"));
              // ^^^^^^^ bad-argument
      print(macaddr(comm));
                 // ^^^^ wrong-argument-type
      print(cgroupid("/nowhere"));
                  // ^^^^^^^^^^ bad-argument
      print(bswap((uint8)1));
               // ^^^^^^^^ bad-argument
    }
  `));

test('addresses as people write them', () => {
  expect(parseAddress('192.0.2.1')).toEqual([192, 0, 2, 1]);
  expect(parseAddress('::')).toEqual(new Array(16).fill(0));
  expect(parseAddress('1:2:3:4:5:6:7:8')).toEqual([0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]);
  expect(parseAddress('fe80::1')).toEqual([0xfe, 0x80, ...new Array(13).fill(0), 1]);
  expect(parseAddress('::ffff:1.2.3.4')).toEqual([...new Array(10).fill(0), 255, 255, 1, 2, 3, 4]);
  expect(parseAddress('1::')).toEqual([0, 1, ...new Array(14).fill(0)]);
});

test.each([
  '',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '01.2.3.4',
  '1.2.3.a',
  ':',
  ':::',
  '1:2:3:4:5:6:7',
  '1::2::3',
  '1:2:3:4:5:6:7:8:9',
  '12345::',
  'g::',
  '::1.2.3',
  '1:2:3:4:5:6:7::8',
])("'%s' is no address", (text) => expect(parseAddress(text)).toBeUndefined());

test('names by number', () => {
  expect([errorNames.names[0], errorNames.names[1], errorNames.names[110], errorNames.names.length]).toEqual([
    '',
    'Operation not permitted',
    'Connection timed out',
    134,
  ]);
  expect([
    signalNames.names[1],
    signalNames.names[31],
    signalNames.names[64],
    signalNames.names.length,
  ]).toEqual(['SIGHUP', 'SIGSYS', 'SIGRTMAX', 65]);
  expect([signalNumber('SIGKILL'), signalNumber('KILL'), signalNumber('SIGNOT'), signalNumber('')]).toEqual([
    9,
    9,
    undefined,
    undefined,
  ]);
  const [x64, arm64] = [syscallNames({ arch: 'x64' }).names, syscallNames({ arch: 'arm64' }).names];
  expect([x64[0], x64[59], x64[334], x64[400], x64[435]]).toEqual(['read', 'execve', 'rseq', '', 'clone3']);
  expect([arm64[63], arm64[221], arm64[435], arm64[410]]).toEqual(['read', 'execve', 'clone3', '']);
  for (const { names, bytes } of [errorNames, signalNames, syscallNames({ arch: 'x64' })])
    expect(Math.max(...names.map((name) => name.length))).toBeLessThan(bytes);
});
