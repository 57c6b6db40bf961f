/**
 * Who lives on the 512-byte BPF stack and who in the program's scratch memory (a per-CPU map): small values on the stack while there is room,
 * all others in scratch. Two values that live at the same time never share bytes; those of a scope are free again when it ends.
 */

import { assert } from '../../base/assert.ts';
import { roundUp } from '../../types/layout.ts';
import type { FunctionBuilder } from '../llvm/ir.ts';
import type { IrPointer } from '../llvm/ir-value.ts';
import { withAlign } from '../llvm/ir-value.ts';
import { Place } from '../values.ts';

/** The rest of the 512 bytes is for what the back end spills, and for calls. */
const stackBytesMax = 320;

interface StackRoom {
  readonly pointer: IrPointer;
  readonly bytes: number;
}

export interface StorageOptions {
  readonly builder: FunctionBuilder;
  readonly onStackLimit: number;
  /** Where the scratch memory begins; undefined while it isn't known whether any is needed: then nothing that is written counts. */
  readonly scratch: IrPointer | undefined;
}

export class Storage {
  readonly #options: StorageOptions;
  #stackBytes = 0;
  #scratchBytes = 0;
  /** The most that was ever in use. */
  #scratchBytesMax = 0;
  readonly #freeRooms: StackRoom[] = [];
  #scopes: { readonly rooms: StackRoom[]; readonly scratchBytes: number }[] = [{ rooms: [], scratchBytes: 0 }];

  constructor(options: StorageOptions) {
    this.#options = options;
  }

  /** Bytes of scratch that the program needs. */
  get scratchBytes(): number {
    return this.#scratchBytesMax;
  }

  /** Fresh bytes, aligned to 8, until the scope ends. */
  reserve(bytes: number, name: string): Place {
    const size = roundUp(Math.max(bytes, 1), 8);
    const room = bytes <= this.#options.onStackLimit ? this.#stackRoom(size, name) : undefined;
    return new Place(room ?? this.#scratchRoom(size, name), bytes);
  }

  /** What is reserved within `act` is free again behind it. */
  scope<T>(act: () => T): T {
    this.#scopes.push({ rooms: [], scratchBytes: this.#scratchBytes });
    try {
      return act();
    } finally {
      const ended = this.#scopes.pop();
      assert(ended !== undefined, 'scopes end once');
      this.#freeRooms.push(...ended.rooms);
      this.#scratchBytes = ended.scratchBytes;
    }
  }

  #stackRoom(size: number, name: string): IrPointer | undefined {
    const free = this.#freeRooms.findIndex((room) => room.bytes === size);
    const [reused] = free >= 0 ? this.#freeRooms.splice(free, 1) : [];
    if (!reused && this.#stackBytes + size > stackBytesMax) return undefined;
    if (!reused) this.#stackBytes += size;
    const room = reused ?? { pointer: this.#options.builder.allocaBytes(size, 8, name), bytes: size };
    this.#scopes.at(-1)?.rooms.push(room);
    return room.pointer;
  }

  #scratchRoom(size: number, name: string): IrPointer {
    const { builder, scratch } = this.#options;
    const offset = this.#scratchBytes;
    this.#scratchBytes += size;
    this.#scratchBytesMax = Math.max(this.#scratchBytesMax, this.#scratchBytes);
    return withAlign(builder.gep(scratch ?? builder.parameter(0), offset, name), 8);
  }
}
