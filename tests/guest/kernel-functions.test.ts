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
