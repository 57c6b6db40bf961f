/**
 * Counts what could not be done, in event_loss_counter: events by the program's slot, map updates by the map's. The code for it is
 * cold and shared: where a program fails only in its last act, the count stands behind its exit; where it goes on, a function is called.
 */

import { lossSymbol } from '../../plan/plan.ts';
import type { IrBlock } from '../llvm/block-writer.ts';
import { FunctionBuilder } from '../llvm/ir.ts';
import type { IrValue } from '../llvm/ir-value.ts';
import { i32, i64, nullPointer, symbolPointer, withAlign } from '../llvm/ir-value.ts';
import type { Tables } from '../tables.ts';
import { helperNamed } from './helpers.ts';

/** Somewhere that something can fail. */
interface Site {
  /** To be branched to if it does. */
  readonly cold: IrBlock;
  /** Where the program goes on then. */
  readonly next: IrBlock;
  /** Slot of the counter. */
  readonly slot: number;
}

export class Failures {
  readonly #builder: FunctionBuilder;
  readonly #tables: Tables;
  readonly #sites: Site[] = [];

  constructor(builder: FunctionBuilder, tables: Tables) {
    this.#builder = builder;
    this.#tables = tables;
  }

  /** A block that counts a failure and goes on with `next`; `role` names it. */
  block(role: string, slot: number, next: IrBlock): IrBlock {
    const cold = this.#builder.coldBlock(role);
    this.#sites.push({ cold, next, slot });
    return cold;
  }

  /** Goes on behind if a condition is false; if it is true, that is counted too. */
  countIf(failed: IrValue, role: string, slot: number): void {
    const next = this.#builder.block('next');
    this.#builder.condBr(failed, this.block(role, slot, next), next);
    this.#builder.enter(next);
  }

  /** All the cold blocks: to be written behind everything else. `exit` is the block that ends the program. */
  write(exit: IrBlock): void {
    const [only, ...others] = this.#sites;
    if (!only) return;
    const isLastAct = ({ next }: Site): boolean => next === exit || leadsStraightTo(exit, next);
    if (others.length === 0) {
      this.#builder.enter(only.cold);
      writeCount(this.#builder, i32(only.slot), only.next);
    } else if (this.#sites.every(isLastAct)) this.#writeShared(exit);
    else this.#writeCalls();
  }

  #writeShared(exit: IrBlock): void {
    const count = this.#builder.block('count');
    for (const { cold } of this.#sites) {
      this.#builder.enter(cold);
      this.#builder.br(count);
    }
    this.#builder.enter(count);
    const [first] = this.#sites;
    const isSame = this.#sites.every(({ slot }) => slot === first?.slot);
    const ways = this.#sites.map(({ cold, slot }) => [i32(slot), cold] as const);
    const slot = isSame && first ? i32(first.slot) : this.#builder.phi(ways, 'slot');
    writeCount(this.#builder, slot, exit);
  }

  #writeCalls(): void {
    const counter = this.#tables.function('count_failure', countFunction);
    for (const { cold, next, slot } of this.#sites) {
      this.#builder.enter(cold);
      this.#builder.callLocal(counter, [i32(slot)], 'counted');
      this.#builder.br(next);
    }
  }
}

const leadsStraightTo = (exit: IrBlock, block: IrBlock): boolean =>
  block.instructions.length === 1 && block.successors?.[0] === exit;

function countFunction(): FunctionBuilder {
  const builder = new FunctionBuilder('count_failure', { parameters: [{ name: 'slot', type: 'i32' }] });
  const done = builder.block('done');
  writeCount(builder, builder.parameter(0), done);
  builder.enter(done);
  builder.ret(i64(0));
  return builder;
}

/** Adds 1 to this CPU's counter. The look-up can't fail, for the slot exists, but the verifier wants to see that checked. */
function writeCount(builder: FunctionBuilder, slot: IrValue, next: IrBlock): void {
  const key = builder.alloca('i32', 'loss_slot');
  builder.store(slot, key);
  const counter = builder.callHelper(
    helperNamed('map_lookup_elem', 'ptr'),
    [symbolPointer(lossSymbol), key],
    'counter',
  );
  const found = builder.block('counter.found');
  builder.condBr(builder.icmp('eq', counter, nullPointer, 'is_missing'), next, found);
  builder.enter(found);
  builder.atomic('add', withAlign(counter, 8), i64(1), 'before');
  builder.br(next);
}
