/** Control flow: the part of the emitter that makes blocks. */

import { present } from '../../base/assert.ts';
import type { Scalar } from '../../builtins/emitter.ts';
import { promised } from '../llvm/block-writer.ts';
import { i64 } from '../llvm/ir-value.ts';
import { Register, registerOf } from '../values.ts';
import { NumberEmitter } from './numbers.ts';

/** Passes of LLVM take the square of the time that a block is long (TwoAddressInstructionPass follows each value to the block's end). */
const blockInstructionsMax = 2000;

export class FlowEmitter extends NumberEmitter {
  /** Between statements: a block that has become long ends here, with a branch that LLVM can't see through. */
  endLongBlock(): void {
    const { builder } = this;
    if (builder.hasEnded || builder.currentBlock.instructions.length < blockInstructionsMax) return;
    const [aside, onward] = [builder.block('aside'), builder.block('onward')];
    const isZero = builder.icmp('eq', builder.opaque(i64(0), 'zero'), i64(0), 'is_zero');
    builder.condBr(isZero, onward, aside);
    builder.enter(aside);
    builder.barrier();
    builder.br(onward);
    builder.enter(onward);
  }

  when(condition: Scalar, then: () => void, otherwise?: () => void): void {
    const { builder } = this;
    const { ir } = registerOf(condition);
    const yes = builder.block('then');
    const no = otherwise ? builder.block('else') : undefined;
    const end = builder.block('end');
    builder.condBr(ir, yes, no ?? end);
    builder.enter(yes);
    then();
    if (!builder.hasEnded) builder.br(end);
    if (no && otherwise) {
      builder.enter(no);
      otherwise();
      if (!builder.hasEnded) builder.br(end);
    }
    builder.enter(end);
  }

  choose(condition: Scalar, then: () => Scalar, otherwise: () => Scalar): Register {
    const { builder } = this;
    const [yes, no, end] = [builder.block('then'), builder.block('else'), builder.block('end')];
    builder.condBr(registerOf(condition).ir, yes, no);
    const ways = [
      [yes, then],
      [no, otherwise],
    ] as const;
    const incoming = ways.map(([block, act]) => {
      builder.enter(block);
      const value = registerOf(act()).ir;
      const from = builder.currentBlock;
      builder.br(end);
      return [value, from] as const;
    });
    builder.enter(end);
    return new Register(builder.phi(incoming, 'value'));
  }

  chooseMany(
    condition: Scalar,
    then: () => readonly Scalar[],
    otherwise: () => readonly Scalar[],
  ): readonly Register[] {
    const { builder } = this;
    const [yes, no, end] = [builder.block('then'), builder.block('else'), builder.block('end')];
    builder.condBr(registerOf(condition).ir, yes, no);
    builder.enter(yes);
    builder.barrier();
    const first = then().map((value) => registerOf(value).ir);
    const firstFrom = builder.currentBlock;
    builder.br(end);
    builder.enter(no);
    const second = otherwise().map((value) => registerOf(value).ir);
    const secondFrom = builder.currentBlock;
    builder.br(end);
    builder.enter(end);
    return first.map((value, index) => {
      const other = present(second[index], 'a value for each');
      const ways = [[value, firstFrom] as const, [other, secondFrom] as const];
      return new Register(builder.phi(ways, 'value'));
    });
  }

  repeat(times: number, body: (index: Scalar, stop: () => void) => void): void {
    const { builder } = this;
    const before = builder.currentBlock;
    const [round, next, end] = [builder.block('loop'), builder.block('loop.next'), builder.block('loop.end')];
    builder.br(times > 0 ? round : end);
    if (times > 0) {
      builder.enter(round);
      const advanced = builder.promise('i64', 'next_index');
      const index = builder.phi(
        [
          [i64(0), before],
          [advanced, next],
        ],
        'index',
      );
      body(new Register(index), () => builder.br(end));
      if (!builder.hasEnded) builder.br(next);
      builder.enter(next);
      const after = builder.add(index, i64(1), promised('next_index'));
      builder.condBr(builder.icmp('ult', after, i64(times), 'more'), round, end);
    }
    builder.enter(end);
  }
}
