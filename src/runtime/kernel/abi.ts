/**
 * The kernel's structs and numbers that we use, as records: include/uapi/linux/{bpf,perf_event}.h.
 * Only the leading fields that we need: the kernel takes any length of them, and reads what is missing as zero.
 * tests/runtime/kernel/abi.test.ts compares every offset with the running kernel's own BTF.
 */

import { assert } from '../../base/assert.ts';
import { record } from '../../types/record.ts';
import { arrayOf, i32, i64, u16, u32, u64, u8 } from '../../types/type.ts';

/** BPF_OBJ_NAME_LEN, the final NUL included. */
export const objectNameBytes = 16;
const objectName = arrayOf(u8, objectNameBytes);

/** enum bpf_cmd. */
export const bpfCommands = {
  BPF_MAP_CREATE: 0,
  BPF_MAP_LOOKUP_ELEM: 1,
  BPF_MAP_UPDATE_ELEM: 2,
  BPF_MAP_DELETE_ELEM: 3,
  BPF_MAP_GET_NEXT_KEY: 4,
  BPF_PROG_LOAD: 5,
  BPF_OBJ_PIN: 6,
  BPF_PROG_TEST_RUN: 10,
  BPF_PROG_GET_NEXT_ID: 11,
  BPF_MAP_GET_NEXT_ID: 12,
  BPF_PROG_GET_FD_BY_ID: 13,
  BPF_MAP_GET_FD_BY_ID: 14,
  BPF_OBJ_GET_INFO_BY_FD: 15,
  BPF_RAW_TRACEPOINT_OPEN: 17,
  BPF_BTF_LOAD: 18,
  BPF_BTF_GET_FD_BY_ID: 19,
  BPF_MAP_FREEZE: 22,
  BPF_BTF_GET_NEXT_ID: 23,
  BPF_MAP_LOOKUP_BATCH: 24,
  BPF_MAP_LOOKUP_AND_DELETE_BATCH: 25,
  BPF_LINK_CREATE: 28,
  BPF_LINK_GET_FD_BY_ID: 30,
  BPF_LINK_GET_NEXT_ID: 31,
  BPF_ENABLE_STATS: 32,
  BPF_ITER_CREATE: 33,
} as const;

export type BpfCommand = keyof typeof bpfCommands;

/** enum bpf_attach_type. */
export const attachTypes = {
  fentry: 24,
  fexit: 25,
  iter: 28,
  perfEvent: 41,
  'kprobe-multi': 42,
  'uprobe-multi': 48,
  'kprobe-session': 56,
} as const;

/** enum bpf_link_type. */
export const linkTypes = { perfEvent: 7, kprobeMulti: 8 } as const;

/** Flags of BPF_MAP_UPDATE_ELEM. */
export const updateFlags = { any: 0n, new: 1n, existing: 2n } as const;

export const mapCreateAttr = record({
  map_type: u32,
  key_size: u32,
  value_size: u32,
  max_entries: u32,
  map_flags: u32,
  inner_map_fd: u32,
  numa_node: u32,
  map_name: objectName,
  map_ifindex: u32,
  btf_fd: u32,
  btf_key_type_id: u32,
  btf_value_type_id: u32,
});

/** Look-up, update, delete, next key. */
export const mapElementAttr = record({ map_fd: u32, key: u64, value: u64, flags: u64 });

export const mapBatchAttr = record({
  in_batch: u64,
  out_batch: u64,
  keys: u64,
  values: u64,
  count: u32,
  map_fd: u32,
  elem_flags: u64,
  flags: u64,
});

export const programLoadAttr = record({
  prog_type: u32,
  insn_cnt: u32,
  insns: u64,
  license: u64,
  log_level: u32,
  log_size: u32,
  log_buf: u64,
  kern_version: u32,
  prog_flags: u32,
  prog_name: objectName,
  prog_ifindex: u32,
  expected_attach_type: u32,
  prog_btf_fd: u32,
  func_info_rec_size: u32,
  func_info: u64,
  func_info_cnt: u32,
  line_info_rec_size: u32,
  line_info: u64,
  line_info_cnt: u32,
  attach_btf_id: u32,
  attach_btf_obj_fd: u32,
  core_relo_cnt: u32,
  fd_array: u64,
  core_relos: u64,
  core_relo_rec_size: u32,
  log_true_size: u32,
});

export const btfLoadAttr = record({
  btf: u64,
  btf_log_buf: u64,
  btf_size: u32,
  btf_log_size: u32,
  btf_log_level: u32,
  btf_log_true_size: u32,
});

export const linkCreateAttr = record({ prog_fd: u32, target_fd: u32, attach_type: u32, flags: u32 });

