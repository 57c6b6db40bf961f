/** A loop's body as a function, which a helper calls for each round: 0 goes on with the next, 1 ends the loop. */

import type { TypedStatement } from '../sema/typed-tree.ts';
import type { ScratchRoom } from './bpf/storage.ts';
import { departureOf, followDeparture, noteDeparture } from './departure.ts';
import type { Emission } from './emission.ts';
import { emitBlock } from './emit-statement.ts';
import { fillFrame } from './frame.ts';
import type { InnerFunction } from './inner-function.ts';
import { beginInner, writeInner } from './inner-function.ts';
import type { IrParameter } from './llvm/ir.ts';
import { i64 } from './llvm/ir-value.ts';
import { Register } from './values.ts';
import { sharedHomes } from './variables.ts';
import { returnsWithin } from './walk.ts';

export interface LoopBody {
  readonly statements: readonly TypedStatement[];
  /** What the helper gives, before the frame. */
  readonly parameters: readonly IrParameter[];
  /** Sets the loop's variable. */
  readonly begin: (inner: Emission, given: readonly Register[]) => void;
}

const goOn = i64(0);
const stop = i64(1);

/** Writes the body, lets `call` hand it with its frame to a helper, and goes on behind the loop. */
export function callLoop(
  emission: Emission,
  body: LoopBody,
  call: (callback: Register, frame: Register) => void,
): void {
  const { out } = emission;
  const departure = returnsWithin(body.statements) ? departureOf(emission) : undefined;
  const { builder, storage, frame } = writeBody(emission, body, departure);
  out.storage.include(storage);
  const filled = fillFrame(emission, {
    ...(storage.usesScratch && { scratch: out.storage.scratch }),
    context: frame.usesContext,
  });
  call(new Register(builder.address), new Register(filled));
  if (departure) followDeparture(emission, departure);
}

function writeBody(
  outer: Emission,
  { statements, parameters, begin }: LoopBody,
  departure: ScratchRoom | undefined,
): InnerFunction {
  const begun = beginInner(outer, 'loop', parameters, (builder) => outer.out.storage.inner(builder));
  const { builder, storage } = begun;
  const end = builder.block('round.end');
  const parts = {
    variables: sharedHomes(outer),
    loop: { break: () => builder.ret(stop), continue: () => builder.br(end) },
    departure,
    leave(value: Register | undefined) {
      if (departure) noteDeparture(builder, storage.at(departure), value);
      builder.ret(stop);
    },
  };
  writeInner(outer, begun, parts, (inner) => {
    inner.out.storage.scope(() => {
      begin(
        inner,
        parameters.map((_, index) => new Register(builder.parameter(index))),
      );
      emitBlock(inner, statements);
    });
    if (!builder.hasEnded) builder.br(end);
    builder.enter(end);
    builder.ret(goOn);
    return end;
  });
  return begun;
}
