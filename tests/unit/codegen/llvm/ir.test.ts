/** The writer of IR: what each instruction reads like, what it refuses, what it works out itself. */

import { describe, expect, test } from 'vitest';
import { Bug } from '../../../../src/base/assert.ts';
import { FunctionBuilder } from '../../../../src/codegen/llvm/ir.ts';
import type { IrValue } from '../../../../src/codegen/llvm/ir-value.ts';
import {
  constant,
  i1,
  i16,
  i32,
  i64,
  i8,
  integerType,
  nullPointer,
  symbolPointer,
  withAlign,
} from '../../../../src/codegen/llvm/ir-value.ts';

const helper = { name: 'get_current_pid_tgid', id: 14, result: 'i64' } as const;

/** The instructions that a body writes, without the final return. */
function written(body: (b: FunctionBuilder, x: IrValue, p: IrValue) => void): readonly string[] {
  const b = new FunctionBuilder('f', {
    section: 's_f',
    parameters: [
      { name: 'p', type: 'ptr' },
      { name: 'x', type: 'i64' },
    ],
  });
  body(b, b.parameter(1), b.parameter(0));
  b.ret(i64(0));
  const lines = b.finish().flatMap((block) => block.instructions.map((instruction) => instruction.text));
  return lines.slice(0, -1);
}

const printed: readonly (readonly [string, (b: FunctionBuilder, x: IrValue, p: IrValue) => void])[] = [
  ['%v = load i16, ptr %p, align 2', (b, _x, p) => b.load('i16', p, 'v')],
  ['%v = load volatile i64, ptr %p, align 8', (b, _x, p) => b.load('i64', p, 'v', { volatile: true })],
  ['store i64 %x, ptr %p, align 8', (b, x, p) => b.store(x, p)],
  ['store volatile i32 7, ptr %p, align 1', (b, _x, p) => b.store(i32(7), p, { volatile: true, align: 1 })],
  ['%v = add i64 %x, 3', (b, x) => b.add(x, i64(3), 'v')],
  ['%v = sub i64 %x, -1', (b, x) => b.sub(x, i64(-1), 'v')],
  ['%v = mul i64 %x, 3', (b, x) => b.mul(x, i64(3), 'v')],
  ['%v = udiv i64 %x, 3', (b, x) => b.udiv(x, i64(3), 'v')],
  ['%v = urem i64 %x, 3', (b, x) => b.urem(x, i64(3), 'v')],
  ['%v = and i64 %x, 255', (b, x) => b.and(x, i64(255), 'v')],
  ['%v = or i64 %x, 1', (b, x) => b.or(x, i64(1), 'v')],
  ['%v = xor i64 %x, 1', (b, x) => b.xor(x, i64(1), 'v')],
  ['%v = shl i64 %x, 1', (b, x) => b.shl(x, i64(1), 'v')],
  ['%v = lshr i64 %x, 32', (b, x) => b.lshr(x, i64(32), 'v')],
  ['%v = ashr i64 %x, 63', (b, x) => b.ashr(x, i64(63), 'v')],
  ['%v = icmp slt i64 %x, 0', (b, x) => b.icmp('slt', x, i64(0), 'v')],
  ['%v = icmp ne ptr %p, null', (b, _x, p) => b.icmp('ne', p, nullPointer, 'v')],
  ['%v = trunc i64 %x to i32', (b, x) => b.trunc(x, 'i32', 'v')],
  ['%v = ptrtoint ptr %p to i64', (b, _x, p) => b.ptrToInt(p, 'v')],
  ['%v = inttoptr i64 %x to ptr', (b, x) => b.intToPtr(x, 'v')],
  ['%v = getelementptr i8, ptr %p, i64 8', (b, _x, p) => b.gep(p, 8, 'v')],
  ['%v = getelementptr i8, ptr %p, i64 %x', (b, x, p) => b.gep(p, x, 'v')],
  ['%v = atomicrmw add ptr %p, i64 1 monotonic', (b, _x, p) => b.atomic('add', p, i64(1), 'v')],
  ['%v = atomicrmw xchg ptr %p, i32 0 monotonic', (b, _x, p) => b.atomic('xchg', p, i32(0), 'v')],
  ['%v = call i64 asm sideeffect "", "=r,0"(i64 %x)', (b, x) => b.opaque(x, 'v')],
  ['%v = call i64 inttoptr (i64 14 to ptr)()', (b) => b.callHelper(helper, [], 'v')],
  [
    'call void @llvm.memset.inline.p0.i64(ptr align 8 %p, i8 0, i64 20, i1 false)',
    (b, _x, p) => b.memset(p, 0, 20),
  ],
  [
    'call void @llvm.memcpy.inline.p0.p0.i64(ptr align 8 %p, ptr align 8 @AT_x, i64 600, i1 false)',
    (b, _x, p) => b.memcpy(p, symbolPointer('AT_x'), 600),
  ],
];

