/** arg0 … argN, args, retval and usermode: what the probe's context holds. */

import { assert, present } from '../../base/assert.ts';
import { none, pointerTo, u64, u8 } from '../../types/type.ts';
import type { VariableDefinition } from '../define.ts';
import { emitComputed } from '../computed-argument.ts';
import { defineVariable } from '../define.ts';
import type { ProgramInfo } from '../emitter.ts';

/** More than any context has: fentry and raw tracepoints reach 12. */
const argumentsMax = 12;

/** A probe that has so many; functions pass six in registers. */
function withArgument(index: number): string {
  if (index < 6) return 'kprobe:vfs_read';
  return index < 10 ? 'rawtracepoint:percpu_alloc_percpu' : 'rawtracepoint:mc_event';
}

const argument = (index: number): VariableDefinition =>
  defineVariable({
    name: `arg${index}`,
    doc: `Argument ${index} of the function or event, counted from 0, as a 64-bit number.`,
    example: `${withArgument(index)} { @ = arg${index}; }`,
    type: ({ program }) => program.context.arguments[index]?.type ?? u64,
    fromContext: true,
    available: (program) => unavailable(program, index),
    emit: (out) => {
      const source = present(out.program.context.arguments[index], `arg${index}`);
      return 'from' in source ? emitComputed(out, source) : out.context(source);
    },
  });

function unavailable(program: ProgramInfo, index: number): { reason: string; hint?: string } | undefined {
  const source = program.context.arguments[index];
  if (!source) return noArgument(program, index);
  if (!('from' in source) || source.from.kind !== 'unreadable') return undefined;
  return { reason: `arg${index} of this probe is in ${source.from.operand}, which a probe can't read` };
}

function noArgument({ provider, context }: ProgramInfo, index: number): { reason: string; hint?: string } {
  const count = context.arguments.length;
  if (count > 0) return { reason: `a ${provider} has arguments arg0 to arg${count - 1}, not arg${index}` };
  return {
    reason: `a ${provider} has no numbered arguments`,
    ...(context.args && { hint: 'Use args.NAME; the names are listed by tstrace -lv.' }),
    ...(context.returnValue && !context.args && { hint: 'Use retval for what the function returned.' }),
  };
}

export const numberedArguments: readonly VariableDefinition[] = Array.from(
  { length: argumentsMax },
  (_, index) => argument(index),
);

export const args = defineVariable({
  name: 'args',
  doc: 'The named arguments of a tracepoint, raw tracepoint, fentry or fexit, and of a uprobe in a program with debug information: args.filename.',
  example: 'tracepoint:syscalls:sys_enter_openat { printf("%s\\n", str(args.filename)); }',
  type: ({ program }) => pointerTo(program.context.args ?? none, 'context'),
  fromContext: true,
  ofSignature: true,
  available: ({ context, provider }) =>
    context.args
      ? undefined
      : {
          reason: context.missing?.args ?? `a ${provider} has no named arguments`,
          ...(context.arguments.length > 0 && { hint: 'Use arg0, arg1 …' }),
        },
  emit: () => 'context',
});

export const retval = defineVariable({
  name: 'retval',
  doc: 'What the function returned.',
  example: 'kretprobe:vfs_read { @bytes = hist(retval); }',
  type: ({ program }) => program.context.returnValue?.type ?? u64,
  fromContext: true,
  ofSignature: true,
  available: ({ provider, context }) =>
    context.returnValue
      ? undefined
      : context.missing?.returnValue !== undefined
        ? { reason: context.missing.returnValue }
        : {
            reason: `a ${provider} has no return value`,
            hint:
              provider === 'tracepoint'
                ? 'Tracepoints of system call exits have args.ret.'
                : 'retval works in kretprobe, uretprobe and fexit.',
          },
  emit: (out) => out.context(present(out.program.context.returnValue, 'retval')),
});

export const usermode = defineVariable({
  name: 'usermode',
  doc: '1 if the CPU was in user mode when the probe fired, 0 if it was in the kernel.',
  example: 'profile:hz:99 { @[usermode] = count(); }',
  type: u8,
  available: ({ context, provider }) =>
    context.modeRegister ? undefined : { reason: `a ${provider} does not tell the CPU's mode` },
  emit: (out) => {
    const slot = present(out.program.context.modeRegister, 'mode register');
    const register = out.context(slot);
    assert(register.bits === 64, 'registers are 64 bits wide');
    // The privilege level is in the two low bits of cs: 3 in user mode (Intel SDM, vol. 3, 5.5).
    return out.resize(out.compare('==', out.and(register, 3), 3), 8);
  },
});
