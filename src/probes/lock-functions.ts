/** Spin locks: programs take some themselves, in the helpers that they call, and are then entered within themselves. */

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';

/** _raw_spin_lock_irqsave, native_queued_spin_lock_slowpath, _raw_spin_unlock … (include/linux/spinlock_api_smp.h). */
const isLock = (name: string): boolean => /(^|_)spin_(try|un)?lock/.test(name);

/**
 * The kernel keeps a program on a trampoline from running within itself, but not two of them from running within one another: the one that
 * is entered while the other's helper holds a lock may wait for that lock for ever. A kprobe's program runs within no other's.
 */
export function warnOfLocks(provider: string, names: readonly string[], span: Span, report: Report): void {
  const [first, ...others] = names.filter(isLock);
  if (first === undefined) return;
  const what = others.length === 0 ? `${first} is` : `${first} and ${others.length} more are`;
  report.warning(
    'lock-traced',
    `${what} called by programs themselves: runs within a run are left out, and another program of the script that is entered there may stop the machine`,
    span,
    {
      hints: [
        `A script with no other ${provider}, tracepoint or kprobe is safe. Else use kprobe:${first}: programs of kprobes do not run within one another.`,
      ],
    },
  );
}
