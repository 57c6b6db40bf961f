/** Builtins that read the probe's context, over contexts made for the purpose: what no event of a test's own would reach. */

import { expect, test } from 'vitest';
import { loadScript } from '../support/run-program.ts';

test('each numbered argument is a word of its own, up to the twelfth', () => {
  const program = loadScript(`rawtracepoint:wide {
    @[0] = arg0; @[1] = arg1; @[2] = arg2; @[3] = arg3; @[4] = arg4; @[5] = arg5;
    @[6] = arg6; @[7] = arg7; @[8] = arg8; @[9] = arg9; @[10] = arg10; @[11] = arg11; }`);
  const words = Array.from({ length: 12 }, (_, index) => 0xffff_ffff_0000_0000n + BigInt(index * index));
  program.run(words);
  const stored = words.map((_, index) => program.read('', Buffer.from([index])).readBigUInt64LE());
  expect(stored).toEqual(words);
});
