/** Tools for CPUs: who runs, who waits, and what keeps them busy. */

import { somewhere } from '../template.ts';
import type { ToolCase } from '../tool-case.ts';

export const cpuCases: readonly ToolCase[] = [
  {
    tool: 'cpustacks',
    command: '{programs}/tasks spins',
    prints: somewhere('spin_ms+#*\nspins+#*\ndo_deeds+#*\nmain+#*'),
  },
  {
    tool: 'cpuwait',
    command: '{programs}/tasks crowd',
    prints: somewhere('@us[tasks]:', '@us[spinner]:'),
  },
  {
    tool: 'queuelen',
    command: '{programs}/tasks crowd',
    lacks: { here: 'types of per-CPU variables' },
    // Four threads spin on the first CPU.
    prints: somewhere('@runnable[0]:', '[4] # |*|'),
  },
  {
    tool: 'timeslices',
    command: '{programs}/tasks crowd rests',
    prints: somewhere('@us_until_others[spinner]:', '@us_until_sleep[tasks]:'),
  },
  {
    tool: 'offcpu',
    command: '{programs}/tasks rests',
    parameters: ['--', '--us=15000'],
    prints: somewhere('@us[tasks,', 'do_nanosleep+#', 'rests+#*\ndo_deeds+#*\nmain+#*\n...\n]: #'),
  },
  {
    tool: 'wakers',
    command: '{programs}/tasks locks',
    prints: somewhere('@woken[tasks, tasks]: #'),
  },
  {
    tool: 'migrations',
    command: '{programs}/tasks moves',
    prints: somewhere('@moves[tasks, 0, 1]: #', '@moves[tasks, 1, 0]: #'),
  },
  {
    tool: 'interrupts',
    command: '{programs}/files direct',
    prints: somewhere('@ns[#, virtio*]:', '@total_ns[#, virtio*]: #'),
  },
  {
    tool: 'softirqs',
    command: '{programs}/tasks rests spins',
    prints: somewhere('@total_ns[timer]: #', '@us[rcu]:'),
  },
  {
    tool: 'lockwaits',
    command: '{programs}/files contends',
    prints: somewhere('rwsem_down_write_slowpath+#\n...\n]: #', '@us[*', '@waits[*'),
  },
  {
    tool: 'futexes',
    command: '{programs}/tasks locks',
    prints: somewhere('@us[tasks,', '@waits[tasks,\n...\n]: 1'),
  },
];
