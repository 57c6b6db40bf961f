/** uid and gid of the current task. */

import { u64 } from '../../types/type.ts';
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
