/** C for BPF in kernels whose structs differ: variables, maps and fields that are looked up. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Guest } from '../support/guest/guest.ts';
import { bootGuest } from '../support/guest/guest.ts';
import { projectFiles } from '../support/guest/image.ts';
import { recordClang } from '../support/guest/recorded-clang.ts';
import { buildPrograms } from '../support/programs.ts';

const root = join(import.meta.dirname, '../..');
const source = join(root, 'tests/support/c/task-state.bpf.c');
const timeoutMs = 90_000;

const script = `import "task-state.bpf.c";
begin { print((tgid(curtask) == pid, first_letter(curtask) == first(comm), state_field(curtask), state_of(curtask))); }
kprobe:vfs_read /pid == cpid/ { @calls = counted(2); }
end { print((total() >= 3, total() == 3 * @calls, in_map() == @calls)); clear(@calls); }
`;

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });
});

// task_struct.state became __state in 5.14.
describe.each([
  ['5.10', 1],
  ['6.12', 2],
])('kernel %s', (kernel, stateField) => {
  let guest: Guest;
  beforeAll(async () => {
    guest = await bootGuest({ kernel, project: projectFiles(await buildPrograms()) });
  });
  afterAll(() => guest.close());

  test(
    'functions of C share variables and a map, and read fields where this kernel has them',
    async () => {
      const TSTRACE_CLANG = await recordClang(guest, { clang: 'clang-19', version: 19, path: source });
      await guest.writeFile('/tmp/c/task-state.bpf.c', readFileSync(source));
      await guest.writeFile('/tmp/c/main.bt', script);
      const argv = ['node', '/project/dist/tstrace.mjs', '-q', '-c', 'cat /etc/passwd', '/tmp/c/main.bt'];
      const { stdout, stderr, status } = await guest.run(argv, { timeoutMs, env: { TSTRACE_CLANG } });
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      expect(stdout.split('\n').filter((line) => line.startsWith('('))).toEqual([
        `(true, true, ${stateField}, 0)`,
        '(true, true, true)',
      ]);
    },
    timeoutMs,
  );
});
