/** The control group of a process, by its id and by its path. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { present } from '../../src/base/assert.ts';
import { parseMounts } from '../../src/system/proc/mounts.ts';
import { buildHere } from '../support/run-here.ts';

test('cgroup is the id of the group that /proc names, and cgroup_path its path', async () => {
  const mounts = parseMounts(readFileSync('/proc/self/mounts', 'utf8'));
  const { path: root } = present(
    mounts.find(({ type }) => type === 'cgroup2'),
    'cgroups of version 2',
  );
  const own = present(/^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1], 'group');
  const script = `begin { print(cgroup == cgroupid("${join(root, own)}")); print(cgroup_path(cgroup, "unif*")); print(cgroup_path(cgroup, "nothing") ); exit(); }`;
  const { stdout } = await (await buildHere()).tstrace(['-q', '-e', script]);
  expect(stdout.split('\n').slice(0, 2)).toEqual(['true', `unified:${own}`]);
});
