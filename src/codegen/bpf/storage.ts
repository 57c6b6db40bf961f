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

/** Name of the value that holds the scratch memory's address. It is used before the program's entry, which defines it, is written. */
export const scratchPointerName = 'scratch';

interface StackRoom {
  readonly pointer: IrPointer;
  readonly bytes: number;
}

export class Storage {
  readonly #builder: FunctionBuilder;
  readonly #onStackLimit: number;
  readonly #freeRooms: StackRoom[] = [];
  #rooms: StackRoom[] = [];
  #stackBytes = 0;
  #scratch: IrPointer | undefined;
  #scratchBytes = 0;
  /** The most that was ever in use. */
  #scratchBytesMax = 0;

  constructor(builder: FunctionBuilder, onStackLimit: number) {
    this.#builder = builder;
    this.#onStackLimit = onStackLimit;
  }

  /** Bytes of scratch that the program needs; 0 if it needs none. */
  get scratchBytes(): number {
    return this.#scratchBytesMax;
  }

  /** Fresh bytes, aligned to 8, until the scope ends. */
  reserve(bytes: number, name: string): Place {
    const size = roundUp(Math.max(bytes, 1), 8);
    const room = bytes <= this.#onStackLimit ? this.#stackRoom(size, name) : undefined;
    return room ? new Place(room, bytes) : this.reserveScratch(bytes, name);
  }

  /** The same where the stack won't do: kernels before 5.12 refuse reads of it at an offset known at run time only. */
  reserveScratch(bytes: number, name: string): Place {
    const offset = this.#scratchBytes;
    this.#scratchBytes += roundUp(Math.max(bytes, 1), 8);
    this.#scratchBytesMax = Math.max(this.#scratchBytesMax, this.#scratchBytes);
    this.#scratch ??= promised(this.#builder);
    return new Place(this.#builder.gep(this.#scratch, offset, name), bytes);
  }

  /** What is reserved within `act` is free again behind it. */
  scope<T>(act: () => T): T {
    const [rooms, scratchBytes] = [this.#rooms, this.#scratchBytes];
    this.#rooms = [];
    const result = act();
    this.#freeRooms.push(...this.#rooms);
    this.#rooms = rooms;
    this.#scratchBytes = scratchBytes;
    return result;
  }

  #stackRoom(size: number, name: string): IrPointer | undefined {
    const free = this.#freeRooms.findIndex((room) => room.bytes === size);
    const room = free >= 0 ? this.#freeRooms.splice(free, 1)[0] : this.#newRoom(size, name);
    if (room) this.#rooms.push(room);
    return room?.pointer;
  }

  #newRoom(bytes: number, name: string): StackRoom | undefined {
    if (this.#stackBytes + bytes > stackBytesMax) return undefined;
    this.#stackBytes += bytes;
    const pointer =
      bytes === 8 ? this.#builder.alloca('i64', name) : this.#builder.allocaBytes(bytes, 8, name);
    return { pointer, bytes };
  }
}

function promised(builder: FunctionBuilder): IrPointer {
  const value = builder.promise('ptr', scratchPointerName);
  assert(value.text === `%${scratchPointerName}`, `the name '${scratchPointerName}' is kept for scratch`);
  return withAlign(value, 8);
}
