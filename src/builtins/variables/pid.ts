/** pid and tid: process and thread id, in tstrace's own PID namespace unless the initial one is asked for. */

import { u32 } from '../../types/type.ts';
import type { FunctionDefinition } from '../define.ts';
import { defineFunction } from '../define.ts';
import type { Emitter, Scalar } from '../emitter.ts';

const namespaces = ['curr_ns', 'init'] as const;

/** Thread id in the lower half, process id (thread-group id) in the upper, as the helpers give them. */
export function currentIds(
  out: Emitter,
  inInitialNamespace: boolean,
): { readonly pid: Scalar; readonly tid: Scalar } {
  const namespace = inInitialNamespace ? undefined : out.machine.pidNamespace;
  if (!namespace) {
    const both = out.helper('get_current_pid_tgid', []);
    return { pid: out.resize(out.shiftRight(both, 32), 32), tid: out.resize(both, 32) };
  }
  // struct bpf_pidns_info { u32 pid; u32 tgid; }: all zero for tasks that the namespace can't see.
  const info = out.reserve(8, 'pidns_info');
  out.zero(info);
  out.helper('get_ns_current_pid_tgid', [namespace.device, namespace.inode, info, 8]);
  return { pid: out.load(info, 4, 32), tid: out.load(info, 0, 32) };
}

export const pid: FunctionDefinition = defineFunction({
  name: 'pid',
  doc: 'Process id (thread-group id) of the current task, as seen from the PID namespace of tstrace; pid(init) as the initial namespace sees it.',
  example: 'kprobe:vfs_read { @[pid] = count(); }',
  params: [{ name: 'namespace', takes: ['keyword'], keywords: namespaces, optional: true }],
  returns: u32,
  emit: (args, out) => currentIds(out, args[0]?.keyword === 'init').pid,
});

export const tid: FunctionDefinition = defineFunction({
  name: 'tid',
  doc: 'Thread id of the current task, as seen from the PID namespace of tstrace; tid(init) as the initial namespace sees it.',
  example: 'kprobe:vfs_read { @[tid] = count(); }',
  params: [{ name: 'namespace', takes: ['keyword'], keywords: namespaces, optional: true }],
  returns: u32,
  emit: (args, out) => currentIds(out, args[0]?.keyword === 'init').tid,
});
