/** Bytes of a captured stack to frames, and those to lines. What the frames are called is left to the machine's words. */

import { assertNever } from '../base/assert.ts';
import { buildIdFrame, frameType, partsOf, sizeOf, slotOf } from '../types/layout.ts';
import type { StackMode, StackType } from '../types/type.ts';
import type { ByteText, Value } from '../types/value.ts';
import type { Words } from './decode.ts';
import type { Memory } from './memory.ts';
import { unsigned64 } from './memory.ts';

/** An address, or where in a file it lies, if the kernel has found that out. */
export type StackFrame = bigint | { readonly buildId: string; readonly fileOffset: bigint };

/** Compiled once for a type; see decode.ts. */
export function stackReader(
  type: StackType,
  memory: Memory,
  words: Pick<Words, 'stackFrames'>,
  offset: number,
): (at: number) => Value {
  const layout = partsOf(type);
  const place = (name: string): number => offset + slotOf(layout, name).offset;
  const [process, count, frames] = [place('process'), place('count'), place('frames')];
  const readFrame = frameReader(type, memory, frames);
  const frameBytes = sizeOf(frameType(type));
  const indent = indentOf(type.mode);
  const word = (at: number): number => memory.u32[at >>> 2] ?? 0;
  return (at) => {
    const length = Math.min(word(at + count), type.depth);
    const found = Array.from({ length }, (_, index) => readFrame(at + index * frameBytes));
    return { kind: 'stack', frames: words.stackFrames(type, word(at + process), found), indent };
  };
}

/** BPF_STACK_BUILD_ID_VALID of include/uapi/linux/bpf.h; any other status means that the frame holds the address. */
const validBuildId = 1;

function frameReader(type: StackType, memory: Memory, offset: number): (at: number) => StackFrame {
  if (frameType(type).kind === 'int') return (at) => unsigned64(memory, at + offset);
  const status = slotOf(buildIdFrame, 'status');
  const id = slotOf(buildIdFrame, 'buildId');
  const place = slotOf(buildIdFrame, 'place');
  const idBytes = sizeOf(id.type);
  return (at) => {
    const start = at + offset;
    const where = unsigned64(memory, start + place.offset);
    if (memory.i32[(start + status.offset) >>> 2] !== validBuildId) return where;
    const idAt = start + id.offset;
    return { buildId: memory.bytes.toString('hex', idAt, idAt + idBytes), fileOffset: where };
  };
}

/** Stacks of bare addresses are for programs to read: they stand at the line's start. */
function indentOf(mode: StackMode): ByteText {
  switch (mode) {
    case 'bpftrace':
      return '        ';
    case 'perf':
      return '\t';
    case 'raw':
    case 'build_id':
      return '';
    default:
      return assertNever(mode);
  }
}
