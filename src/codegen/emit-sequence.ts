/**
 * Output of iterators: records go into the file that the walk is read from, each with the head that the ring would give it, so that user
 * space takes them in the same way. What one object sends is read before the next is looked at; nothing can get lost between them.
 */

import { present } from '../base/assert.ts';
import type { Emission } from './emission.ts';
import type { Place, Register } from './values.ts';

/** BPF_RINGBUF_HDR_SZ: u32 length, u32 zero. Records are padded to as much. */
export const recordHeadBytes = 8;

/** `whole` begins with room for the head; `bytes` is the record's length behind it. Gives the helper's result: not 0 if it did not fit. */
export function emitToSequence({ out }: Emission, whole: Place, bytes: number | Register): Register {
  const { sequence } = present(out.program.context.walk, 'walk of an iterator');
  const length = typeof bytes === 'number' ? out.int(bytes) : bytes;
  out.store(whole, 0, out.resize(length, 32));
  out.store(whole, 4, out.int(0, 32));
  const padded = out.and(out.add(length, 2 * recordHeadBytes - 1), -recordHeadBytes);
  return out.helper('seq_write', [out.follow(sequence), whole, { length: padded }]);
}
