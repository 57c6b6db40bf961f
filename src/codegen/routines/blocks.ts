/** Bytes compared in blocks of eight words. */

import type { BpfEmitter } from '../bpf-emitter.ts';
import type { FunctionBuilder } from '../llvm/ir.ts';
import type { IrPointer, IrValue } from '../llvm/ir-value.ts';
import { i64, i8, integerType, withAlign } from '../llvm/ir-value.ts';
import type { Place } from '../values.ts';
import { Register, registerOf } from '../values.ts';
import { pieces } from '../words.ts';
import { boundedIn, emitLoop, hasLoops } from './loop.ts';

export const blockBytes = 64;

/**
 * A loop that the verifier walks round by round costs it some fifty instructions for each, perhaps several times over; it gives up
 * at a million, and at 8192 branches (kernel/bpf/verifier.c). Above so many rounds the kernel runs the loop: a kernel that can't
 * do that is put to more trouble, up to where it may no longer bear it.
 */
const walkedRoundsMax = { withLoops: 16, without: 128 };

/**
 * Not zero if the first `blocks` blocks of both differ. Of texts nothing lies behind a NUL but zeros: what follows one is not looked at.
 */
export function emitBlocksDiffer(
  out: BpfEmitter,
  left: Place,
  right: Place,
  blocks: number,
  areTexts: boolean,
): Register {
  if (blocks === 0) return out.int(0);
  const walkedMax = hasLoops(out.machine) ? walkedRoundsMax.withLoops : walkedRoundsMax.without;
  if (blocks <= walkedMax) return walkedLoop(out, left, right, blocks, areTexts);
  const align = Math.min(left.pointer.align ?? 1, right.pointer.align ?? 1);
  const name = `compare_${areTexts ? 'text' : 'bytes'}_${blocks}_${align}`;
  const record = emitLoop(
    out,
    name,
    i64(blocks),
    [left.pointer, right.pointer, i64(0)],
    (builder, index, slots) => {
      const address = (slot: number): IrPointer => {
        const start = builder.load('ptr', slots.slot(slot), 'start');
        const at = builder.mul(boundedIn(builder, index, blocks - 1), i64(blockBytes), 'offset');
        return withAlign(builder.gep(start, at, 'block'), align);
      };
      compareBlock(builder, address(0), address(1), areTexts, slots.slot(2));
    },
  );
  return new Register(out.builder.load('i64', record.slot(2), 'difference'));
}

/** Ends the loop's function: with 1 where nothing more is to be looked at. */
function compareBlock(
  builder: FunctionBuilder,
  left: IrPointer,
  right: IrPointer,
  areTexts: boolean,
  result: IrPointer,
): void {
  const [differs, same] = [builder.block('differs'), builder.block('same')];
  const difference = differenceOf(builder, left, right, blockBytes);
  builder.condBr(builder.icmp('ne', difference, i64(0), 'is_different'), differs, same);
  builder.enter(differs);
  builder.store(difference, result);
  builder.ret(i64(1));
  builder.enter(same);
  builder.ret(areTexts ? builder.zext(isLast(builder, left), 'i64', 'ends') : i64(0));
}

/** Whether text ends within a block: its last byte is 0 then. */
const isLast = (builder: FunctionBuilder, block: IrPointer): IrValue =>
  builder.icmp(
    'eq',
    builder.load('i8', builder.gep(block, blockBytes - 1, 'last'), 'last'),
    i8(0),
    'is_last',
  );

function walkedLoop(out: BpfEmitter, left: Place, right: Place, blocks: number, areTexts: boolean): Register {
  const { builder } = out;
  const result = builder.alloca('i64', 'difference');
  builder.store(i64(0), result);
  out.repeat(blocks, (index, stop) => {
    const offset = registerOf(out.multiply(index, blockBytes));
    const a = out.alignedPartAt(left, offset, blockBytes, 8).pointer;
    const b = out.alignedPartAt(right, offset, blockBytes, 8).pointer;
    const difference = differenceOf(builder, a, b, blockBytes);
    out.when(new Register(builder.icmp('ne', difference, i64(0), 'is_different')), () => {
      builder.store(difference, result);
      stop();
    });
    if (areTexts) out.when(new Register(isLast(builder, a)), stop);
  });
  return new Register(builder.load('i64', result, 'difference'));
}

/** Not zero if so many bytes differ; without a loop. */
export function differenceOf(
  builder: FunctionBuilder,
  left: IrPointer,
  right: IrPointer,
  bytes: number,
): IrValue {
  let difference: IrValue = i64(0);
  for (const { offset, bits } of pieces(bytes)) {
    const wordAt = (pointer: IrPointer): IrValue =>
      builder.zext(
        builder.load(integerType(bits / 8), builder.gep(pointer, offset, 'word'), 'word'),
        'i64',
        'word',
      );
    difference = builder.or(difference, builder.xor(wordAt(left), wordAt(right), 'xor'), 'or');
  }
  return difference;
}
