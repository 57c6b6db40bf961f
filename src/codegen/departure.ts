/** `return` within the body of a loop: it ends the body's function only, so word is left in scratch for the functions around the loop. */

import { layOut, slotOf } from '../types/layout.ts';
import { u64 } from '../types/type.ts';
import type { ScratchRoom } from './bpf/storage.ts';
import type { Emission } from './emission.ts';
import type { FunctionBuilder } from './llvm/ir.ts';
import { i64 } from './llvm/ir-value.ts';
import type { Place, Register } from './values.ts';

const layout = layOut([
  { name: 'hasLeft', type: u64 },
  { name: 'result', type: u64 },
]);
const hasLeftAt = slotOf(layout, 'hasLeft').offset;
const resultAt = slotOf(layout, 'result').offset;

/** Where a loop in this function leaves word: where the loops around it do, if there are any. */
export function departureOf({ out, departure }: Emission): ScratchRoom {
  if (departure) return departure;
  const room = out.storage.reserveShared(layout.size, 'departure');
  out.store(out.storage.at(room), hasLeftAt, out.int(0));
  return room;
}

/** In the body, before it ends. */
export function noteDeparture(
  builder: FunctionBuilder,
  { pointer }: Place,
  value: Register | undefined,
): void {
  builder.store(i64(1), builder.gep(pointer, hasLeftAt, 'has_left'));
  builder.store(value?.ir ?? i64(0), builder.gep(pointer, resultAt, 'result'));
}

/** Behind the loop. */
export function followDeparture({ out, leave }: Emission, room: ScratchRoom): void {
  const { builder } = out;
  const place = out.storage.at(room);
  const [left, next] = [builder.block('left'), builder.block('next')];
  const hasLeft = out.compare('!=', out.load(place, hasLeftAt, 64), 0);
  builder.condBr(hasLeft.ir, left, next);
  builder.enter(left);
  leave(out.load(place, resultAt, 64));
  builder.enter(next);
}
