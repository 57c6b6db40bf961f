/** Time since the machine started, as the kernel's CLOCK_BOOTTIME counts it. */

import { readFileSync } from 'node:fs';

/** /proc/uptime is exact to this many nanoseconds, and read a moment after the other clock. */
const uptimeStepNsecs = 10_000_000n;

/**
 * CLOCK_BOOTTIME in nanoseconds. Node reads CLOCK_MONOTONIC only, which stands still while the machine sleeps;
 * the time slept is the difference to /proc/uptime, known to 10 ms, and nothing at all on a machine that never slept.
 */
export function bootNsecs(): bigint {
  const monotonic = process.hrtime.bigint();
  try {
    return bootFromUptime(readFileSync('/proc/uptime', 'latin1'), monotonic);
  } catch {
    return monotonic;
  }
}

export function bootFromUptime(uptime: string, monotonic: bigint): bigint {
  const match = /^(\d+)\.(\d\d)/.exec(uptime);
  if (match === null) return monotonic;
  const boot = (BigInt(match[1] ?? '0') * 100n + BigInt(match[2] ?? '0')) * uptimeStepNsecs;
  const slept = boot - monotonic;
  return slept > 5n * uptimeStepNsecs ? boot : monotonic;
}
