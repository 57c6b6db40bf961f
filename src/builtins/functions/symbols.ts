/** ksym, usym and kaddr: between addresses and names. */

import { present } from '../../base/assert.ts';
import { symbol, u64 } from '../../types/type.ts';
import { defineFunction } from '../define.ts';
import { emitSymbol } from '../symbol-value.ts';
import { currentIds } from '../variables/pid.ts';

export const ksym = defineFunction({
  name: 'ksym',
  doc: 'A kernel address as the name of its function or variable, looked up when it is printed.',
  example: 'rawtracepoint:sched_switch { @[ksym(arg0)] = count(); }',
  params: [{ name: 'address', takes: ['pointer'] }],
  returns: symbol('kernel'),
  emit: ([address], out) => emitSymbol(out, out.wide(present(address, 'address')), out.int(0, 32)),
});

export const usym = defineFunction({
  name: 'usym',
  doc: 'An address of the current process as the name of its function or variable, looked up when it is printed.',
  example: 'uprobe:/bin/bash:readline { @[usym(arg0)] = count(); }',
  params: [{ name: 'address', takes: ['pointer'] }],
  returns: symbol('user'),
  emit: ([address], out) =>
    emitSymbol(out, out.wide(present(address, 'address')), currentIds(out, false).pid),
});

export const kaddr = defineFunction({
  name: 'kaddr',
  doc: 'Address of a kernel symbol, found when compiling.',
  example: 'begin { printf("%p\\n", kaddr("jiffies")); }',
  params: [{ name: 'name', takes: ['text'] }],
  returns: u64,
  constant: ([name], context) =>
    typeof name?.constant === 'string' ? (context.kernelSymbol(name.constant) ?? 0n) : undefined,
  check: ([name], context, report) => {
    if (typeof name?.constant !== 'string') return;
    const address = context.kernelSymbol(name.constant);
    if (address === undefined)
      report.error('bad-argument', `The kernel has no symbol '${name.constant}'`, name.span);
    else if (address === 0n)
      report.error('no-privileges', 'The kernel hides its addresses from this user', name.span, {
        hints: ['Run as root, or see /proc/sys/kernel/kptr_restrict.'],
      });
  },
  emit: (_args, out) => out.int(0),
});
