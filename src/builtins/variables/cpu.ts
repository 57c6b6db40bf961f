/** cpu, ncpus and numaid. */

import { u32, u64 } from '../../types/type.ts';
import { defineVariable } from '../define.ts';

export const cpu = defineVariable({
  name: 'cpu',
  doc: 'Number of the CPU that the probe runs on.',
  example: 'tracepoint:sched:sched_switch { @[cpu] = count(); }',
  type: u32,
  emit: (out) => out.resize(out.helper('get_smp_processor_id', []), 32),
});

export const ncpus = defineVariable({
  name: 'ncpus',
  doc: 'How many CPUs the machine can have (possible CPUs).',
  example: 'begin { printf("%d CPUs\\n", ncpus); }',
  type: u64,
  constant: ({ machine }) => BigInt(machine.possibleCpus),
  emit: (out) => out.int(out.machine.possibleCpus),
});

export const numaid = defineVariable({
  name: 'numaid',
  doc: 'Number of the NUMA node that the probe runs on.',
  example: 'kprobe:vfs_read { @[numaid] = count(); }',
  type: u32,
  emit: (out) => out.resize(out.helper('get_numa_node_id', []), 32),
});
