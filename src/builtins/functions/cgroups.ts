/** cgroupid and cgroup_path: control groups by path and by id. */

import { present } from '../../base/assert.ts';
import { partsOf, slotOf } from '../../types/layout.ts';
import { cgroupPath as cgroupPathType, u64 } from '../../types/type.ts';
import { defineFunction } from '../define.ts';

export const cgroupid = defineFunction({
  name: 'cgroupid',
  doc: 'The id of a control group (version 2) by the path of its directory, found when compiling.',
  example: 'kprobe:vfs_read /cgroup == cgroupid("/sys/fs/cgroup/group")/ { @ = count(); }',
  params: [{ name: 'path', takes: ['text'] }],
  returns: u64,
  constant: ([path], context) => {
    const id = typeof path?.constant === 'string' ? context.cgroupId(path.constant) : undefined;
    return typeof id === 'bigint' ? id : undefined;
  },
  check: ([path], context, report) => {
    if (typeof path?.constant !== 'string') return;
    const id = context.cgroupId(path.constant);
    if (id === 'not-found') report.error('bad-argument', `There is no directory ${path.constant}`, path.span);
    if (id === 'not-a-cgroup')
      report.error('bad-argument', `${path.constant} is no control group`, path.span, {
        hints: ['They are directories of the file system at /sys/fs/cgroup.'],
      });
  },
  emit: (_args, out) => out.int(0),
});

const layout = partsOf(cgroupPathType);

export const cgroupPath = defineFunction({
  name: 'cgroup_path',
  doc: 'The path of a control group by its id, found when it is printed: hierarchy:/path, of all hierarchies that have one of that id, or of those whose names match the pattern.',
  example: 'kprobe:vfs_read { print(cgroup_path(cgroup, "unified")); }',
  params: [
    { name: 'id', takes: ['integer'] },
    { name: 'pattern', takes: ['text'], optional: true },
  ],
  returns: cgroupPathType,
  emit: ([id, pattern], out) => {
    const value = out.reserve(layout.size, 'cgroup_path');
    out.store(value, slotOf(layout, 'id').offset, out.wide(present(id, 'id')));
    out.store(value, slotOf(layout, 'filter').offset, out.int(out.text(String(pattern?.constant ?? '')), 32));
    out.store(value, slotOf(layout, 'zero').offset, out.int(0, 32));
    return value;
  },
});
