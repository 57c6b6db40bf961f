/** Bytes compared in blocks of eight words. */

import type { BpfEmitter } from '../bpf-emitter.ts';
import { FunctionBuilder } from '../llvm/ir.ts';
import type { IrPointer, IrValue } from '../llvm/ir-value.ts';
import { i64, i8, integerType, withAlign } from '../llvm/ir-value.ts';
import type { Place } from '../values.ts';
import { Register, registerOf } from '../values.ts';
import { pieces } from '../words.ts';
import { boundedIn, emitLoop, hasLoops, siteOf } from './loop.ts';

export const blockBytes = 64;

/**
 * A loop that the verifier walks round by round costs it some fifty instructions for each, perhaps several times over; it gives up
 * at a million, and at 8192 branches (kernel/bpf/verifier.c). Above so many rounds the kernel runs the loop: a kernel that can't
 * do that is put to more trouble, up to where it may no longer bear it.
 */
const walkedRoundsMax = { withLoops: 16, without: 128 };

/** How two stretches of bytes are compared. */
interface Comparing {
  /** Of texts nothing lies behind a NUL but zeros: what follows one is not looked at. */
  readonly areTexts: boolean;
  /** Which one comes first, -1 or 1; else just not zero where they differ. */
  readonly ordered: boolean;
}

/** -1, 0 or 1: which of two stretches of bytes comes first. */
export function emitOrder(
  out: BpfEmitter,
  left: Place,
  right: Place,
  bytes: number,
  areTexts: boolean,
): Register {
  const blocks = bytes > blockBytes ? Math.floor(bytes / blockBytes) : 0;
  const start = blocks * blockBytes;
  const inBlocks = emitBlocksDiffer(out, left, right, blocks, { areTexts, ordered: true });
  const tails = [out.addressAt(left, start), out.addressAt(right, start)] as const;
  const rest = new Register(orderedBy(out, out.builder, ...tails, bytes - start));
  return blocks === 0 ? rest : out.select(out.compare('!=', inBlocks, 0), inBlocks, rest);
}

/** 0 if the first `blocks` blocks of both are the same. */
export function emitBlocksDiffer(
  out: BpfEmitter,
  left: Place,
  right: Place,
  blocks: number,
  how: Comparing,
): Register {
  if (blocks === 0) return out.int(0);
  const walkedMax = hasLoops(out.machine) ? walkedRoundsMax.withLoops : walkedRoundsMax.without;
  if (blocks <= walkedMax) return walkedLoop(out, left, right, blocks, how);
  return out.storage.scope(() => kernelLoop(out, left, right, blocks, how));
}

function kernelLoop(out: BpfEmitter, left: Place, right: Place, blocks: number, how: Comparing): Register {
  const align = Math.min(left.pointer.align ?? 1, right.pointer.align ?? 1);
  const name = `${how.ordered ? 'order' : 'compare'}_${how.areTexts ? 'text' : 'bytes'}_${blocks}_${align}`;
  const given = [left.pointer, right.pointer, i64(0)];
  const record = emitLoop(siteOf(out), name, i64(blocks), given, (builder, index, slots) => {
    const address = (slot: number): IrPointer => {
      const start = builder.load('ptr', slots.slot(slot), 'start');
      const offset = builder.mul(boundedIn(builder, index, blocks - 1), i64(blockBytes), 'offset');
      return withAlign(builder.gep(start, offset, 'block'), align);
    };
    compareBlock(out, builder, [address(0), address(1)], how, slots.slot(2));
  });
  return new Register(out.builder.load('i64', record.slot(2), 'difference'));
}

/** Ends the loop's function: with 1 where nothing more is to be looked at. */
function compareBlock(
  out: BpfEmitter,
  builder: FunctionBuilder,
  [left, right]: readonly [IrPointer, IrPointer],
  { areTexts, ordered }: Comparing,
  result: IrPointer,
): void {
  const [differs, same] = [builder.block('differs'), builder.block('same')];
  const difference = differenceOf(builder, left, right, blockBytes);
  builder.condBr(builder.icmp('ne', difference, i64(0), 'is_different'), differs, same);
  builder.enter(differs);
  builder.store(ordered ? orderedBy(out, builder, left, right, blockBytes) : difference, result);
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

function walkedLoop(
  out: BpfEmitter,
  left: Place,
  right: Place,
  blocks: number,
  { areTexts, ordered }: Comparing,
): Register {
  const { builder } = out;
  const result = builder.alloca('i64', 'difference');
  builder.store(i64(0), result);
  out.repeat(blocks, (index, stop) => {
    const offset = registerOf(out.multiply(index, blockBytes));
    const a = out.alignedPartAt(left, offset, blockBytes, 8).pointer;
    const b = out.alignedPartAt(right, offset, blockBytes, 8).pointer;
    const difference = differenceOf(builder, a, b, blockBytes);
    out.when(new Register(builder.icmp('ne', difference, i64(0), 'is_different')), () => {
      builder.store(ordered ? orderedBy(out, builder, a, b, blockBytes) : difference, result);
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
    const a = wordAt(builder, left, offset, bits);
    difference = builder.or(difference, builder.xor(a, wordAt(builder, right, offset, bits), 'xor'), 'or');
  }
  return difference;
}

function wordAt(builder: FunctionBuilder, from: IrPointer, offset: number, bits: 8 | 16 | 32 | 64): IrValue {
  const word = builder.load(integerType(bits / 8), builder.gep(from, offset, 'word'), 'word');
  return builder.zext(word, 'i64', 'word');
}

/** Which of two stretches of a block's size at most comes first, by a function that the whole module shares. */
function orderedBy(
  out: BpfEmitter,
  builder: FunctionBuilder,
  left: IrPointer,
  right: IrPointer,
  bytes: number,
): IrValue {
  if (bytes === 0) return i64(0);
  const align = Math.min(left.align ?? 1, right.align ?? 1);
  const callee = out.tables.function(`order_${bytes}_${align}`, () => orderFunction(bytes, align));
  return builder.callLocal(callee, [left, right], 'order');
}

/** The first word that differs tells: its first byte is the one that counts most, as if it were written in the other order. */
function orderFunction(bytes: number, align: number): FunctionBuilder {
  const builder = new FunctionBuilder(`order_${bytes}_${align}`, {
    parameters: [
      { name: 'left', type: 'ptr' },
      { name: 'right', type: 'ptr' },
    ],
  });
  const [left, right] = [withAlign(builder.parameter(0), align), withAlign(builder.parameter(1), align)];
  for (const { offset, bits } of pieces(bytes)) {
    const [a, b] = [left, right].map((from) => wordAt(builder, from, offset, bits)) as [IrValue, IrValue];
    const [differs, same] = [builder.block('differs'), builder.block('same')];
    builder.condBr(builder.icmp('ne', a, b, 'is_different'), differs, same);
    builder.enter(differs);
    const [first, second] = [a, b].map((word) => bigEndian(builder, word, bits)) as [IrValue, IrValue];
    const isLess = builder.icmp('ult', first, second, 'is_less');
    builder.ret(builder.select(isLess, i64(-1), i64(1), 'order'));
    builder.enter(same);
  }
  builder.ret(i64(0));
  return builder;
}

/** A word of so many bits in the low bits, read from the other end. Only the order of two such matters, so zeros behind do no harm. */
const bigEndian = (builder: FunctionBuilder, word: IrValue, bits: 8 | 16 | 32 | 64): IrValue =>
  bits === 8 ? word : builder.byteSwap(word, 'swapped');
