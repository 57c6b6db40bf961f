/** strerror, signal_name and syscall_name: numbers of the kernel's by their names, looked up when the probe fires. */

import { present } from '../../base/assert.ts';
import type { Machine } from '../../plan/machine.ts';
import { string } from '../../types/type.ts';
import type { FunctionDefinition } from '../define.ts';
import { defineFunction } from '../define.ts';
import type { NameTable } from '../emitter.ts';
import { errorNames } from '../names/errors.ts';
import { signalNames } from '../names/signals.ts';
import { syscallNames } from '../names/syscalls.ts';

const nameFunction = (
  definition: Pick<FunctionDefinition, 'name' | 'doc' | 'example'>,
  tableFor: (machine: Machine) => NameTable,
): FunctionDefinition =>
  defineFunction({
    ...definition,
    params: [{ name: 'number', takes: ['integer'] }],
    returns: (_args, { machine }) => string(tableFor(machine).bytes),
    constant: ([number], { machine }) =>
      typeof number?.constant === 'bigint'
        ? (tableFor(machine).names[Number(number.constant)] ?? '')
        : undefined,
    emit: ([number], out) => out.nameOf(tableFor(out.machine), out.wide(present(number, 'number'))),
  });

export const strerror = nameFunction(
  {
    name: 'strerror',
    doc: 'What an error of this number (errno) is called: strerror(2) is "No such file or directory". Empty if there is none.',
    example: 'kretprobe:vfs_read /(int64)retval < 0/ { @[strerror(-(int64)retval)] = count(); }',
  },
  () => errorNames,
);

export const signalName = nameFunction(
  {
    name: 'signal_name',
    doc: 'The name of a signal: signal_name(9) is "SIGKILL". Empty if there is none of that number.',
    example: 'tracepoint:signal:signal_generate { @[signal_name(args.sig)] = count(); }',
  },
  () => signalNames,
);

export const syscallName = nameFunction(
  {
    name: 'syscall_name',
    doc: 'The name of a system call by its number: syscall_name(0) is "read". Empty if there is none.',
    example: 'tracepoint:raw_syscalls:sys_enter { @[syscall_name(args.id)] = count(); }',
  },
  syscallNames,
);
