/** How a program ends: every way out leads to one block. If nobody has to jump there, it is simply the last one. */

import type { IrBlock } from './llvm/block-writer.ts';
import type { FunctionBuilder } from './llvm/ir.ts';
import type { IrPointer, IrValue } from './llvm/ir-value.ts';
import { i64 } from './llvm/ir-value.ts';

export class Exits {
  readonly #builder: FunctionBuilder;
  #block: IrBlock | undefined;
  #result: IrPointer | undefined;

  constructor(builder: FunctionBuilder) {
    this.#builder = builder;
  }

  /** A `return` will give a value. */
  prepareResult(): void {
    this.#result = this.#builder.alloca('i64', 'result');
  }

  /** At the program's start: it gives 0 on all ways out but those with a value. */
  clearResult(): void {
    if (this.#result) this.#builder.store(i64(0), this.#result);
  }

  /** Where to jump. */
  get block(): IrBlock {
    return (this.#block ??= this.#builder.block('exit'));
  }

  /** End the program here. */
  leave(value: IrValue | undefined): void {
    if (value && this.#result) this.#builder.store(value, this.#result);
    this.#builder.br(this.block);
  }

  /** Everything else has been written: go on in the exit block. */
  enter(): IrBlock {
    if (this.#block === undefined && !this.#builder.hasEnded) {
      this.#block = this.#builder.currentBlock;
      return this.#block;
    }
    if (!this.#builder.hasEnded) this.#builder.br(this.block);
    this.#builder.enter(this.block);
    return this.block;
  }

  /** What the program gives to the kernel. */
  result(): IrValue {
    return this.#result ? this.#builder.load('i64', this.#result, 'result') : i64(0);
  }
}
