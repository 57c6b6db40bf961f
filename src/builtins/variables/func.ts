/** func: the function that the probe is in. */

import { symbol } from '../../types/type.ts';
import { defineVariable } from '../define.ts';
import { currentIds } from './pid.ts';
import { emitSymbol } from '../symbol-value.ts';

export const func = defineVariable({
  name: 'func',
  doc: 'The function that was entered or left, as a symbol.',
  example: 'kprobe:vfs_read { @[func] = count(); }',
  type: ({ program }) => symbol(program.context.space),
  available: ({ context }) =>
    context.functionAddress === undefined
      ? {
          reason: 'this probe is not in a function',
          hint: 'func works in kprobe, kretprobe, uprobe, uretprobe, fentry and fexit.',
        }
      : undefined,
  emit: (out) => {
    const { functionAddress, space } = out.program.context;
    const address =
      functionAddress === undefined || functionAddress === 'get_func_ip'
        ? out.helper('get_func_ip', ['context'])
        : out.context(functionAddress);
    return emitSymbol(out, address, space === 'user' ? currentIds(out, false).pid : out.int(0, 32));
  },
});
