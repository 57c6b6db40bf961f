/** reg: a register of the processor as it was when the probe fired. */

import { present } from '../../base/assert.ts';
import { didYouMean } from '../../base/did-you-mean.ts';
import { u64 } from '../../types/type.ts';
import { defineFunction } from '../define.ts';

export const reg = defineFunction({
  name: 'reg',
  doc: 'A register by its name: on x86-64 ax, bx, cx, dx, si, di, bp, sp, r8 … r15, ip, flags, cs, ss and orig_rax; on arm64 r0 … r30, sp, pc and pstate. On both, pc is the address of the instruction.',
  example: 'kprobe:vfs_read { @[reg("sp")] = count(); }',
  params: [{ name: 'name', takes: ['text'] }],
  returns: u64,
  wholeContext: () => true,
  available: ({ context, provider }) =>
    context.registers === undefined ? { reason: `a ${provider} does not tell the registers` } : undefined,
  check: ([name], { program }, report) => {
    const { registers } = program.context;
    if (typeof name?.constant !== 'string' || !registers || registers.has(name.constant)) return;
    const names = [...registers.keys()];
    report.error('bad-argument', `This processor has no register '${name.constant}'`, name.span, {
      hints: [...didYouMean(name.constant, names), `It has ${names.join(', ')}.`],
    });
  },
  emit: ([name], out) => {
    const slot = out.program.context.registers?.get(String(name?.constant));
    return out.context(present(slot, 'register'));
  },
});
