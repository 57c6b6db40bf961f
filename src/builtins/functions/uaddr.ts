/** uaddr: the address of a variable or function of the probed program, in the process that has run into the probe. */

import { present } from '../../base/assert.ts';
import type { IntType } from '../../types/type.ts';
import { pointerTo, u16, u32, u64, u8 } from '../../types/type.ts';
import { defineFunction } from '../define.ts';
import type { Argument, ProgramInfo } from '../emitter.ts';

const symbolNamed = (name: Argument | undefined, { context }: ProgramInfo) =>
  typeof name?.constant === 'string' ? context.binary?.symbol(name.constant) : undefined;

/** As long as the variable is, so that `*uaddr("counter")` is its value; of others, their bytes. */
const pointedTo = (bytes: number | undefined): IntType =>
  [u16, u32, u64].find((type) => type.bytes === bytes) ?? u8;

export const uaddr = defineFunction({
  name: 'uaddr',
  doc: 'Address of a variable or function of the probed program or library, as a pointer to an integer of its size.',
  example: 'uprobe:/bin/bash:readline { printf("%d\\n", *uaddr("rl_point")); }',
  params: [{ name: 'name', takes: ['text'] }],
  perProbe: true,
  available: ({ context: { binary, functionAddress } }) => {
    if (!binary)
      return {
        reason: 'this probe is in no program',
        hint: 'uaddr works in uprobe, uretprobe and usdt.',
      };
    if (binary.isFixed || functionAddress !== undefined) return undefined;
    return {
      reason: 'a return probe does not tell where the program was loaded',
      hint: 'Kernels from 6.6 on tell it; before, use uaddr in a uprobe.',
    };
  },
  returns: ([name], { program }) => pointerTo(pointedTo(symbolNamed(name, program)?.bytes), 'user'),
  check: ([name], { program }, report) => {
    if (typeof name?.constant === 'string' && !symbolNamed(name, program))
      report.error(
        'bad-argument',
        `${program.context.binary?.path} has no symbol '${name.constant}'`,
        name.span,
      );
  },
  emit: ([name], out) => {
    const { context } = out.program;
    const symbol = present(symbolNamed(name, out.program), 'symbol');
    const binary = present(context.binary, 'probed program');
    if (binary.isFixed) return out.int(symbol.address);
    // All of a file is moved by the same distance: that of the probed place is known.
    const place = present(context.functionAddress, 'address of the place');
    const moved = place === 'get_func_ip' ? out.helper('get_func_ip', ['context']) : out.context(place);
    return out.add(moved, symbol.address - binary.placeAddress);
  },
});
