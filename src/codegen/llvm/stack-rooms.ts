/** The rooms that a function has on the stack, made at its head. */

import { assert } from '../../base/assert.ts';
import type { IrInstruction, IrLocation } from './block-writer.ts';
import type { IrPointer, IrValue } from './ir-value.ts';

interface Room {
  readonly instruction: IrInstruction;
  readonly pointer: IrPointer;
  readonly bytes: number;
}

/**
 * A room whose address nobody else gets is kept in registers by the optimiser. What wasn't stored in it is undefined then, and the back end takes
 * any register for it, also one that holds the context, which the verifier lets nobody compute with: such rooms begin as zeros, which costs nothing
 * in registers.
 */
export class StackRooms {
  readonly #rooms: Room[] = [];
  /** Of each address, by its text, the room that it lies in. */
  readonly #roomOf = new Map<string, string>();
  /** Rooms whose address went elsewhere: to a helper, into memory. */
  readonly #shared = new Set<string>();
  #bytes = 0;

  make(name: string, irType: string, bytes: number, align: number, location: IrLocation): IrPointer {
    assert([1, 2, 4, 8].includes(align), `alignment ${align} on the BPF stack`);
    const pointer: IrPointer = { type: 'ptr', text: `%${name}`, align };
    const text = `${pointer.text} = alloca ${irType}, align ${align}`;
    this.#rooms.push({ instruction: { text, location }, pointer, bytes });
    this.#roomOf.set(pointer.text, pointer.text);
    this.#bytes = Math.ceil(this.#bytes / align) * align + bytes;
    return pointer;
  }

  /** Bytes of all rooms. LLVM may still merge or drop some, so more than 512 is no error here. */
  get bytes(): number {
    return this.#bytes;
  }

  /** An address that was computed from another. */
  addPart(part: IrValue, whole: IrValue): void {
    const room = this.#roomOf.get(whole.text);
    if (room !== undefined) this.#roomOf.set(part.text, room);
  }

  /** Somebody gets these values: rooms whose addresses are among them are memory from now on. */
  share(values: readonly IrValue[]): void {
    for (const { text } of values) {
      const room = this.#roomOf.get(text);
      if (room !== undefined) this.#shared.add(room);
    }
  }

  /** What makes the rooms. */
  get instructions(): readonly IrInstruction[] {
    return this.#rooms.map(({ instruction }) => instruction);
  }

  /** Those that nobody else has the address of. */
  get unshared(): readonly { readonly pointer: IrPointer; readonly bytes: number }[] {
    return this.#rooms.filter(({ pointer }) => !this.#shared.has(pointer.text));
  }
}
