/** The parent of a task and the leader of its group, by the kernel's own struct. */

import type { Emitter, Operand, Scalar } from '../emitter.ts';
import { sizeOf } from '../../types/layout.ts';
import { string, u32 } from '../../types/type.ts';
import type { FunctionDefinition } from '../define.ts';
import { defineFunction } from '../define.ts';
import { commBytes } from '../variables/comm.ts';

const task = 'task_struct';

/** Another task that a field of this one leads to. */
function follow(out: Emitter, from: Scalar, field: string): Scalar {
  const pointer = out.reserve(8, field);
  out.readMemory(pointer, 8, out.add(from, out.kernelField(task, field).offset), 'kernel');
  return out.load(pointer, 0, 64);
}

function readNumber(out: Emitter, from: Scalar, field: string): Scalar {
  const number = out.reserve(4, field);
  out.readMemory(number, 4, out.add(from, out.kernelField(task, field).offset), 'kernel');
  return out.load(number, 0, 32);
}

function readComm(out: Emitter, from: Scalar): Operand {
  const { offset, type } = out.kernelField(task, 'comm');
  const text = out.reserve(commBytes, 'comm');
  out.zero(text);
  out.readText(text, Math.min(sizeOf(type), commBytes), out.add(from, offset), 'kernel');
  return text;
}

interface Relative extends Pick<FunctionDefinition, 'name' | 'doc' | 'example'> {
  /** The task's field that leads to it. */
  readonly by: 'real_parent' | 'group_leader';
  readonly what: 'comm' | 'tgid' | 'pid';
}

const relative = ({ by, what, ...definition }: Relative): FunctionDefinition =>
  defineFunction({
    ...definition,
    params: [{ name: 'task', takes: ['pointer'], optional: true }],
    returns: what === 'comm' ? string(commBytes) : u32,
    check: (_args, { struct }, report, call) => {
      if (!struct('struct', task))
        report.error('btf-missing', `${definition.name} needs the kernel's type information`, call, {
          hints: ['It is in /sys/kernel/btf/vmlinux of kernels that are built with CONFIG_DEBUG_INFO_BTF.'],
        });
    },
    emit: ([argument], out) => {
      const from = argument ? out.wide(argument) : out.helper('get_current_task', []);
      const other = follow(out, from, by);
      return what === 'comm' ? readComm(out, other) : readNumber(out, other, what);
    },
  });

export const ppid = relative({
  name: 'ppid',
  by: 'real_parent',
  what: 'tgid',
  doc: 'Process id of the parent of the current task, or of the given one, as the initial namespace sees it.',
  example: 'tracepoint:syscalls:sys_enter_execve { printf("%d from %d\\n", pid, ppid); }',
});

export const pcomm = relative({
  name: 'pcomm',
  by: 'real_parent',
  what: 'comm',
  doc: 'Name of the parent of the current task, or of the given one.',
  example: 'tracepoint:syscalls:sys_enter_execve { @[pcomm] = count(); }',
});

export const leaderTid = relative({
  name: 'leader_tid',
  by: 'group_leader',
  what: 'pid',
  doc: 'Thread id of the first thread of the process of the current task, or of the given one, as the initial namespace sees it.',
  example: 'kprobe:vfs_read { @[leader_tid] = count(); }',
});

export const leaderComm = relative({
  name: 'leader_comm',
  by: 'group_leader',
  what: 'comm',
  doc: 'Name of the first thread of the process of the current task, or of the given one.',
  example: 'kprobe:vfs_read { @[leader_comm, comm] = count(); }',
});
