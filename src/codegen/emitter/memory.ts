/** Memory: the part of the emitter that keeps, reads, writes and copies bytes. */

import type { HelperArgument, Memory, Operand, Scalar } from '../../builtins/emitter.ts';
import { alignDividing, roundUp } from '../../types/layout.ts';
import type { ByteText } from '../../types/value.ts';
import type { Storage } from '../bpf/storage.ts';
import type { FunctionBuilder } from '../llvm/ir.ts';
import type { IrPointer } from '../llvm/ir-value.ts';
import { i64, withAlign } from '../llvm/ir-value.ts';
import { Place, placeOf, Register, registerOf } from '../values.ts';
import { pieces, wordOf } from '../words.ts';
import { FlowEmitter } from './flow.ts';
import { integerTypes } from './numbers.ts';

/** Copies and fills of more words than this are left to a helper: a word takes two instructions or one, a call takes five. */
const inlineCopiesMax = 8;
const inlineFillsMax = 16;

export abstract class MemoryEmitter extends FlowEmitter {
  readonly storage: Storage;
  /** Where the next value of that size should be made, to save a copy. */
  #landing: Place | undefined;

  constructor(builder: FunctionBuilder, storage: Storage) {
    super(builder);
    this.storage = storage;
  }

  /** Large copies are left to the kernel. */
  abstract helper(name: string, args: readonly HelperArgument[]): Register;

  reserve(bytes: number, name: string): Place {
    const landing = this.#landing;
    if (landing?.bytes === bytes) {
      this.#landing = undefined;
      return landing;
    }
    return this.storage.reserve(bytes, name);
  }

  reserveIndexed(bytes: number, name: string): Place {
    return this.storage.reserveScratch(bytes, name);
  }

  /** Makes a value with `act`, in `place` if it fits there, and copies it there otherwise. */
  landIn(place: Place, act: () => Operand): void {
    this.#landing = place;
    const value = placeOf(act());
    this.#landing = undefined;
    if (value !== place) this.copy(place, 0, value, 0, Math.min(place.bytes, value.bytes));
  }

  /** What is made within `act` does not land. */
  withoutLanding<T>(act: () => T): T {
    const landing = this.#landing;
    this.#landing = undefined;
    const result = act();
    this.#landing = landing;
    return result;
  }

  zero(memory: Memory): void {
    const { pointer, bytes } = placeOf(memory);
    if (bytes <= inlineFillsMax * (pointer.align ?? 1)) this.builder.memset(pointer, 0, bytes);
    // Reading at address 0 fails, and the helper then fills its destination with zeros (kernel/trace/bpf_trace.c).
    else this.helper('probe_read_kernel', [memory, bytes, 0]);
  }

  literal(text: ByteText, capacity = text.length + 1): Place {
    const place = this.reserve(capacity, 'text');
    const bytes = Buffer.alloc(capacity);
    bytes.write(text.slice(0, capacity - 1), 'latin1');
    // What lies behind the word with the NUL is filled at once.
    const written = Math.min(capacity, roundUp(text.length + 1, 8));
    for (const { offset, bits } of pieces(written))
      this.store(place, offset, this.int(wordOf(bytes.subarray(offset, offset + bits / 8)), bits));
    if (capacity > written) this.zero(this.part(place, written, capacity - written));
    return place;
  }

  load(memory: Memory, offset: number, bits: 8 | 16 | 32 | 64): Register {
    return new Register(this.builder.load(integerTypes[bits], this.addressAt(memory, offset), 'loaded'));
  }

  loadAt(memory: Memory, offset: Scalar, bits: 8 | 16 | 32 | 64): Register {
    const { pointer, align } = this.#addressBehind(memory, offset, bits);
    return new Register(this.builder.load(integerTypes[bits], pointer, 'loaded', { align }));
  }

  /** Offsets are multiples of the width. */
  #addressBehind(
    memory: Memory,
    offset: Scalar,
    bits: Scalar['bits'],
  ): { readonly pointer: IrPointer; readonly align: number } {
    const { pointer } = placeOf(memory);
    const align = Math.min(pointer.align ?? 1, bits / 8);
    return { pointer: this.builder.gep(pointer, registerOf(offset).ir, 'element'), align };
  }

  store(memory: Memory, offset: number, value: Scalar): void {
    const { ir } = registerOf(value);
    const stored = ir.type === 'i1' ? this.builder.zext(ir, 'i8', 'byte') : ir;
    this.builder.store(stored, this.addressAt(memory, offset));
  }

  storeAt(memory: Memory, offset: Scalar, value: Scalar): void {
    const { pointer, align } = this.#addressBehind(memory, offset, value.bits);
    this.builder.store(registerOf(value).ir, pointer, { align });
  }

  atomicAdd(memory: Memory, offset: number, value: Scalar): void {
    this.builder.atomic('add', this.addressAt(memory, offset), registerOf(value).ir, 'before');
  }

  copy(to: Memory, toOffset: number, from: Memory, fromOffset: number, bytes: number): void {
    if (bytes === 0) return;
    const target = this.addressAt(to, toOffset);
    const source = this.addressAt(from, fromOffset);
    const align = Math.min(target.align ?? 1, source.align ?? 1);
    if (bytes <= inlineCopiesMax * align) return this.builder.memcpy(target, source, bytes);
    this.helper('probe_read_kernel', [new Place(target, bytes), bytes, new Place(source, bytes)]);
  }

  part(memory: Memory, offset: number, bytes: number): Place {
    return new Place(this.addressAt(memory, offset), bytes);
  }

  /** One of elements that lie side by side, each of so many bytes; the caller has bounded the index. */
  elementAt(memory: Memory, index: Scalar, bytes: number): Place {
    const { pointer } = placeOf(memory);
    const element = this.builder.gep(pointer, this.multiply(index, bytes).ir, 'element');
    return new Place(withAlign(element, Math.min(pointer.align ?? 1, alignDividing(bytes))), bytes);
  }

  partAt(memory: Memory, offset: Scalar, bytes: number): Place {
    const bounded = this.bounded(registerOf(offset), memory.bytes - bytes);
    return this.alignedPartAt(memory, bounded, bytes, 1);
  }

  /** A part at an offset known at run time only, a multiple of `align`. The caller has bounded it. */
  alignedPartAt(memory: Memory, offset: Register, bytes: number, align: 1 | 8): Place {
    const { pointer } = placeOf(memory);
    const part = this.builder.gep(pointer, offset.ir, 'part');
    return new Place(withAlign(part, Math.min(pointer.align ?? 1, align)), bytes);
  }

  /** The address of a byte. */
  addressAt(memory: Memory, offset: number): IrPointer {
    const { pointer } = placeOf(memory);
    return this.builder.gep(pointer, offset, `${pointer.text.slice(1)}.${offset}`);
  }

  /** A length or offset that the verifier can see to be no more than `max`, whatever the optimiser made of the script's own checks. */
  bounded(value: Register, max: number): Register {
    if (value.ir.constant !== undefined) return value;
    const opaque = this.builder.opaque(value.ir, 'length');
    const isTooLong = this.builder.icmp('ugt', opaque, i64(max), 'is_too_long');
    return new Register(this.builder.select(isTooLong, i64(max), opaque, 'bounded'));
  }
}
