/** How a function reads in a golden. */

import { expect, test } from 'vitest';
import { FunctionBuilder } from '../../../../src/codegen/llvm/ir.ts';
import { i32, i64, nullPointer, symbolPointer, withAlign } from '../../../../src/codegen/llvm/ir-value.ts';
import { printGoldenFunction, printShape } from '../../../../src/codegen/llvm/print-golden.ts';

const lookup = { name: 'map_lookup_elem', id: 1, result: 'ptr' } as const;
const random = { name: 'get_prandom_u32', id: 7, result: 'i64' } as const;

/** Every kind of line that normalising touches, and a loop. */
function specimen(): FunctionBuilder {
  const b = new FunctionBuilder('f', { section: 's_f' });
  const key = b.alloca('i64', 'key');
  const event = b.allocaBytes(24, 8, 'event');
  b.memset(event, 0, 24);
  b.store(i64(0), key, { comment: 'no key' });
  const found = withAlign(b.callHelper(lookup, [symbolPointer('AT_x'), key], 'lookup'), 8);
  const [hit, loop, done] = [b.block('lookup.found'), b.block('loop'), b.block('done')];
  b.condBr(b.icmp('ne', found, nullPointer, 'lookup.ok'), hit, done);
  b.enter(hit);
  b.memcpy(event, found, 16);
  b.store(i32(5), b.gep(event, 2, 'event.odd'), { comment: 'odd' });
  b.store(b.load('ptr', found, 'next'), b.gep(event, 16, 'event.next'));
  b.br(loop);
  b.enter(loop);
  const draw = b.opaque(b.callHelper(random, [], 'random'), 'draw');
  b.condBr(b.icmp('eq', draw, i64(1), 'again'), loop, done);
  b.enter(done);
  b.ret(i64(0));
  return b;
}

test('a golden has helpers by name and leaves out what goes without saying', () => {
  expect(printGoldenFunction(specimen())).toBe(
    `  %key = alloca i64
  %event = alloca [24 x i8]
  memset(%event, i8 0, i64 24)
  memset(%event, i8 0, i64 24)
  store i64 0, %key                             ; no key
  %lookup = call ptr @helper.map_lookup_elem(@AT_x, %key)
  %lookup.ok = icmp ne ptr %lookup, null
  br i1 %lookup.ok, label %lookup.found, label %done

lookup.found:
  memcpy(%event, %lookup, i64 16)
  %event.odd = getelementptr i8, %event, i64 2
  store i32 5, %event.odd, align 2              ; odd
  %next = load ptr, %lookup
  %event.next = getelementptr i8, %event, i64 16
  store %next, %event.next
  br label %loop

loop:
  %random = call i64 @helper.get_prandom_u32()
  %draw = call i64 @opaque(i64 %random)
  %again = icmp eq i64 %draw, 1
  br i1 %again, label %loop, label %done

done:
  ret i64 0`,
  );
});

test('the shape line counts helpers, stack, blocks and loops', () => {
  expect(printShape(specimen())).toBe(
    'helpers: map_lookup_elem ×1, get_prandom_u32 ×1   stack: 32 bytes   blocks: 4   loops: 1',
  );
  const empty = new FunctionBuilder('g');
  empty.ret(i64(0));
  expect(printShape(empty)).toBe('helpers: none   stack: 0 bytes   blocks: 1   loops: 0');
});
