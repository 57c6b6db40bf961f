/** Implements the builtins' port Emitter over our IR: numbers, control flow, memory, helpers. Knows no builtin and no statement. */

import { assert, present } from '../base/assert.ts';
import type { SourceFile } from '../base/source-file.ts';
import { lineColumnAt } from '../base/source-file.ts';
import type { Span } from '../base/span.ts';
import type { EventDefinition, EventFields } from '../builtins/define.ts';
import type {
  Argument,
  CompareOp,
  Emitter,
  FieldValue,
  HelperArgument,
  MapArgument,
  Memory,
  NameTable,
  Operand,
  ProgramInfo,
  Scalar,
} from '../builtins/emitter.ts';
import type { Machine } from '../plan/machine.ts';
import type { PlanConstant } from '../plan/plan.ts';
import type { Settings } from '../plan/settings.ts';
import type { ContextSlot } from '../probes/define.ts';
import { alignDividing, roundUp, sizeOf } from '../types/layout.ts';
import type { ByteText } from '../types/value.ts';
import { helperNamed, isRecent } from './bpf/helpers.ts';
import type { Storage } from './bpf/storage.ts';
import type { Comparison } from './llvm/fold.ts';
import { promised } from './llvm/block-writer.ts';
import type { FunctionBuilder } from './llvm/ir.ts';
import type { IntegerIrType, IrPointer, IrValue } from './llvm/ir-value.ts';
import {
  bitsOf,
  constant,
  i1,
  i64,
  integerType,
  nullPointer,
  symbolPointer,
  withAlign,
} from './llvm/ir-value.ts';
import { emitOrder } from './routines/blocks.ts';
import { emitFind } from './routines/find.ts';
import type { Tables } from './tables.ts';
import { Place, placeOf, Register, registerOf } from './values.ts';
import { pieces, wordOf } from './words.ts';

/** What needs the tree, the maps or the records: given by emit-probe.ts, so that this file knows none of them. */
export interface Surroundings {
  kernelField(struct: string, field: string): ContextSlot;
  evaluate(argument: Argument): Operand;
  address(argument: Argument): { readonly address: Scalar; readonly space: 'kernel' | 'user' };
  keyOf(map: MapArgument, key: Argument | undefined): Memory;
  countEntries(map: MapArgument): Scalar;
  submit(
    event: EventDefinition<EventFields>,
    fields: Readonly<Record<string, FieldValue>>,
    constants: Readonly<Record<string, PlanConstant>>,
  ): void;
  submitArguments(
    event: EventDefinition<EventFields>,
    args: readonly Argument[],
    constants: Readonly<Record<string, PlanConstant>>,
  ): void;
}

export interface EmitterOptions {
  readonly builder: FunctionBuilder;
  readonly storage: Storage;
  readonly program: ProgramInfo;
  readonly machine: Machine;
  readonly settings: Settings;
  readonly source: SourceFile;
  readonly tables: Tables;
  readonly surroundings: Surroundings;
  /** The probe's context. */
  readonly context: () => IrValue;
  /** The attach point. */
  readonly span: Span;
}

/** Copies and fills of more words than this are left to a helper: a word takes two instructions or one, a call takes five. */
const inlineCopiesMax = 8;
const inlineFillsMax = 16;

const comparisons = {
  '==': ['eq', 'eq'],
  '!=': ['ne', 'ne'],
  '<': ['ult', 'slt'],
  '<=': ['ule', 'sle'],
  '>': ['ugt', 'sgt'],
  '>=': ['uge', 'sge'],
} as const satisfies Record<CompareOp, readonly [unsigned: Comparison, signed: Comparison]>;

const integerTypes = { 1: 'i1', 8: 'i8', 16: 'i16', 32: 'i32', 64: 'i64' } as const satisfies Record<
  Scalar['bits'],
  IntegerIrType
>;

