/** while and unroll: rounds within the function itself. The verifier walks through each of them. */

import { present } from '../base/assert.ts';
import type { Emission, LoopExits } from './emission.ts';
import { branchOn } from './emit-expression.ts';
import type { StatementOf } from './emit-statement.ts';
import { emitBlock } from './emit-statement.ts';
import type { IrBlock } from './llvm/block-writer.ts';
import type { FunctionBuilder } from './llvm/ir.ts';

/** What `break` and `continue` are about. */
export const innermost = ({ loops }: Emission): LoopExits => present(loops.at(-1), 'a loop around a jump');

export function emitWhile(emission: Emission, { condition, body }: StatementOf<'while'>): void {
  const { builder, storage } = emission.out;
  const [head, round, end] = [builder.block('while'), builder.block('round'), builder.block('while.end')];
  builder.br(head);
  builder.enter(head);
  storage.scope(() => branchOn(emission, condition, round, end));
  builder.enter(round);
  emitRound(
    emission,
    body,
    () => end,
    () => head,
  );
  if (!builder.hasEnded) builder.br(head);
  builder.enter(end);
}

export function emitUnroll(emission: Emission, { times, body }: StatementOf<'unroll'>): void {
  const { builder } = emission.out;
  const end = new Target(builder, 'unroll.end');
  for (let round = 0; round < times && !builder.hasEnded; round++) {
    const next = new Target(builder, 'unroll.next');
    emitRound(
      emission,
      body,
      () => end.block,
      () => next.block,
    );
    next.enter();
  }
  end.enter();
}

function emitRound(
  emission: Emission,
  body: StatementOf<'while'>['body'],
  end: () => IrBlock,
  next: () => IrBlock,
): void {
  const { builder } = emission.out;
  emission.loops.push({ break: () => builder.br(end()), continue: () => builder.br(next()) });
  emitBlock(emission, body);
  emission.loops.pop();
}

/** A block that is there only if something jumps to it. */
class Target {
  readonly #builder: FunctionBuilder;
  readonly #role: string;
  #block: IrBlock | undefined;

  constructor(builder: FunctionBuilder, role: string) {
    this.#builder = builder;
    this.#role = role;
  }

  /** To jump to. */
  get block(): IrBlock {
    return (this.#block ??= this.#builder.block(this.#role));
  }

  /** Go on there, if anything jumps there. */
  enter(): void {
    if (!this.#block) return;
    if (!this.#builder.hasEnded) this.#builder.br(this.#block);
    this.#builder.enter(this.#block);
  }
}
