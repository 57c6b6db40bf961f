/** Control groups of this machine, and the names of its users. */

import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cgroupId, cgroupPaths } from '../../../src/system/cgroups.ts';
import { parseMounts } from '../../../src/system/proc/mounts.ts';
import { parsePasswd } from '../../../src/system/proc/passwd.ts';
import { readFileSync } from 'node:fs';

const mounts = parseMounts(readFileSync('/proc/self/mounts', 'utf8')).filter(({ type }) =>
  type.startsWith('cgroup'),
);

test('what is no control group says so', () => {
  expect(cgroupId('/no/such/directory')).toBe('not-found');
  expect(cgroupId('/proc')).toBe('not-a-cgroup');
  expect(cgroupId('/etc/passwd')).toBe('not-a-cgroup');
});

test.each(mounts.map(({ path }) => [path]))('%s: from path to id and back', (path) => {
  const id = cgroupId(path);
  expect(id).toBe(statSync(path, { bigint: true }).ino);
  if (typeof id !== 'bigint') return;
  expect(cgroupPaths()(id, '').split(',')).toContainEqual(expect.stringMatching(/^\w+:\/$/));
});

test('a group that is not there is told by its id, and so is one in no hierarchy of that name', () => {
  const find = cgroupPaths();
  expect(find(2n ** 60n, '')).toBe(String(2n ** 60n));
  expect(find(1n, 'no such hierarchy')).toBe('1');
});

test('users by id: the first name counts, broken lines do not', () => {
  const text =
    'root:x:0:0:root:/root:/bin/bash\ntoor:x:0:0::/:\n# note\nnobody:x:65534:65534::/:\n:x:5:\nx:y:z:\n';
  expect([...parsePasswd(text)]).toEqual([
    [0, 'root'],
    [65534, 'nobody'],
  ]);
});
