/** Writes an address and the process it belongs to as a symbol value (types/layout.ts). */

import { partsOf, slotOf } from '../types/layout.ts';
import { symbol } from '../types/type.ts';
import type { Emitter, Memory, Scalar } from './emitter.ts';

const layout = partsOf(symbol('user'));

/** `process` is 32 bits wide, 0 for the kernel. */
export function emitSymbol(out: Emitter, address: Scalar, process: Scalar): Memory {
  const value = out.reserve(layout.size, 'symbol');
  out.store(value, slotOf(layout, 'address').offset, address);
  out.store(value, slotOf(layout, 'process').offset, process);
  out.store(value, slotOf(layout, 'zero').offset, out.int(0, 32));
  return value;
}
