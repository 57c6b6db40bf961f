/** BPF helpers: name, number, since which kernel (include/uapi/linux/bpf.h, ___BPF_FUNC_MAPPER). To use another one, add a row. */

import { present } from '../../base/assert.ts';
import type { HelperReference } from '../llvm/ir.ts';
import type { IrType } from '../llvm/ir-value.ts';

interface HelperRow {
  readonly id: number;
  readonly since: readonly [major: number, minor: number];
}

const rows = {
  map_lookup_elem: { id: 1, since: [3, 19] },
  map_update_elem: { id: 2, since: [3, 19] },
  map_delete_elem: { id: 3, since: [3, 19] },
  ktime_get_ns: { id: 5, since: [4, 1] },
  trace_printk: { id: 6, since: [4, 1] },
  get_prandom_u32: { id: 7, since: [4, 1] },
  get_smp_processor_id: { id: 8, since: [4, 1] },
  get_current_pid_tgid: { id: 14, since: [4, 2] },
  probe_write_user: { id: 36, since: [4, 8] },
  get_current_uid_gid: { id: 15, since: [4, 2] },
  get_current_comm: { id: 16, since: [4, 2] },
  get_current_task: { id: 35, since: [4, 8] },
  get_numa_node_id: { id: 42, since: [4, 10] },
  get_stack: { id: 67, since: [4, 18] },
  get_current_cgroup_id: { id: 80, since: [4, 18] },
  probe_read_user: { id: 112, since: [5, 5] },
  probe_read_kernel: { id: 113, since: [5, 5] },
  probe_read_user_str: { id: 114, since: [5, 5] },
  probe_read_kernel_str: { id: 115, since: [5, 5] },
  get_socket_cookie: { id: 46, since: [5, 12] },
  override_return: { id: 58, since: [4, 16] },
  send_signal: { id: 109, since: [5, 3] },
  send_signal_thread: { id: 117, since: [5, 5] },
  jiffies64: { id: 118, since: [5, 6] },
  get_ns_current_pid_tgid: { id: 120, since: [5, 7] },
  ktime_get_boot_ns: { id: 125, since: [5, 8] },
  seq_write: { id: 127, since: [5, 7] },
  ringbuf_output: { id: 130, since: [5, 8] },
  ringbuf_query: { id: 134, since: [5, 8] },
  for_each_map_elem: { id: 164, since: [5, 13] },
  get_func_ip: { id: 173, since: [5, 15] },
  loop: { id: 181, since: [5, 17] },
  map_lookup_percpu_elem: { id: 195, since: [5, 19] },
  ktime_get_tai_ns: { id: 208, since: [6, 1] },
} as const satisfies Readonly<Record<string, HelperRow>>;

const rowOf = (name: string): HelperRow =>
  present((rows as Readonly<Record<string, HelperRow>>)[name], `helper ${name}`);

/** A helper by its name without bpf_. */
export function helperNamed(name: string, result: IrType = 'i64'): HelperReference {
  return { name, id: rowOf(name).id, result };
}

/** The oldest kernel that we support. */
const floor = [5, 10] as const;

/** True if a kernel that we support may lack it: the plan then requires it by its name (runtime/features.ts). */
export function isRecent(name: string): boolean {
  const [major, minor] = rowOf(name).since;
  return major > floor[0] || (major === floor[0] && minor > floor[1]);
}
