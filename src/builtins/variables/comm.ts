/** comm: a thread's name. */

import { string } from '../../types/type.ts';
import type { Argument, Emitter, Operand } from '../emitter.ts';
import { defineFunction } from '../define.ts';

/** TASK_COMM_LEN of include/linux/sched.h: 15 characters and a NUL. */
export const commBytes = 16;
/** As much as tools that show kernel threads by their work need; what the kernel keeps in a task is shorter. */
const commOfBytes = 64;

const task = 'task_struct';
/** Functions of the kernel that scripts may have called (kernel/bpf/helpers.c): the task of a number, and done with it. */
const [lender, taker] = ['bpf_task_from_pid', 'bpf_task_release'];

export const comm = defineFunction({
  name: 'comm',
  doc: 'Name of the current thread: at most 15 characters. comm(id) is that of another one, by its id as the initial namespace sees it; empty if there is none. The kernel allows that since Linux 6.2 in fentry, fexit and iter, and on later ones in more kinds of probes.',
  example: 'kprobe:vfs_read /comm == "bash"/ { @ = count(); }',
  params: [{ name: 'id', takes: ['integer'], optional: true }],
  returns: ([id]) => string(id ? commOfBytes : commBytes),
  check: ([id], { hasKernelFunction, struct }, report, call) => {
    if (id && !(hasKernelFunction(lender) && struct('struct', task)))
      report.error('feature-missing', `This kernel has no ${lender}(), which comm(id) needs`, call, {
        hints: ['Linux 6.2 brought it.'],
      });
  },
  emit: ([id], out) => (id ? commOf(out, id) : ownComm(out)),
});

function ownComm(out: Emitter): Operand {
  const text = out.reserve(commBytes, 'comm');
  // The helper pads with zeros (strscpy_pad) and zeroes all on failure (kernel/bpf/helpers.c).
  out.helper('get_current_comm', [text, commBytes]);
  return text;
}

function commOf(out: Emitter, id: Argument): Operand {
  const text = out.reserve(commOfBytes, 'comm');
  out.zero(text);
  const { offset } = out.kernelField(task, 'comm');
  out.borrow(lender, [out.wide(id)], taker, (found) => {
    out.helper('probe_read_kernel_str', [text, commBytes, out.part(found, offset, commBytes)]);
  });
  return text;
}
