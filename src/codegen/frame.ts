/**
 * What a loop's body or a function of the script finds of its program: on its caller's stack lie the addresses of scratch and of the probe's
 * context. A callback gets nothing else, and only from the stack do they come back as pointers in the eyes of the verifier.
 */

import { layOut, slotOf } from '../types/layout.ts';
import { u64 } from '../types/type.ts';
import type { Storage } from './bpf/storage.ts';
import { scratchPointerName } from './bpf/storage.ts';
import type { Emission } from './emission.ts';
import type { IrBlock } from './llvm/block-writer.ts';
import { promised } from './llvm/block-writer.ts';
import type { FunctionBuilder } from './llvm/ir.ts';
import type { IrPointer, IrValue } from './llvm/ir-value.ts';
import { nullPointer } from './llvm/ir-value.ts';

/** `argument`: of functions with one parameter more than there are registers left. */
const layout = layOut([
  { name: 'scratch', type: u64 },
  { name: 'context', type: u64 },
  { name: 'argument', type: u64 },
]);
type SlotName = 'scratch' | 'context' | 'argument';

const contextName = 'probe_context';

/** The frame as the function that was given it sees it. */
export class Frame {
  readonly #builder: FunctionBuilder;
  readonly #address: IrValue;
  readonly #storage: Storage;
  readonly #entry: IrBlock;
  #context: IrValue | undefined;

  /** `address` is the function's parameter. */
  constructor(builder: FunctionBuilder, address: IrValue, storage: Storage) {
    this.#builder = builder;
    this.#address = address;
    this.#storage = storage;
    this.#entry = builder.currentBlock;
  }

  get usesContext(): boolean {
    return this.#context !== undefined;
  }

  /** The probe's context. */
  get context(): IrValue {
    return (this.#context ??= this.#builder.promise('ptr', contextName, 8));
  }

  read(slot: SlotName, type: 'ptr' | 'i64', name: string): IrValue {
    const address = this.#builder.gep(this.#address, slotOf(layout, slot).offset, `frame.${slot}`);
    return this.#builder.load(type, address, name);
  }

  /** In front of the function, which is written: what it uses of the frame is read once. */
  writePrologue(): void {
    if (!this.#storage.usesScratch && !this.usesContext) return;
    const builder = this.#builder;
    builder.enterFirst(builder.block('prologue'));
    if (this.#storage.usesScratch) this.read('scratch', 'ptr', promised(scratchPointerName));
    if (this.usesContext) this.read('context', 'ptr', promised(contextName));
    builder.br(this.#entry);
  }
}

/** What a function wants to find; `scratch` is where its part of it begins. */
export interface FrameNeeds {
  readonly scratch?: IrPointer;
  readonly context: boolean;
  readonly argument?: IrValue;
}

/** Fills a frame for a call; null if nothing is needed. */
export function fillFrame({ out, context }: Emission, needs: FrameNeeds): IrPointer {
  const { builder, storage } = out;
  const filled: readonly (readonly [SlotName, IrValue | undefined])[] = [
    ['scratch', needs.scratch],
    ['context', needs.context ? context() : undefined],
    ['argument', needs.argument],
  ];
  if (filled.every(([, value]) => value === undefined)) return nullPointer;
  const frame = storage.frame(layout.size);
  for (const [slot, value] of filled)
    if (value) builder.store(value, builder.gep(frame, slotOf(layout, slot).offset, `frame.${slot}`));
  return frame;
}
