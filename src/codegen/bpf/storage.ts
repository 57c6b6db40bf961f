/**
 * Who lives on the 512-byte BPF stack and who in the program's scratch memory (a per-CPU map): small values on the stack while there is room,
 * all others in scratch. Two values that live at the same time never share bytes; those of a scope are free again when it ends.
 * A program's functions (bodies of loops, functions of the script) have a stack of their own each, and parts of one scratch.
 */

import { present } from '../../base/assert.ts';
import { roundUp } from '../../types/layout.ts';
import type { FunctionBuilder } from '../llvm/ir.ts';
import type { IntegerIrType, IrPointer } from '../llvm/ir-value.ts';
import { withAlign } from '../llvm/ir-value.ts';
import { Place } from '../values.ts';

/** Name of the value that holds the scratch memory's address. It is used before the function's entry, which defines it, is written. */
export const scratchPointerName = 'scratch';

export interface StorageLimits {
  /** A larger value lives in scratch. */
  readonly onStackLimit: number;
  /** Bytes that values may take on this function's stack. */
  readonly stackBytesMax: number;
}

/** Bytes of scratch that several functions of a program find. */
export interface ScratchRoom {
  readonly offset: number;
  readonly bytes: number;
  readonly name: string;
}

/** Rooms for addresses have multiples of so many bytes, so that one serves many. */
const addressRoomBytes = 64;

interface StackRoom {
  readonly pointer: IrPointer;
  readonly bytes: number;
}

interface RegisterRoom {
  readonly pointer: IrPointer;
  readonly type: IntegerIrType;
}

export class Storage {
  readonly #builder: FunctionBuilder;
  readonly #limits: StorageLimits;
  readonly #freeRooms: StackRoom[] = [];
  #rooms: StackRoom[] = [];
  readonly #freeRegisters: RegisterRoom[] = [];
  #registers: RegisterRoom[] = [];
  #stackBytes = 0;
  #frame: IrPointer | undefined;
  #scratch: IrPointer | undefined;
  #scratchBytes: number;
  /** The most that was ever in use. */
  #scratchBytesMax: number;

  /** `scratchBytes` of the scratch memory belong to the functions around this one. */
  constructor(builder: FunctionBuilder, limits: StorageLimits, scratchBytes = 0) {
    this.#builder = builder;
    this.#limits = limits;
    this.#scratchBytes = scratchBytes;
    this.#scratchBytesMax = scratchBytes;
  }

  /** Bytes of scratch that the function needs, and those within it; 0 if they need none. */
  get scratchBytes(): number {
    return this.#scratchBytesMax;
  }

  /** Storage of a function that runs while this one waits: what is in use now stays as it is. */
  inner(builder: FunctionBuilder): Storage {
    return new Storage(builder, this.#limits, this.#scratchBytes);
  }

  /** An inner function has been written. */
  include({ scratchBytes }: Storage): void {
    this.#scratchBytesMax = Math.max(this.#scratchBytesMax, scratchBytes);
  }

  /** Whether the function itself needs the address of scratch. */
  get usesScratch(): boolean {
    return this.#scratch !== undefined;
  }

  /** Where scratch begins. */
  get scratch(): IrPointer {
    return (this.#scratch ??= withAlign(this.#builder.promise('ptr', scratchPointerName), 8));
  }

  /** Fresh bytes, aligned to 8, until the scope ends. */
  reserve(bytes: number, name: string): Place {
    const size = roundUp(Math.max(bytes, 1), 8);
    const room = bytes <= this.#limits.onStackLimit ? this.#stackRoom(size, name) : undefined;
    return room ? new Place(room, bytes) : this.reserveScratch(bytes, name);
  }

  /** The same where scratch won't do, since what it is for holds addresses: on the stack, whatever its size. */
  reserveOnStack(bytes: number, name: string): Place {
    const size = roundUp(bytes, addressRoomBytes);
    return new Place(present(this.#stackRoom(size, name, Infinity), 'room on the stack'), bytes);
  }

  /** The same where the stack won't do: kernels before 5.12 refuse reads of it at an offset known at run time only. */
  reserveScratch(bytes: number, name: string): Place {
    return this.at(this.reserveShared(bytes, name));
  }

  /** The same for inner functions too. */
  reserveShared(bytes: number, name: string): ScratchRoom {
    const offset = this.#scratchBytes;
    this.#scratchBytes += roundUp(Math.max(bytes, 1), 8);
    this.#scratchBytesMax = Math.max(this.#scratchBytesMax, this.#scratchBytes);
    return { offset, bytes, name };
  }

  /** Shared bytes as this function finds them. */
  at({ offset, bytes, name }: ScratchRoom): Place {
    return new Place(this.#builder.gep(this.scratch, offset, name), bytes);
  }

  /**
   * Room for a number that nothing but loads and stores is done with, until the scope ends: LLVM keeps it in a register. One for each use
   * would take LLVM the square of their number.
   */
  reserveRegister(type: IntegerIrType, name: string): IrPointer {
    const free = this.#freeRegisters.findIndex((register) => register.type === type);
    const [register = { type, pointer: this.#builder.alloca(type, name) }] =
      free >= 0 ? this.#freeRegisters.splice(free, 1) : [];
    this.#registers.push(register);
    return register.pointer;
  }

  /** Bytes on the stack that calls leave something in for the function that they call. All calls have the same. */
  frame(bytes: number): IrPointer {
    return (this.#frame ??= this.#builder.allocaBytes(bytes, 8, 'frame'));
  }

  /** What is reserved within `act` is free again behind it. */
  scope<T>(act: () => T): T {
    const [rooms, registers, scratchBytes] = [this.#rooms, this.#registers, this.#scratchBytes];
    [this.#rooms, this.#registers] = [[], []];
    const result = act();
    this.#freeRooms.push(...this.#rooms);
    this.#freeRegisters.push(...this.#registers);
    [this.#rooms, this.#registers] = [rooms, registers];
    this.#scratchBytes = scratchBytes;
    return result;
  }

  #stackRoom(size: number, name: string, bytesMax = this.#limits.stackBytesMax): IrPointer | undefined {
    const free = this.#freeRooms.findIndex((room) => room.bytes === size);
    const room = free >= 0 ? this.#freeRooms.splice(free, 1)[0] : this.#newRoom(size, name, bytesMax);
    if (room) this.#rooms.push(room);
    return room?.pointer;
  }

  #newRoom(bytes: number, name: string, bytesMax: number): StackRoom | undefined {
    if (this.#stackBytes + bytes > bytesMax) return undefined;
    this.#stackBytes += bytes;
    const pointer =
      bytes === 8 ? this.#builder.alloca('i64', name) : this.#builder.allocaBytes(bytes, 8, name);
    return { pointer, bytes };
  }
}