/** Link creation of iterators. */
export const iteratorLinkAttr = record({
  prog_fd: u32,
  target_fd: u32,
  attach_type: u32,
  flags: u32,
  iter_info: u64,
  iter_info_len: u32,
});

/** union bpf_iter_link_info: the arms `task` and `cgroup`. */
export const taskWalkInfo = record({ tid: u32, pid: u32, pid_fd: u32 });
export const cgroupWalkInfo = record({ order: u32, cgroup_fd: u32, cgroup_id: u64 });

export const pinAttr = record({ pathname: u64, bpf_fd: u32, file_flags: u32 });

export const iteratorCreateAttr = record({ link_fd: u32, flags: u32 });

/** Link creation's arm `kprobe_multi`; since 5.18. */
export const kprobeMultiAttr = record({
  prog_fd: u32,
  target_fd: u32,
  attach_type: u32,
  flags: u32,
  /** kprobe_multi.flags: the name occurs twice in bpf_attr. */
  multi_flags: u32,
  cnt: u32,
  syms: u64,
  addrs: u64,
  cookies: u64,
});

/** BPF_F_KPROBE_MULTI_RETURN of kprobe_multi.flags. */
export const kprobeMultiReturn = 1;

/** Link creation's arm `uprobe_multi`; since 6.6. */
export const uprobeMultiAttr = record({
  prog_fd: u32,
  target_fd: u32,
  attach_type: u32,
  flags: u32,
  path: u64,
  offsets: u64,
  ref_ctr_offsets: u64,
  cookies: u64,
  cnt: u32,
  /** uprobe_multi.flags: the name occurs twice in bpf_attr. */
  multi_flags: u32,
  pid: u32,
});

/** BPF_F_UPROBE_MULTI_RETURN of uprobe_multi.flags. */
export const uprobeMultiReturn = 1;

export const rawTracepointAttr = record({ name: u64, prog_fd: u32 });

export const testRunAttr = record({
  prog_fd: u32,
  retval: u32,
  data_size_in: u32,
  data_size_out: u32,
  data_in: u64,
  data_out: u64,
  repeat: u32,
  duration: u32,
  ctx_size_in: u32,
  ctx_size_out: u32,
  ctx_in: u64,
  ctx_out: u64,
  flags: u32,
  cpu: u32,
});

export const idAttr = record({ start_id: u32, next_id: u32, open_flags: u32 });

/** BPF_STATS_RUN_TIME is 0. */
export const enableStatsAttr = record({ type: u32 });

export const infoAttr = record({ bpf_fd: u32, info_len: u32, info: u64 });

export const programInfo = record({
  type: u32,
  id: u32,
  tag: arrayOf(u8, 8),
  jited_prog_len: u32,
  xlated_prog_len: u32,
  jited_prog_insns: u64,
  xlated_prog_insns: u64,
  load_time: u64,
  created_by_uid: u32,
  nr_map_ids: u32,
  map_ids: u64,
  name: objectName,
  ifindex: u32,
  /** gpl_compatible is bit 0. */
  bits: u32,
  netns_dev: u64,
  netns_ino: u64,
  nr_jited_ksyms: u32,
  nr_jited_func_lens: u32,
  jited_ksyms: u64,
  jited_func_lens: u64,
  btf_id: u32,
  func_info_rec_size: u32,
  func_info: u64,
  nr_func_info: u32,
  nr_line_info: u32,
  line_info: u64,
  jited_line_info: u64,
  nr_jited_line_info: u32,
  line_info_rec_size: u32,
  jited_line_info_rec_size: u32,
  nr_prog_tags: u32,
  prog_tags: u64,
  run_time_ns: u64,
  run_cnt: u64,
  recursion_misses: u64,
});

export const mapInfo = record({
  type: u32,
  id: u32,
  key_size: u32,
  value_size: u32,
  max_entries: u32,
  map_flags: u32,
  name: objectName,
});

export const btfInfo = record({
  btf: u64,
  btf_size: u32,
  id: u32,
  name: u64,
  name_len: u32,
  kernel_btf: u32,
});

/** bpf_link_info with its perf_event.kprobe arm. */
export const kprobeLinkInfo = record({
  type: u32,
  id: u32,
  prog_id: u32,
  /** The arm begins at 16, for the union in it holds u64s. */
  padding: u32,
  perf_type: u32,
  func_name: u64,
  name_len: u32,
  offset: u32,
  addr: u64,
  missed: u64,
});

/** bpf_link_info with its kprobe_multi arm. */
export const kprobeMultiLinkInfo = record({
  type: u32,
  id: u32,
  prog_id: u32,
  /** The arm begins at 16, for the union in it holds u64s. */
  padding: u32,
  addrs: u64,
  count: u32,
  flags: u32,
  missed: u64,
});

