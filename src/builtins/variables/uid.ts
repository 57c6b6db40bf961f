/** uid, gid and username of the current task. */

import { partsOf, slotOf } from '../../types/layout.ts';
import { u64, username as usernameType } from '../../types/type.ts';
import { defineVariable } from '../define.ts';

export const uid = defineVariable({
  name: 'uid',
  doc: 'User id of the current task, as the initial user namespace sees it.',
  example: 'kprobe:vfs_read { @[uid] = count(); }',
  type: u64,
  emit: (out) => out.and(out.helper('get_current_uid_gid', []), 0xffff_ffff),
});

export const gid = defineVariable({
  name: 'gid',
  doc: 'Group id of the current task, as the initial user namespace sees it.',
  example: 'kprobe:vfs_read { @[gid] = count(); }',
  type: u64,
  // The helper packs the group in the upper half.
  emit: (out) => out.shiftRight(out.helper('get_current_uid_gid', []), 32),
});

const layout = partsOf(usernameType);

export const username = defineVariable({
  name: 'username',
  doc: 'Name of the user of the current task, looked up in /etc/passwd when it is printed; the id if there is none.',
  example: 'tracepoint:syscalls:sys_enter_execve { @[username] = count(); }',
  type: usernameType,
  emit: (out) => {
    const value = out.reserve(layout.size, 'username');
    out.store(value, slotOf(layout, 'uid').offset, out.resize(out.helper('get_current_uid_gid', []), 32));
    return value;
  },
});
