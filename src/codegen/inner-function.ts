/** A function within a program: the body of a loop, a function of the script. It shares the program's scratch and context through a frame. */

import type { Emission } from './emission.ts';
import type { Storage } from './bpf/storage.ts';
import { Frame } from './frame.ts';
import type { IrBlock } from './llvm/block-writer.ts';
import { FunctionBuilder } from './llvm/ir.ts';
import type { IrParameter } from './llvm/ir.ts';
import type { FunctionParts } from './start-function.ts';
import { startFunction } from './start-function.ts';

export interface InnerFunction {
  readonly builder: FunctionBuilder;
  readonly storage: Storage;
  readonly frame: Frame;
}

/** Its last parameter is the frame. `role` becomes part of its name. */
export function beginInner(
  { out, tables, probe }: Emission,
  role: string,
  parameters: readonly IrParameter[],
  storageOf: (builder: FunctionBuilder) => Storage,
): InnerFunction {
  const builder = new FunctionBuilder(tables.nameFunction(`${probe.name}_${role}`), {
    parameters: [...parameters, { name: 'frame', type: 'ptr' }],
    location: out.builder.currentLocation,
  });
  const storage = storageOf(builder);
  return { builder, storage, frame: new Frame(builder, builder.parameter(parameters.length), storage) };
}

export function writeInner(
  outer: Emission,
  { builder, storage, frame }: InnerFunction,
  parts: Omit<FunctionParts, 'builder' | 'storage' | 'context'>,
  /** Writes it all and gives the block that ends it. */
  write: (inner: Emission) => IrBlock,
): void {
  const inner = startFunction(outer, { builder, storage, context: () => frame.context, ...parts });
  inner.out.locate(outer.out.span);
  const last = write(inner);
  frame.writePrologue();
  inner.failures.write(last);
  outer.tables.addFunction(builder);
}
