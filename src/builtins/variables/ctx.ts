/** ctx: what the kernel hands to the program, as it is. */

import { none, pointerTo } from '../../types/type.ts';
import { defineVariable } from '../define.ts';

export const ctx = defineVariable({
  name: 'ctx',
  doc: "What the kernel hands to the program: in an iterator the object that it is at (ctx.task), in kprobes and uprobes the registers (ctx.di; reg() knows them by the processor's names), in samples both.",
  example: 'iter:task { printf("%d %s\\n", ctx.task->pid, ctx.task->comm); }',
  type: ({ program, struct }) => pointerTo(struct('struct', program.context.struct ?? '') ?? none, 'context'),
  wholeContext: () => true,
  available: ({ context, provider }) =>
    context.struct === undefined
      ? {
          reason: `a ${provider} hands nothing over that has a form of its own`,
          ...(context.args && { hint: 'Use args.NAME.' }),
        }
      : undefined,
  fromContext: true,
  emit: () => 'context',
});
