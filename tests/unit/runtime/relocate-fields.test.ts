/** Instructions with what depends on the kernel's types in its place: every class of them, and what can't be had. */

import { expect, test } from 'vitest';
import { failed, ok } from '../../../src/base/result.ts';
import { relocateFields, unresolvedReason } from '../../../src/runtime/relocate-fields.ts';
import type { Resolve } from '../../../src/system/co-re/resolve.ts';

/** The code after the relocation of its first instruction. */
function relocated(code: readonly number[], answer: ReturnType<Resolve>) {
  const words = Uint32Array.from(code);
  const reasons = ['an earlier reason'];
  relocateFields(words, [{ offset: 0, kind: 'fieldOffset', type: 1, access: '0:0' }], () => answer, reasons);
  return { words: [...words], reasons };
}

test.each([
  ['r1 = *(u32 *)(r2 + 8)', [0x0008_2161, 0], { value: 1264n }, [0x04f0_2161, 0]],
  ['*(u64 *)(r1 + 0) = r2', [0x0000_217b, 0], { value: 16n }, [0x0010_217b, 0]],
  ['*(u8 *)(r1 + 0) = 7', [0x0000_0172, 7], { value: 16n }, [0x0010_0172, 7]],
  ['r1 += 8', [0x0000_0107, 8], { value: 40_000n }, [0x0000_0107, 40_000]],
  ['w1 = -1', [0x0000_01b4, 0xffff_ffff], { value: -5n }, [0x0000_01b4, 0xffff_fffb]],
  ['r1 = 1 ll', [0x0000_0118, 1, 0, 0], { value: 2n ** 40n + 3n }, [0x0000_0118, 3, 0, 256]],
  ['u32 is u64 now', [0x0008_2161, 0], { value: 8n, bytes: { own: 4, kernel: 8 } }, [0x0008_2179, 0]],
  ['u64 is u16 now', [0x0008_2179, 0], { value: 8n, bytes: { own: 8, kernel: 2 } }, [0x0008_2169, 0]],
])('%s', (_title, code, value, becomes) => {
  expect(relocated(code, ok(value))).toEqual({ words: becomes, reasons: ['an earlier reason'] });
});

test.each([
  ['what the kernel lacks', [0x0008_2161, 0], failed('it is not there'), /not there/],
  ['a field too far away', [0x0008_2161, 0], ok({ value: 32_768n }), /32768 bytes/],
  [
    'a sign that would get lost',
    [0x0008_2161, 0],
    ok({ value: 8n, bytes: { own: 4, kernel: undefined } }),
    /another size/,
  ],
  [
    'no size that a load has',
    [0x0008_2161, 0],
    ok({ value: 8n, bytes: { own: 4, kernel: 3 } }),
    /another size/,
  ],
  ['a load of two halves', [0x0000_0118, 1, 0, 0], failed('it is not there'), /not there/],
])('a call that no kernel has: %s', (_title, code, answer, reason) => {
  const { words, reasons } = relocated(code, answer);
  const helper = words[1] ?? 0;
  expect(words).toEqual(code.length === 2 ? [0x85, helper] : [0x85, helper, 0x85, helper]);
  expect(
    unresolvedReason(`12: (85) call unknown#${helper}\ninvalid func unknown#${helper}\n`, reasons),
  ).toMatch(reason);
});

test('other calls that a kernel lacks are not ours', () => {
  expect(unresolvedReason('invalid func unknown#300', ['a reason'])).toBeUndefined();
  expect(unresolvedReason('R1 invalid mem access', ['a reason'])).toBeUndefined();
});
