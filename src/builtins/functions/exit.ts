/** exit: ends the trace. */

import { none, u8 } from '../../types/type.ts';
import { defineEvent, defineFunction } from '../define.ts';

const exitEvent = defineEvent('exit', { code: u8 }, ({ code }, host) => host.exit(Number(code)), {
  control: true,
});

export const exit = defineFunction({
  name: 'exit',
  doc: 'Stop tracing, run the end probes, print the maps and exit with the given code (0 if none). The rest of the block is not run.',
  example: 'interval:s:1 { exit(); }',
  params: [{ name: 'code', takes: ['integer'], optional: true }],
  returns: none,
  endsProgram: true,
  events: [exitEvent],
  emit: (args, out) => out.submit(exitEvent, { code: args[0] ? out.resize(out.wide(args[0]), 8) : 0 }),
});