describe('each instruction reads as LLVM writes it', () => {
  test.each(printed)('%s', (line, body) => expect(written(body)).toEqual([line]));
});

const wrong: readonly (readonly [string, (b: FunctionBuilder, x: IrValue, p: IrValue) => void])[] = [
  ['operands of two widths', (b, x) => b.add(x, i32(1), 'v')],
  ['arithmetic on a pointer', (b, x, p) => b.add(p, x, 'v')],
  ['a load from a number', (b, x) => b.load('i64', x, 'v')],
  ['a store to a number', (b, x) => b.store(x, x)],
  ['a branch on 64 bits', (b, x) => b.condBr(x, b.block('a'), b.block('b'))],
  ['a comparison of a pointer with a number', (b, x, p) => b.icmp('eq', p, x, 'v')],
  ['a signed comparison of pointers', (b, _x, p) => b.icmp('slt', p, nullPointer, 'v')],
  ['a choice between two widths', (b, x) => b.select(b.icmp('eq', x, i64(0), 'c'), i64(1), i32(1), 'v')],
  ['a cut that widens', (b) => b.trunc(i32(1), 'i64', 'v')],
  ['an extension that cuts', (b, x) => b.zext(x, 'i32', 'v')],
  ['an offset of 32 bits', (b, _x, p) => b.gep(p, i32(8), 'v')],
  ['an atomic operation on a byte', (b, _x, p) => b.atomic('add', p, i8(1), 'v')],
  ['a shift by the width', (b, x) => b.shl(x, i64(64), 'v')],
  ['a division by zero', (b, x) => b.udiv(x, i64(0), 'v')],
  ['six arguments for a helper', (b, x) => b.callHelper(helper, [x, x, x, x, x, x], 'v')],
  ['a return of the wrong width', (b) => b.ret(i32(0))],
  [
    'a case named twice',
    (b, x) =>
      b.switchOn(
        x,
        [
          [1, b.block('a')],
          [1n, b.block('b')],
        ],
        b.block('c'),
      ),
  ],
  ['a barrier for half a register', (b, x) => b.opaque(b.trunc(x, 'i16', 'h'), 'v')],
  ['an array of no bytes', (b) => b.allocaBytes(0, 8, 'v')],
  ['a memset of half a byte', (b, _x, p) => b.memset(p, 0, 0.5)],
];

describe('a fault of codegen is a Bug where it is made', () => {
  test.each(wrong)('%s', (_what, body) => expect(() => written(body)).toThrow(Bug));
});

const folded: readonly (readonly [string, (b: FunctionBuilder, x: IrValue) => IrValue])[] = [
  ['1024', (b) => b.shl(i64(1), i64(10), 'v')],
  ['0', (b) => b.add(i64(-1), i64(1), 'v')],
  ['-9223372036854775808', (b) => b.add(i64(2n ** 63n - 1n), i64(1), 'v')],
  ['-1', (b) => b.ashr(i64(-5), i64(63), 'v')],
  ['9223372036854775807', (b) => b.udiv(i64(-1), i64(2), 'v')],
  ['-1', (b) => b.sext(i8(255), 'i64', 'v')],
  ['255', (b) => b.zext(i8(255), 'i64', 'v')],
  ['-1', (b) => b.trunc(i64(0xffff), 'i16', 'v')],
  ['true', (b) => b.icmp('ugt', i64(-1), i64(0), 'v')],
  ['false', (b) => b.icmp('sgt', i64(-1), i64(0), 'v')],
  ['%x', (b, x) => b.add(x, i64(0), 'v')],
  ['%x', (b, x) => b.or(i64(0), x, 'v')],
  ['%x', (b, x) => b.mul(i64(1), x, 'v')],
  ['%x', (b, x) => b.and(x, i64(-1), 'v')],
  ['%x', (b, x) => b.select(i1(true), x, i64(1), 'v')],
];

describe('what is known is worked out', () => {
  test.each(folded)('%s', (text, body) => {
    let result: IrValue | undefined;
    expect(written((b, x) => void (result = body(b, x)))).toEqual([]);
    expect(result?.text).toBe(text);
  });
});

test('a name that is taken gets a number', () => {
  expect(written((b, x) => [b.add(x, i64(1), 'x'), b.add(x, i64(2), 'x'), b.add(x, i64(3), 'a b')])).toEqual([
    '%x.1 = add i64 %x, 1',
    '%x.2 = add i64 %x, 2',
    '%a_b = add i64 %x, 3',
  ]);
});

