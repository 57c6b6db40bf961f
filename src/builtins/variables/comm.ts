/** comm: the current thread's name. */

import { string } from '../../types/type.ts';
import { defineVariable } from '../define.ts';

/** TASK_COMM_LEN of include/linux/sched.h: 15 characters and a NUL. */
export const commBytes = 16;

export const comm = defineVariable({
  name: 'comm',
  doc: 'Name of the current thread: at most 15 characters.',
  example: 'kprobe:vfs_read /comm == "bash"/ { @ = count(); }',
  type: string(commBytes),
  emit: (out) => {
    const text = out.reserve(commBytes, 'comm');
    // The helper pads with zeros (strscpy_pad) and zeroes all on failure (kernel/bpf/helpers.c).
    out.helper('get_current_comm', [text, commBytes]);
    return text;
  },
});
