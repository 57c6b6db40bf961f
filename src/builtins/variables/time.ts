/** nsecs, elapsed and jiffies: the kernel's clocks. */

import type { Clock } from '../../types/type.ts';
import { clocks, u64 } from '../../types/type.ts';
import type { Argument } from '../emitter.ts';
import { defineFunction, defineVariable } from '../define.ts';

const helpers = {
  boot: 'ktime_get_boot_ns',
  monotonic: 'ktime_get_ns',
  tai: 'ktime_get_tai_ns',
  sw_tai: 'ktime_get_ns',
} as const satisfies Record<Clock, string>;

const clockOf = (args: readonly Argument[]): Clock =>
  clocks.find((word) => word === args[0]?.keyword) ?? 'boot';

export const nsecs = defineFunction({
  name: 'nsecs',
  doc: 'Nanoseconds of a clock: boot (since the machine started, with the time asleep; the default), monotonic (without it) tai (atomic time since 1970; since Linux 6.1) or sw_tai (the same from the monotonic clock and the distance that was measured when tstrace started).',
  example: 'kprobe:vfs_read { @start[tid] = nsecs; }',
  params: [{ name: 'clock', takes: ['keyword'], keywords: clocks, optional: true }],
  returns: (args) => ({ ...u64, clock: clockOf(args) }),
  emit: (args, out) => {
    const clock = clockOf(args);
    const nsecs = out.helper(helpers[clock], []);
    return clock === 'sw_tai' ? out.add(nsecs, out.machine.taiOffsetNsecs) : nsecs;
  },
});

export const elapsed = defineVariable({
  name: 'elapsed',
  doc: 'Nanoseconds since tstrace started.',
  example: 'interval:s:1 { printf("%d ms\\n", elapsed / 1000000); }',
  type: u64,
  emit: (out) => out.subtract(out.helper('ktime_get_boot_ns', []), out.machine.startNsecs),
});

export const jiffies = defineVariable({
  name: 'jiffies',
  doc: "The kernel's own count of timer ticks.",
  example: 'kprobe:vfs_read { @[tid] = jiffies; }',
  type: u64,
  emit: (out) => out.helper('jiffies64', []),
});
