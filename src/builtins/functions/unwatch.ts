/** unwatch: a watchpoint is dropped. */

import { present } from '../../base/assert.ts';
import { none, u64 } from '../../types/type.ts';
import { defineEvent, defineFunction } from '../define.ts';

const event = defineEvent(
  'unwatch',
  { address: u64 },
  ({ address }, host, { span }) => host.unwatch(BigInt(address), span),
  { control: true },
);

export const unwatch = defineFunction({
  name: 'unwatch',
  doc: 'Drop the watchpoints of an address. It is done when user space handles the event: until then they go on.',
  example: 'watchpoint:0xffffffff81000000:8:w { print(kstack); unwatch(0xffffffff81000000); }',
  params: [{ name: 'address', takes: ['pointer'] }],
  returns: none,
  events: [event],
  emit: ([address], out) => out.submit(event, { address: out.wide(present(address, 'address')) }),
});
