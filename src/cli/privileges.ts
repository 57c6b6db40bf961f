/** What a user must be allowed before anything is loaded: told at once and by name, rather than by the first call that fails. */

import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnostic } from '../base/diagnostic.ts';
import type { Machine } from '../plan/machine.ts';
import { effectiveCapabilities, hasCapability, lockdown } from '../system/proc/process.ts';

/** What is missing; undefined if nothing is. */
export function checkPrivileges(machine: Pick<Machine, 'kernel'>): Diagnostic | undefined {
  const held = effectiveCapabilities();
  const has = (name: Parameters<typeof hasCapability>[1]): boolean => hasCapability(held, name);
  if (!has('CAP_SYS_ADMIN')) {
    const missing = (['CAP_BPF', 'CAP_PERFMON'] as const).filter((name) => !has(name));
    if (missing.length > 0)
      return diagnostic(
        'error',
        'no-privileges',
        `Tracing needs the capability ${missing.join(' and ')}`,
        undefined,
        {
          hints: [
            `Run as root (sudo tstrace …); Linux ${machine.kernel.join('.')} knows finer capabilities, see capabilities(7).`,
          ],
        },
      );
  }
  if (lockdown() === 'confidentiality')
    return diagnostic(
      'error',
      'no-privileges',
      'The kernel is locked down (confidentiality): it lets nobody read its memory',
      undefined,
      {
        hints: [
          'Lockdown usually comes with secure boot; it can only be changed at boot: lockdown=integrity or none.',
        ],
      },
    );
  return undefined;
}
