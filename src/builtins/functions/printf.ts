/** printf: formatted text. The format stays in user space; only the values travel. */

import { assert } from '../../base/assert.ts';
import { none } from '../../types/type.ts';
import { defineArgumentsEvent, defineFunction } from '../define.ts';
import { checkFormat } from '../check-format.ts';

const printfEvent = defineArgumentsEvent('printf', (event, host) => {
  const { format } = event.constants;
  assert(typeof format === 'string', 'printf has a format');
  // The first slot is the event's number.
  const types = event.layout.slots.slice(1).map((slot) => slot.type);
  const render = host.formatter(format, types);
  return (values) => host.text('printf', render(values));
});

export const printf = defineFunction({
  name: 'printf',
  doc: 'Print values in a format, as C does: %d %u %x %o %c %p %s, %r %rx %rh for buffers; width, precision and flags work.',
  example: 'tracepoint:syscalls:sys_enter_openat { printf("%s %s\\n", comm, str(args.filename)); }',
  params: [
    { name: 'format', takes: ['text'] },
    { name: 'value', takes: ['any'], optional: true, rest: true },
  ],
  returns: none,
  events: [printfEvent],
  check: checkFormat,
  emit: ([format, ...values], out) =>
    out.submitArguments(printfEvent, values, { format: String(format?.constant ?? '') }),
});
