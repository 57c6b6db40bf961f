/** cpid and has_cpid: the command that -c started. */

import { bool, u32 } from '../../types/type.ts';
import { defineVariable } from '../define.ts';

export const cpid = defineVariable({
  name: 'cpid',
  doc: 'Process id of the command started with -c; 0 if there is none (see has_cpid).',
  example: 'tracepoint:syscalls:sys_enter_openat /pid == cpid/ { @ = count(); }',
  type: u32,
  constant: ({ machine }) => BigInt(machine.childPid ?? 0),
  check: ({ machine }, report, use) => {
    if (machine.childPid !== undefined) return;
    report.warning('no-command', 'cpid is 0: there is no command whose process it could be', use, {
      hints: ["Start one with -c 'COMMAND', or ask before: if (has_cpid) { … }."],
    });
  },
  emit: (out) => out.int(out.machine.childPid ?? 0, 32),
});

export const hasCpid = defineVariable({
  name: 'has_cpid',
  doc: 'True if tstrace started a command (-c).',
  example: 'begin { if (has_cpid) { printf("tracing %d\\n", cpid); } }',
  type: bool,
  constant: ({ machine }) => machine.childPid !== undefined,
  emit: (out) => out.truth(out.machine.childPid !== undefined),
});
