/** Where USDT arguments lie: every form of operand that assemblers write. */

import { expect, test } from 'vitest';
import type { ArgumentSource } from '../../../src/probes/define.ts';
import { registersOf } from '../../../src/probes/registers.ts';
import { usdtArguments } from '../../../src/probes/usdt-operands.ts';

type Arch = 'x64' | 'arm64';

const variables: Readonly<Record<string, number>> = { counter: 0x5000, 'table.0': 0x6000 };

function argumentsOf(text: string, arch: Arch): readonly string[] {
  const site = { address: 0x1000, arguments: text };
  // The first name of a register is its own, others are aliases.
  const names = new Map(
    [...registersOf(arch).named].reverse().map(([name, { offset }]) => [offset, name] as const),
  );
  const nameOf = (slot: { readonly offset: number }): string => names.get(slot.offset) ?? '?';
  return usdtArguments(site, (name) => variables[name], arch).map(
    ({ type, bytes, from }) => `${type.signed ? 's' : 'u'}${8 * bytes} ${sourceText(from, nameOf)}`,
  );
}

function sourceText(from: ArgumentSource, nameOf: (slot: { readonly offset: number }) => string): string {
  switch (from.kind) {
    case 'constant':
      return String(from.value);
    case 'register':
      return from.shift === 0 ? nameOf(from.register) : `${nameOf(from.register)}>>${from.shift}`;
    case 'memory': {
      const base = from.base ? nameOf(from.base) : '';
      const { index } = from;
      const scaled = index ? `+${index.word ?? ''}${nameOf(index.register)}<<${index.shift}` : '';
      return `[${base}${scaled}+${from.displacement}]`;
    }
    case 'unreadable':
      return `unreadable ${from.operand}`;
  }
}

test.each<readonly [string, readonly string[]]>([
  ['', []],
  ['-4@%eax', ['s32 ax']],
  ['8@%rdi -8@%rsi', ['u64 di', 's64 si']],
  ['4@%r8d 2@%r9w 1@%r10b 8@%r11', ['u32 r8', 'u16 r9', 'u8 r10', 'u64 r11']],
  ['1@%al -1@%ah 1@%dil 2@%bx', ['u8 ax', 's8 ax>>8', 'u8 di', 'u16 bx']],
  ['4@$5 -4@$-5 8@$0x10', ['u32 5', 's32 -5', 'u64 16']],
  ['8@-16(%rbp) 4@(%rsp) 8@0x20(%rsp)', ['u64 [bp+-16]', 'u32 [sp+0]', 'u64 [sp+32]']],
  ['8@(%rax,%rcx) 4@8(%rdx,%rsi,4)', ['u64 [ax+cx<<0+0]', 'u32 [dx+si<<2+8]']],
  ['8@(,%rax,8) 8@16(,%r15,2)', ['u64 [+ax<<3+0]', 'u64 [+r15<<1+16]']],
  [
    '-4@counter(%rip) 4@counter+8(%rip) 4@8+counter(%rip)',
    ['s32 [ip+16384]', 'u32 [ip+16392]', 'u32 [ip+16392]'],
  ],
  ['8@counter 8@table.0-8 4@table.0(,%rax,4)', ['u64 [+20480]', 'u64 [+24568]', 'u32 [+ax<<2+24576]']],
  ['%rax', ['u64 ax']],
  ['8@%xmm0 4f@%eax 8@%fs:-8', ['u64 unreadable %xmm0', 'u32 unreadable %eax', 'u64 unreadable %fs:-8']],
  [
    '8@nowhere(%rip) 8@5(%rip) 8@(%eax)',
    ['u64 unreadable nowhere(%rip)', 'u64 unreadable 5(%rip)', 'u64 unreadable (%eax)'],
  ],
])('x86-64: %s', (text, sources) => expect(argumentsOf(text, 'x64')).toEqual(sources));

test.each<readonly [string, readonly string[]]>([
  ['8@x0 -4@w1 4@x30', ['u64 r0', 's32 r1', 'u32 r30']],
  ['4@5 -4@#-5 8@xzr', ['u32 5', 's32 -5', 'u64 0']],
  ['8@sp 8@[sp] -4@[sp, 12] 8@[x19, #-8]', ['u64 sp', 'u64 [sp+0]', 's32 [sp+12]', 'u64 [r19+-8]']],
  ['8@[x1, x2] 8@[x1, x2, lsl 3]', ['u64 [r1+r2<<0+0]', 'u64 [r1+r2<<3+0]']],
  ['4@[x1, w2, sxtw 2] 4@[x1, w2, uxtw #2]', ['u32 [r1+signedr2<<2+0]', 'u32 [r1+unsignedr2<<2+0]']],
  [
    '8@d0 8@[w1] 8@[x0, #:lo12:counter]',
    ['u64 unreadable d0', 'u64 unreadable [w1]', 'u64 unreadable [x0, #:lo12:counter]'],
  ],
])('arm64: %s', (text, sources) => expect(argumentsOf(text, 'arm64')).toEqual(sources));