export class BpfEmitter implements Emitter {
  readonly builder: FunctionBuilder;
  readonly storage: Storage;
  readonly program: ProgramInfo;
  readonly machine: Machine;
  readonly settings: Settings;
  readonly #source: SourceFile;
  readonly #tables: Tables;
  readonly #surroundings: Surroundings;
  readonly #context: () => IrValue;
  #span: Span;
  /** Where the next value of that size should be made, to save a copy. */
  #landing: Place | undefined;
  #keepsPointers = false;

  constructor(options: EmitterOptions) {
    this.builder = options.builder;
    this.storage = options.storage;
    this.program = options.program;
    this.machine = options.machine;
    this.settings = options.settings;
    this.#source = options.source;
    this.#tables = options.tables;
    this.#surroundings = options.surroundings;
    this.#context = options.context;
    this.#span = options.span;
  }

  get tables(): Tables {
    return this.#tables;
  }

  /** Instructions from now on come from here. */
  locate(span: Span): void {
    if (span === this.#span) return;
    this.#span = span;
    this.builder.setLocation(lineColumnAt(this.#source, span.start));
  }

  /** What `act` writes comes from here. */
  at<T>(span: Span, act: () => T): T {
    const outer = this.#span;
    this.locate(span);
    const result = act();
    this.locate(outer);
    return result;
  }

  /** Where in the script we are. */
  get span(): Span {
    return this.#span;
  }

  // Numbers

  int(value: number | bigint, bits: 8 | 16 | 32 | 64 = 64): Register {
    return new Register(constant(integerTypes[bits], value));
  }

  truth(value: boolean): Register {
    return new Register(i1(value));
  }

  add(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('add', a, b, 'sum');
  }
  subtract(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('sub', a, b, 'difference');
  }
  multiply(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('mul', a, b, 'product');
  }
  divide(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('udiv', a, b, 'quotient');
  }
  modulo(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('urem', a, b, 'remainder');
  }
  and(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('and', a, b, 'and');
  }
  or(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('or', a, b, 'or');
  }
  xor(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('xor', a, b, 'xor');
  }
  shiftLeft(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('shl', a, b, 'shifted');
  }
  shiftRight(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('lshr', a, b, 'shifted');
  }
  shiftRightSigned(a: Scalar, b: Scalar | number | bigint): Register {
    return this.#binary('ashr', a, b, 'shifted');
  }

  #binary(
    operation: Parameters<FunctionBuilder['binary']>[0],
    a: Scalar,
    b: Scalar | number | bigint,
    name: string,
  ): Register {
    const left = registerOf(a).ir;
    return new Register(this.builder.binary(operation, left, this.#like(left, b), name));
  }

  /** The second operand, as wide as the first. */
  #like(left: IrValue, b: Scalar | number | bigint): IrValue {
    if (typeof b !== 'number' && typeof b !== 'bigint') return registerOf(b).ir;
    assert(left.type !== 'ptr', 'numbers go with numbers');
    return constant(left.type, b);
  }

  byteSwap(a: Scalar): Register {
    return new Register(this.builder.byteSwap(registerOf(a).ir, 'swapped'));
  }

  compare(op: CompareOp, a: Scalar, b: Scalar | number | bigint, signed = false): Register {
    const left = registerOf(a).ir;
    return new Register(this.builder.icmp(comparisons[op][signed ? 1 : 0], left, this.#like(left, b), 'is'));
  }

  select(condition: Scalar, a: Scalar, b: Scalar): Register {
    return new Register(
      this.builder.select(registerOf(condition).ir, registerOf(a).ir, registerOf(b).ir, 'chosen'),
    );
  }

  resize(a: Scalar, bits: Scalar['bits'], signed = false): Register {
    const { ir } = registerOf(a);
    if (bitsOf(ir.type) === bits) return registerOf(a);
    const type = integerTypes[bits];
    if (bitsOf(ir.type) > bits) return new Register(this.builder.trunc(ir, type, 'low'));
    // A truth value is 0 or 1, whatever the sign.
    if (signed && ir.type !== 'i1') return new Register(this.builder.sext(ir, type, 'wide'));
    return new Register(this.builder.zext(ir, type, 'wide'));
  }

  // Control flow

  when(condition: Scalar, then: () => void, otherwise?: () => void): void {
    const { builder } = this;
    const { ir } = registerOf(condition);
    const yes = builder.block('then');
    const no = otherwise ? builder.block('else') : undefined;
    const end = builder.block('end');
    builder.condBr(ir, yes, no ?? end);
    builder.enter(yes);
    then();
    if (!builder.hasEnded) builder.br(end);
    if (no && otherwise) {
      builder.enter(no);
      otherwise();
      if (!builder.hasEnded) builder.br(end);
    }
    builder.enter(end);
  }

  choose(condition: Scalar, then: () => Scalar, otherwise: () => Scalar): Register {
    const { builder } = this;
    const [yes, no, end] = [builder.block('then'), builder.block('else'), builder.block('end')];
    builder.condBr(registerOf(condition).ir, yes, no);
    const ways = [
      [yes, then],
      [no, otherwise],
    ] as const;
    const incoming = ways.map(([block, act]) => {
      builder.enter(block);
      const value = registerOf(act()).ir;
      const from = builder.currentBlock;
      builder.br(end);
      return [value, from] as const;
    });
    builder.enter(end);
    return new Register(builder.phi(incoming, 'value'));
  }

  chooseMany(
    condition: Scalar,
    then: () => readonly Scalar[],
    otherwise: () => readonly Scalar[],
  ): readonly Register[] {
    const { builder } = this;
    const [yes, no, end] = [builder.block('then'), builder.block('else'), builder.block('end')];
    builder.condBr(registerOf(condition).ir, yes, no);
    builder.enter(yes);
    builder.barrier();
    const first = then().map((value) => registerOf(value).ir);
    const firstFrom = builder.currentBlock;
    builder.br(end);
    builder.enter(no);
    const second = otherwise().map((value) => registerOf(value).ir);
    const secondFrom = builder.currentBlock;
    builder.br(end);
    builder.enter(end);
    return first.map((value, index) => {
      const other = present(second[index], 'a value for each');
      const ways = [[value, firstFrom] as const, [other, secondFrom] as const];
      return new Register(builder.phi(ways, 'value'));
    });
  }

  repeat(times: number, body: (index: Scalar, stop: () => void) => void): void {
    const { builder } = this;
    const before = builder.currentBlock;
    const [round, next, end] = [builder.block('loop'), builder.block('loop.next'), builder.block('loop.end')];
    builder.br(times > 0 ? round : end);
    if (times > 0) {
      builder.enter(round);
      const advanced = builder.promise('i64', 'next_index');
      const index = builder.phi(
        [
          [i64(0), before],
          [advanced, next],
        ],
        'index',
      );
      body(new Register(index), () => builder.br(end));
      if (!builder.hasEnded) builder.br(next);
      builder.enter(next);
      const after = builder.add(index, i64(1), promised('next_index'));
      builder.condBr(builder.icmp('ult', after, i64(times), 'more'), round, end);
    }
    builder.enter(end);
  }

  // Memory

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

  // The kernel

  helper(name: string, args: readonly HelperArgument[]): Register {
    if (isRecent(name)) this.tables.require(name, this.#span);
    const values = args.map((argument, index) => this.#helperArgument(argument, args[index - 1]));
    return new Register(this.builder.callHelper(helperNamed(name), values, name));
  }

  #helperArgument(argument: HelperArgument, before: HelperArgument | undefined): IrValue {
    if (argument === 'context') return this.#context();
    if (typeof argument === 'number' || typeof argument === 'bigint') return i64(argument);
    if ('map' in argument) return symbolPointer(argument.map.symbol);
    if ('length' in argument) return this.#length(argument.length, before);
    if (argument instanceof Place) return argument.pointer;
    return registerOf(this.resize(registerOf(argument), 64)).ir;
  }

  #length(length: Scalar | number, of: HelperArgument | undefined): IrValue {
    if (typeof length === 'number') return i64(length);
    assert(of instanceof Place, 'a length stands behind the memory that it is of');
    return this.bounded(registerOf(this.resize(length, 64)), of.bytes).ir;
  }

  /** A length or offset that the verifier can see to be no more than `max`, whatever the optimiser made of the script's own checks. */
  bounded(value: Register, max: number): Register {
    if (value.ir.constant !== undefined) return value;
    const opaque = this.builder.opaque(value.ir, 'length');
    const isTooLong = this.builder.icmp('ugt', opaque, i64(max), 'is_too_long');
    return new Register(this.builder.select(isTooLong, i64(max), opaque, 'bounded'));
  }

  nameOf(table: NameTable, index: Scalar): Place {
    const { symbol } = this.#tables.names(table);
    const name = this.reserve(table.bytes, 'name');
    this.zero(name);
    const key = this.storage.reserve(4, 'index');
    this.store(key, 0, this.resize(index, 32));
    const found = this.lookup(symbol, key);
    this.when(new Register(this.builder.icmp('ne', found, nullPointer, 'is_there')), () =>
      this.copy(name, 0, new Place(found, table.bytes), 0, table.bytes),
    );
    return name;
  }

  orderOf(a: Memory, b: Memory, bytes: number, areTexts: boolean): Register {
    return emitOrder(this, placeOf(a), placeOf(b), bytes, areTexts);
  }

  find(haystack: Memory, needle: Memory | ByteText): Register {
    return emitFind(this, placeOf(haystack), typeof needle === 'string' ? needle : placeOf(needle));
  }

  /** A map's value under a key, or null. */
  lookup(symbol: string, key: Place): IrPointer {
    const helper = helperNamed('map_lookup_elem', 'ptr');
    return withAlign(this.builder.callHelper(helper, [symbolPointer(symbol), key.pointer], 'found'), 8);
  }

  /** The same on one of the CPUs; of maps that have a value for each. */
  lookupOn(cpu: Scalar, symbol: string, key: Place): IrPointer {
    const name = 'map_lookup_percpu_elem';
    this.tables.require(name, this.#span);
    const number = registerOf(this.resize(cpu, 64)).ir;
    const args = [symbolPointer(symbol), key.pointer, number];
    return withAlign(this.builder.callHelper(helperNamed(name, 'ptr'), args, 'found'), 8);
  }

  kernelField(struct: string, field: string): ContextSlot {
    return this.#surroundings.kernelField(struct, field);
  }

  context(slot: ContextSlot): Register {
    const { offset, type } = slot;
    const size = sizeOf(type);
    // Perf's own fields at the head of a tracepoint's record are closed to loads, as are unaligned ones (kernel/trace/bpf_trace.c,
    // tp_prog_is_valid_access); the helper reads both.
    const isClosed = offset % size !== 0 || (this.program.type === 'tracepoint' && offset < 8);
    return isClosed ? this.#readContext(offset, size) : this.#loadContext(slot, size);
  }

  /**
   * The verifier takes loads from the context at constant offsets only. Volatile and opaque keep them so: LLVM would make one load at a
   * chosen address of two loads of which one is chosen.
   */
  #loadContext({ offset, type }: ContextSlot, size: number): Register {
    const { builder } = this;
    const width = integerType(size);
    const pointer = builder.gep(this.#context(), offset, `ctx.${offset}`);
    const loaded = builder.load(width, pointer, 'context', { volatile: true, align: size });
    const whole = builder.opaque(size < 4 ? builder.zext(loaded, 'i32', 'whole') : loaded, 'value');
    const value = new Register(size < 4 ? builder.trunc(whole, width, 'value') : whole);
    const typed = type.kind === 'pointer' ? this.program.context.typedPointers : undefined;
    const isKept = typed === undefined || (typed === 'present' && this.#keepsPointers);
    return isKept ? value : this.launder(value);
  }

  /** What a pointer in the context leads to, and so on: pointers that the verifier knows as what they are. */
  follow(offsets: readonly number[]): Register {
    const { builder } = this;
    return new Register(
      offsets.reduce(
        (from, offset) => builder.load('ptr', builder.gep(from, offset, 'at'), 'led'),
        this.#context(),
      ),
    );
  }

  #readContext(offset: number, bytes: number): Register {
    const read = this.storage.reserve(8, 'field');
    this.readMemory(this.part(read, 0, bytes), bytes, this.add(this.contextAddress(), offset), 'kernel');
    return new Register(this.builder.load(integerType(bytes), read.pointer, 'value'));
  }

  /** Pointers that `act` takes from the context are only read through or compared with zero: they stay what they are to the verifier. */
  keepingPointers<T>(act: () => T): T {
    const outer = this.#keepsPointers;
    this.#keepsPointers = true;
    const result = act();
    this.#keepsPointers = outer;
    return result;
  }

  /** The verifier forbids arithmetic on the typed pointers of tracing programs; read back from the stack they are plain numbers. */
  launder(pointer: Register): Register {
    const [stored, read] = [this.storage.reserve(8, 'pointer'), this.storage.reserve(8, 'number')];
    this.store(stored, 0, pointer);
    this.helper('probe_read_kernel', [read, 8, stored]);
    return this.load(read, 0, 64);
  }

  readMemory(to: Memory, bytes: Scalar | number, from: Scalar, space: 'kernel' | 'user'): Register {
    return this.helper(`probe_read_${space}`, [to, { length: bytes }, from]);
  }

  readText(to: Memory, bytes: Scalar | number, from: Scalar, space: 'kernel' | 'user'): Register {
    return this.helper(`probe_read_${space}_str`, [to, { length: bytes }, from]);
  }

  // Arguments

  value(argument: Argument): Register {
    return registerOf(this.withoutLanding(() => this.#surroundings.evaluate(argument)));
  }

  wide(argument: Argument): Register {
    const { type } = argument;
    const signed = (type.kind === 'int' || type.kind === 'enum') && type.signed;
    return this.resize(this.value(argument), 64, signed);
  }

  bytes(argument: Argument): Place {
    return placeOf(this.withoutLanding(() => this.#surroundings.evaluate(argument)));
  }

  address(argument: Argument): { readonly address: Scalar; readonly space: 'kernel' | 'user' } {
    return this.withoutLanding(() => this.#surroundings.address(argument));
  }

  keyOf(map: MapArgument, key?: Argument): Memory {
    return this.withoutLanding(() => this.#surroundings.keyOf(map, key));
  }

  countEntries(map: MapArgument): Scalar {
    return this.#surroundings.countEntries(map);
  }

  submit<F extends EventFields>(
    event: EventDefinition<F>,
    fields: { readonly [K in keyof F]: FieldValue },
    constants: Readonly<Record<string, PlanConstant>> = {},
  ): void {
    this.#surroundings.submit(event, fields, constants);
  }

  submitArguments(
    event: EventDefinition<EventFields>,
    args: readonly Argument[],
    constants: Readonly<Record<string, PlanConstant>>,
  ): void {
    this.#surroundings.submitArguments(event, args, constants);
  }

  text(text: ByteText): number {
    return this.#tables.text(text);
  }

  place(span: Span, message: string): number {
    return this.#tables.place(span, message);
  }

  /** The address of bytes, as a number. */
  addressOf(place: Place): Register {
    return new Register(this.builder.ptrToInt(place.pointer, 'address'));
  }

  /** The context's address, for helpers that read from it. */
  contextAddress(): Register {
    return new Register(this.builder.ptrToInt(this.#context(), 'context'));
  }
}
