/** time and strftime: when something happened, in words. */

import { assert, present } from '../../base/assert.ts';
import { partsOf, slotOf } from '../../types/layout.ts';
import type { Clock } from '../../types/type.ts';
import { clocks, none, timestamp, u8 } from '../../types/type.ts';
import type { Argument } from '../emitter.ts';
import { defineEvent, defineFunction } from '../define.ts';

const timeEvent = defineEvent('time', { unused: u8 }, (_fields, host, event) => {
  const { format } = event.constants;
  assert(typeof format === 'string', 'time has a format');
  host.text('time', host.formatNow(format));
});

export const time = defineFunction({
  name: 'time',
  doc: 'Print the wall clock in the format of strftime(3), %H:%M:%S and a line break if none is given. It is the time when user space handles the event.',
  example: 'interval:s:1 { time("%H:%M:%S "); print(@); }  kprobe:vfs_read { @ = count(); }',
  params: [{ name: 'format', takes: ['text'], optional: true }],
  returns: none,
  events: [timeEvent],
  emit: ([format], out) =>
    out.submit(timeEvent, { unused: 0 }, { format: String(format?.constant ?? '%H:%M:%S\n') }),
});

const layout = partsOf(timestamp);

const clockOf = (argument: Argument | undefined): Clock =>
  argument?.type.kind === 'int' && argument.type.clock ? argument.type.clock : 'boot';

export const strftime = defineFunction({
  name: 'strftime',
  doc: 'A time in nanoseconds (of nsecs) as text in the format of strftime(3), with %f for microseconds; made when it is printed.',
  example: 'kprobe:vfs_read { printf("%s\\n", strftime("%H:%M:%S.%f", nsecs)); }',
  params: [
    { name: 'format', takes: ['text'] },
    { name: 'nsecs', takes: ['integer'] },
  ],
  returns: timestamp,
  check: ([, nsecs], _context, report) => {
    if (clockOf(nsecs) === 'monotonic')
      report.error(
        'bad-argument',
        'The monotonic clock does not tell the time of day',
        present(nsecs, 'nsecs').span,
        {
          hints: ['Use nsecs (boot time), nsecs(tai) or nsecs(sw_tai).'],
        },
      );
    if (typeof nsecs?.constant === 'bigint' && nsecs.constant < 0n)
      report.error('bad-argument', 'A time can not be negative', nsecs.span);
  },
  emit: ([format, nsecs], out) => {
    const value = out.reserve(layout.size, 'timestamp');
    out.store(value, slotOf(layout, 'nsecs').offset, out.wide(present(nsecs, 'nsecs')));
    out.store(value, slotOf(layout, 'format').offset, out.int(out.text(String(format?.constant ?? '')), 32));
    out.store(value, slotOf(layout, 'clock').offset, out.int(clocks.indexOf(clockOf(nsecs)), 32));
    return value;
  },
});
