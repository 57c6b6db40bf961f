/**
 * kprobes that a kernel would take wrongly are refused before anything is attached. 5.10 takes the first of several functions of a name,
 * both kernels an offset behind the function.
 */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandResult } from '../support/guest/running-command.ts';
import { bootGuest, type Guest } from '../support/guest/guest.ts';
import { projectFiles } from '../support/guest/image.ts';
import { buildPrograms } from '../support/programs.ts';

const root = join(import.meta.dirname, '../..');
const timeoutMs = 90_000;
const reader = '/project/programs/reader 7 512';

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });
});

describe.each(['5.10', '7.2'])('kernel %s', (kernel) => {
  let guest: Guest;
  beforeAll(async () => {
    guest = await bootGuest({ kernel, project: projectFiles(await buildPrograms()) });
  });
  afterAll(() => guest.close());

  const tstrace = (script: string): Promise<CommandResult> =>
    guest.run(['node', '/project/dist/tstrace.mjs', '-e', script], { timeoutMs });
  /** Addresses of the kernel's own functions of a name. */
  const addressesOf = async (name: string): Promise<readonly string[]> => {
    const { stdout } = await guest.run(['sh', '-c', `grep -i ' t ${name}$' /proc/kallsyms`]);
    return stdout.match(/^[0-9a-f]{16}/gm) ?? [];
  };

  test(
    'a name that several functions share is refused, and they are named',
    async () => {
      const addresses = await addressesOf('type_show');
      expect(addresses.length).toBeGreaterThan(1);
      const { stderr, status } = await tstrace('kprobe:type_show { @ = count(); }');
      expect(status).toBe(1);
      expect(stderr).toContain('stdin:1:1-17: ERROR:');
      expect(stderr).toContain(
        `${addresses.length} functions have this name, at 0x${addresses[0]} (vmlinux)`,
      );
    },
    timeoutMs,
  );

  test(
    'a wildcard takes them all',
    async () => {
      // Files of two drivers, each with a type_show of its own (net/core/net-sysfs.c, drivers/firmware/memmap.c).
      const command = 'cat /sys/class/net/lo/type /sys/firmware/memmap/0/type';
      const script = 'kprobe:type_sho* /pid == cpid/ { @[func] = count(); }';
      const argv = ['node', '/project/dist/tstrace.mjs', '-q', '-c', command, '-e', script];
      const { stdout, stderr, status } = await guest.run(argv, { timeoutMs });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      // They are two keys with one name.
      expect(stdout.match(/^@.*$/gm)).toEqual(['@[type_show]: 1', '@[type_show]: 1']);
    },
    timeoutMs,
  );

  test(
    'an address is taken with --unsafe, at the entry and at the return',
    async () => {
      const [address] = await addressesOf('vfs_read');
      const script = `kprobe:0x${address} /pid == cpid && arg2 == 512/ { @in[probe, func] = count(); } kretprobe:0x${address} /pid == cpid && retval == 512/ { @out = count(); }`;
      const argv = ['node', '/project/dist/tstrace.mjs', '-q', '--unsafe', '-c', reader, '-e', script];
      const { stdout, stderr, status } = await guest.run(argv, { timeoutMs });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout.match(/^@.*$/gm)).toEqual([`@in[kprobe:0x${address}, vfs_read]: 7`, '@out: 7']);
    },
    timeoutMs,
  );

  test(
    'kprobes and kretprobes of one function are a session where the kernel has it, and apart where not',
    async () => {
      const script =
        'kprobe:vfs_read /pid == cpid && arg2 == 512/ { @in = count(); } kretprobe:vfs_read /pid == cpid && retval == 512/ { @out = count(); }';
      const argv = ['node', '/project/dist/tstrace.mjs', '-v', '-c', reader, '-e', script];
      const { stdout, stderr, status } = await guest.run(argv, { timeoutMs });
      expect({ status, maps: stdout.match(/^@.*$/gm) }).toEqual({ status: 0, maps: ['@in: 7', '@out: 7'] });
      const programs = ['kprobe_vfs_read_1', 'kretprobe_vfs_read_2'];
      expect(stderr.match(/^kr?e?t?probe_\w+(?=:$)/gm)).toEqual(
        kernel === '5.10' ? programs : programs.slice(0, 1),
      );
    },
    timeoutMs,
  );

  test(
    'a BPF program that runs is entered and left as often as it runs',
    async () => {
      const name = 'tracepoint_syscalls_sys_exit_read_1';
      const traced = await guest.spawn(
        ['node', '/project/dist/tstrace.mjs', '-e', 'tracepoint:syscalls:sys_exit_read { @ = count(); }'],
        { timeoutMs },
      );
      await traced.waitForOutput('Attached', timeoutMs);
      const script = `fentry:bpf:${name} /pid == cpid/ { @in = count(); } fexit:bpf:${name} /pid == cpid/ { @out = count(); } tracepoint:syscalls:sys_exit_read /pid == cpid/ { @reads = count(); }`;
      const argv = ['node', '/project/dist/tstrace.mjs', '-q', '-c', reader, '-e', script];
      const { stdout, stderr, status } = await guest.run(argv, { timeoutMs });
      await traced.signal('SIGINT');
      await traced.wait();
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const [reads] = /(?<=@reads: )\d+/.exec(stdout) ?? [];
      expect(Number(reads)).toBeGreaterThanOrEqual(7);
      expect(stdout.match(/^@.*$/gm)).toEqual([`@in: ${reads}`, `@out: ${reads}`, `@reads: ${reads}`]);
    },
    timeoutMs,
  );

  test(
    'an offset within an instruction is refused',
    async () => {
      // A function begins with an instruction of five bytes, in whose place tracers put a call.
      const { stderr, status } = await tstrace('kprobe:vfs_read+2 { @ = count(); }');
      expect(status).toBe(1);
      expect(stderr).toContain('the offset is not the start of an instruction');
    },
    timeoutMs,
  );

  test(
    'an offset behind the function is refused, one within is taken',
    async () => {
      const { stderr, status } = await tstrace('kprobe:vfs_read+65536 { @ = count(); }');
      expect(status).toBe(1);
      expect(stderr).toContain('behind the function');
      const taken = await tstrace('kprobe:vfs_read+0 { @ = count(); } interval:ms:1 { exit(); }');
      expect(taken).toMatchObject({ status: 0 });
    },
    timeoutMs,
  );
});
