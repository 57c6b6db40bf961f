/** curtask, cgroup and rand. */

import { none, pointerTo, u32, u64 } from '../../types/type.ts';
import { defineVariable } from '../define.ts';

export const curtask = defineVariable({
  name: 'curtask',
  doc: 'Pointer to the struct task_struct of the current task.',
  example: 'kprobe:vfs_read { @[curtask->tgid] = count(); }',
  type: ({ struct }) => pointerTo(struct('struct', 'task_struct') ?? none, 'kernel'),
  emit: (out) => out.helper('get_current_task', []),
});

export const cgroup = defineVariable({
  name: 'cgroup',
  doc: 'Id of the cgroup (version 2) of the current task.',
  example: 'tracepoint:syscalls:sys_enter_openat { @[cgroup] = count(); }',
  type: u64,
  emit: (out) => out.helper('get_current_cgroup_id', []),
});

export const rand = defineVariable({
  name: 'rand',
  doc: 'A random number of 32 bits.',
  example: 'begin { printf("%u\\n", rand); }',
  type: u32,
  emit: (out) => out.resize(out.helper('get_prandom_u32', []), 32),
});
