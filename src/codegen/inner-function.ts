/** A function within a program: the body of a loop, a function of the script. It shares the program's scratch and context through a frame. */

import type { SourceFile } from '../base/source-file.ts';
import type { Emission } from './emission.ts';
import type { Storage } from './bpf/storage.ts';
import { Frame } from './frame.ts';
import type { IrBlock, IrLocation } from './llvm/block-writer.ts';
import { FunctionBuilder } from './llvm/ir.ts';
import type { IrParameter } from './llvm/ir.ts';
import type { FunctionParts } from './start-function.ts';
import { startFunction } from './start-function.ts';

export interface InnerFunction {
  readonly builder: FunctionBuilder;
  readonly source: SourceFile;
  readonly storage: Storage;
  readonly frame: Frame;
}

/** Where it begins: what has no text of its own belongs to the function around it. */
export interface InnerPlace {
  readonly source: SourceFile;
  readonly location: IrLocation;
}

/** Its last parameter is the frame. `role` becomes part of its name. */
export function beginInner(
  { out, tables, probe }: Emission,
  role: string,
  parameters: readonly IrParameter[],
  storageOf: (builder: FunctionBuilder) => Storage,
  { source, location }: InnerPlace = { source: out.source, location: out.builder.currentLocation },
): InnerFunction {
  const builder = new FunctionBuilder(tables.nameFunction(`${probe.name}_${role}`), {
    parameters: [...parameters, { name: 'frame', type: 'ptr' }],
    source,
    location,
  });
  const storage = storageOf(builder);
  return {
    builder,
    source,
    storage,
    frame: new Frame(builder, builder.parameter(parameters.length), storage),
  };
}

export function writeInner(
  outer: Emission,
  { builder, source, storage, frame }: InnerFunction,
  parts: Omit<FunctionParts, 'builder' | 'source' | 'storage' | 'context'>,
  /** Writes it all and gives the block that ends it. */
  write: (inner: Emission) => IrBlock,
): void {
  const inner = startFunction(outer, { builder, source, storage, context: () => frame.context, ...parts });
  inner.out.locate(outer.out.span);
  const last = write(inner);
  frame.writePrologue();
  inner.failures.write(last);
  outer.tables.addFunction(builder);
}