test('room on the stack is made at the head of the function, in order, and counted', () => {
  const b = new FunctionBuilder('f');
  b.callHelper(helper, [], 'pid');
  b.alloca('i32', 'key');
  const next = b.block('next');
  b.br(next);
  b.enter(next);
  b.allocaBytes(20, 8, 'event');
  b.ret(i64(0));
  const [entry] = b.finish();
  expect(entry?.instructions.slice(0, 2).map(({ text }) => text)).toEqual([
    '%key = alloca i32, align 4',
    '%event = alloca [20 x i8], align 8',
  ]);
  expect(b.stackBytes).toBe(28);
});

test('a room begins as zeros if nobody else gets its address, or that of a part', () => {
  const lines = written((b, x) => {
    b.store(x, b.alloca('i64', 'kept'));
    b.callHelper(helper, [b.alloca('i32', 'given')], 'v');
    b.callHelper(helper, [b.gep(b.allocaBytes(16, 8, 'partly_given'), 8, 'part')], 'w');
    b.store(b.alloca('i32', 'stored'), b.allocaBytes(16, 8, 'holder'));
  });
  const zeroed = lines.filter((line) => line.includes('memset'));
  expect(zeroed.map((line) => /align \d+ %\w+, i8 0, i64 \d+/.exec(line)?.[0])).toEqual([
    'align 8 %kept, i8 0, i64 8',
    'align 8 %holder, i8 0, i64 16',
  ]);
});

test('an access is as aligned as its address is known to be', () => {
  const lines = written((b, x) => {
    const event = b.allocaBytes(16, 8, 'event');
    b.callHelper(helper, [event], 'v');
    b.store(x, b.gep(event, 4, 'a'));
    b.store(x, b.gep(event, 8, 'b'));
    b.store(i16(1), b.gep(event, 4, 'c'));
    b.memset(b.gep(event, 2, 'd'), 0, 4);
    b.store(x, withAlign(b.gep(event, x, 'e'), 4));
  });
  expect(lines.filter((line) => !line.includes('=')).map((line) => /align \d/.exec(line)?.[0])).toEqual([
    'align 4',
    'align 8',
    'align 2',
    'align 2',
    'align 4',
  ]);
});

test('instructions carry the place they come from', () => {
  const b = new FunctionBuilder('f', { location: { line: 3, column: 1 } });
  b.callHelper(helper, [], 'pid');
  b.setLocation({ line: 4, column: 9 });
  b.ret(i64(0));
  expect(b.finish()[0]?.instructions.map(({ location }) => location.line)).toEqual([3, 4]);
});

describe('the flow of control is whole', () => {
  const flawed: readonly (readonly [string, (b: FunctionBuilder) => void])[] = [
    ['a block without an end', (b) => b.enter(b.block('next'))],
    ['the last block without an end', (b) => void b.callHelper(helper, [], 'pid')],
    ['a jump to a block that is never entered', (b) => b.br(b.block('lost'))],
    [
      'a block entered twice',
      (b) => {
        const next = b.block('next');
        b.br(next);
        b.enter(next);
        b.br(next);
        b.enter(next);
      },
    ],
    [
      'an instruction after the end of its block',
      (b) => {
        b.ret(i64(0));
        b.callHelper(helper, [], 'late');
      },
    ],
    [
      'a block of another function',
      (b) => {
        b.br(new FunctionBuilder('g').block('theirs'));
      },
    ],
    [
      'a phi that forgets a way in',
      (b) => {
        const [left, right, end] = [b.block('left'), b.block('right'), b.block('end')];
        b.condBr(b.icmp('eq', b.callHelper(helper, [], 'pid'), i64(1), 'c'), left, right);
        b.enter(left);
        b.br(end);
        b.enter(right);
        b.br(end);
        b.enter(end);
        b.ret(b.phi([[i64(1), left]], 'v'));
      },
    ],
    [
      'a phi after another instruction',
      (b) => {
        const [start, next] = [b.currentBlock, b.block('next')];
        b.br(next);
        b.enter(next);
        b.callHelper(helper, [], 'pid');
        b.ret(b.phi([[i64(1), start]], 'v'));
      },
    ],
  ];
  test.each(flawed)('%s', (_what, body) => {
    const b = new FunctionBuilder('f');
    expect(() => {
      body(b);
      b.finish();
    }).toThrow(Bug);
  });
});

test('constants are cut to their width and printed signed', () => {
  expect([i64(2n ** 64n - 1n), i32(2 ** 31), i8(-1), constant('i1', 1)].map((value) => value.text)).toEqual([
    '-1',
    '-2147483648',
    '-1',
    'true',
  ]);
  expect(i8(-1).constant).toBe(255n);
  expect([1, 2, 4, 8].map(integerType)).toEqual(['i8', 'i16', 'i32', 'i64']);
  expect(() => integerType(3)).toThrow(Bug);
});