/** enum bpf_perf_event_type. */
export const perfLinkTypes = { kprobe: 3, kretprobe: 4 } as const;

export const perfEventAttr = record({
  type: u32,
  size: u32,
  config: u64,
  /** Or sample_freq, with the bit `freq`. */
  sample_period: u64,
  sample_type: u64,
  read_format: u64,
  bits: u64,
  wakeup_events: u32,
  bp_type: u32,
  /** Of kprobes and uprobes: address of the symbol or the path. */
  config1: u64,
  /** Of kprobes and uprobes: the offset. */
  config2: u64,
  branch_sample_type: u64,
  sample_regs_user: u64,
  sample_stack_user: u32,
  clockid: i32,
  sample_regs_intr: u64,
  aux_watermark: u32,
  sample_max_stack: u32,
});

/** Bits of perf_event_attr.bits. */
export const perfBits = {
  disabled: 1n << 0n,
  inherit: 1n << 1n,
  mmap: 1n << 8n,
  comm: 1n << 9n,
  freq: 1n << 10n,
  task: 1n << 13n,
  watermark: 1n << 14n,
  sampleIdAll: 1n << 18n,
  mmap2: 1n << 23n,
  commExec: 1n << 24n,
  useClockid: 1n << 25n,
  inheritThread: 1n << 35n,
} as const;

/** PERF_TYPE_SOFTWARE and its PERF_COUNT_SW_DUMMY. */
export const perfSoftware = 1;
export const perfDummy = 9n;
/** PERF_COUNT_SW_BPF_OUTPUT. */
export const perfBpfOutput = 10n;
/** PERF_FORMAT_TOTAL_TIME_ENABLED of perf_event_attr.read_format, and what read(2) gives then. */
export const perfReadTimeEnabled = 1n;
export const perfReading = record({ count: u64, time_enabled: u64 });
/** PERF_SAMPLE_TIME and PERF_SAMPLE_RAW. */
export const perfSampleTime = 1n << 2n;
export const perfSampleRaw = 1n << 10n;
/** CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_TAI (include/uapi/linux/time.h). */
export const clockIds = { realtime: 0, monotonic: 1, boottime: 7, tai: 11 } as const;
/** struct timespec of 64-bit machines. */
export const timespec = record({ seconds: i64, nanoseconds: i64 });

/** struct perf_event_mmap_page from where the positions are; what stands before is of counters. */
export const perfControlPage = record({ before: arrayOf(u8, 1024), data_head: u64, data_tail: u64 });
/** struct perf_event_header. */
export const perfRecordHeader = record({ type: u32, misc: u16, size: u16 });

/** PERF_RECORD_SAMPLE of PERF_SAMPLE_RAW alone: behind the header, how many bytes follow with their padding. */
export const perfRawSample = record({ type: u32, misc: u16, size: u16, bytes: u32 });
export const perfRecordSample = 9;

/** PERF_FLAG_FD_CLOEXEC. */
export const perfFlagCloexec = 8;

/** _IO('$', 0), _IO('$', 1) and _IOW('$', 8, __u32). */
export const perfIoctls = { enable: 0x2400, disable: 0x2401, setBpf: 0x40042408 } as const;

/** System call numbers (asm/unistd_64.h; asm-generic/unistd.h for arm64). */
const systemCallNumbers = {
  x64: { bpf: 321, perf_event_open: 298, pidfd_open: 434, membarrier: 324 },
  arm64: { bpf: 280, perf_event_open: 241, pidfd_open: 434, membarrier: 283 },
} as const;

export type SystemCall = keyof (typeof systemCallNumbers)['x64'];

export function systemCallNumber(name: SystemCall): number {
  const { arch } = process;
  assert(arch === 'x64' || arch === 'arm64', `tstrace runs on x86-64 and arm64, not on ${arch}`);
  return systemCallNumbers[arch][name];
}

/** A name as the kernel takes it: at most 15 of [A-Za-z0-9_.], NUL-terminated (kernel/bpf/syscall.c, bpf_obj_name_cpy). */
export function objectNameOf(name: string): Uint8Array {
  const bytes = new Uint8Array(objectNameBytes);
  bytes.set(Buffer.from(name.replace(/[^A-Za-z0-9_.]/g, '_').slice(0, objectNameBytes - 1), 'latin1'));
  return bytes;
}

/** Text up to its first NUL. */
export function textUntilNul(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.buffer, bytes.byteOffset, end < 0 ? bytes.length : end).toString('latin1');
}
