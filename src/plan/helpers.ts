/** BPF helpers (include/uapi/linux/bpf.h, ___BPF_FUNC_MAPPER). To use another one, add a row. */

import type { ProgramType } from './plan.ts';

export interface Helper {
  readonly id: number;
  /** The release that brought it. */
  readonly since: `${number}.${number}`;
  /** What else a kernel must have or allow. */
  readonly where?: string;
  /** Programs that may call it, where tracepoints may not; `tracing` are fentry, fexit and iterators. */
  readonly program?: ProgramType;
}

/** By the kernel's names without bpf_, in the order of their numbers. */
export const helpers = {
  map_lookup_elem: { id: 1, since: '3.19' },
  map_update_elem: { id: 2, since: '3.19' },
  map_delete_elem: { id: 3, since: '3.19' },
  ktime_get_ns: { id: 5, since: '4.1' },
  trace_printk: { id: 6, since: '4.1' },
  get_prandom_u32: { id: 7, since: '4.1' },
  get_smp_processor_id: { id: 8, since: '4.1' },
  get_current_pid_tgid: { id: 14, since: '4.2' },
  get_current_uid_gid: { id: 15, since: '4.2' },
  get_current_comm: { id: 16, since: '4.2' },
  get_current_task: { id: 35, since: '4.8' },
  probe_write_user: { id: 36, since: '4.8', where: 'where lockdown does not forbid it', program: 'kprobe' },
  get_numa_node_id: { id: 42, since: '4.10' },
  get_socket_cookie: { id: 46, since: '5.12', program: 'tracing' },
  override_return: { id: 58, since: '4.16', where: 'with CONFIG_BPF_KPROBE_OVERRIDE', program: 'kprobe' },
  get_stack: { id: 67, since: '4.18' },
  get_current_cgroup_id: { id: 80, since: '4.18' },
  send_signal: { id: 109, since: '5.3' },
  skb_output: { id: 111, since: '5.5', program: 'tracing' },
  probe_read_user: { id: 112, since: '5.5' },
  probe_read_kernel: { id: 113, since: '5.5' },
  probe_read_user_str: { id: 114, since: '5.5' },
  probe_read_kernel_str: { id: 115, since: '5.5' },
  send_signal_thread: { id: 117, since: '5.6' },
  jiffies64: { id: 118, since: '5.6' },
  get_ns_current_pid_tgid: { id: 120, since: '5.7' },
  ktime_get_boot_ns: { id: 125, since: '5.8' },
  seq_printf: { id: 126, since: '5.7', program: 'tracing' },
  seq_write: { id: 127, since: '5.7', program: 'tracing' },
  ringbuf_output: { id: 130, since: '5.8' },
  ringbuf_reserve: { id: 131, since: '5.8' },
  ringbuf_query: { id: 134, since: '5.8' },
  get_task_stack: { id: 141, since: '5.9' },
  d_path: { id: 147, since: '5.10', program: 'tracing' },
  get_current_task_btf: { id: 158, since: '5.11' },
  for_each_map_elem: { id: 164, since: '5.13' },
  snprintf: { id: 165, since: '5.13' },
  get_func_ip: { id: 173, since: '5.15', program: 'kprobe' },
  get_attach_cookie: { id: 174, since: '5.15' },
  find_vma: { id: 180, since: '5.17' },
  loop: { id: 181, since: '5.17' },
  strncmp: { id: 182, since: '5.17' },
  map_lookup_percpu_elem: { id: 195, since: '5.19' },
  ktime_get_tai_ns: { id: 208, since: '6.1' },
} as const satisfies Readonly<Record<string, Helper>>;

/**
 * Calls with numbers from here on are of functions of the kernel itself (kfuncs), by their BTF id behind it: the loader makes them such.
 */
export const kernelFunctionBase = 2 ** 30;

export type HelperName = keyof typeof helpers;
