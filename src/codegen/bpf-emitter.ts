/**
 * Implements the builtins' port Emitter over our IR. Here: places in the script, helpers, the context, and what the surroundings do;
 * numbers, control flow and memory are below, in emitter/. Knows no builtin and no statement.
 */

import { assert, present } from '../base/assert.ts';
import type { SourceFile } from '../base/source-file.ts';
import { lineColumnAt } from '../base/source-file.ts';
import type { Span } from '../base/span.ts';
import { spanIn } from '../base/span.ts';
import type { EventDefinition, EventFields } from '../builtins/define.ts';
import { helperFailure, runtimeWarning } from '../builtins/runtime-warning.ts';
import type {
  Argument,
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
import { kernelFunctionBase } from '../plan/helpers.ts';
import { slotSymbol } from '../plan/plan.ts';
import type { Settings } from '../plan/settings.ts';
import type { ContextSlot } from '../probes/define.ts';
import { sizeOf } from '../types/layout.ts';
import type { ByteText } from '../types/value.ts';
import { helperNamed, isRecent } from './bpf/helpers.ts';
import type { Storage } from './bpf/storage.ts';
import { MemoryEmitter } from './emitter/memory.ts';
import type { IrBlock } from './llvm/block-writer.ts';
import type { FunctionBuilder } from './llvm/ir.ts';
import type { IrPointer, IrValue } from './llvm/ir-value.ts';
import { i64, integerType, nullPointer, symbolPointer, withAlign } from './llvm/ir-value.ts';
import { emitOrder } from './routines/blocks.ts';
import { emitFind } from './routines/find.ts';
import type { Tables } from './tables.ts';
import { Place, placeOf, Register, registerOf } from './values.ts';

/** The way to a pointer that the verifier knows: offsets of pointers, the first in the context, each of the others behind the one before. */
export interface GivenPointer {
  readonly offsets: readonly number[];
  /** How many bytes it lies behind the last of them. */
  readonly behind: number;
}

/** What needs the tree, the maps or the records: given by emit-probe.ts, so that this file knows none of them. */
export interface Surroundings {
  kernelField(struct: string, field: string): ContextSlot;
  kernelSymbol(name: string): bigint;
  /** The BTF id of a function of the kernel. */
  kernelFunction(name: string): number;
  given(argument: Argument): GivenPointer;
  evaluate(argument: Argument): Operand;
  address(argument: Argument): { readonly address: Scalar; readonly space: 'kernel' | 'user' };
  keyOf(map: MapArgument, key: Argument | undefined): Memory;
  countEntries(map: MapArgument): Scalar;
  copyFound(map: MapArgument, key: Argument, variable: Argument): Scalar;
  submit(
    event: EventDefinition<EventFields>,
    fields: Readonly<Record<string, FieldValue>>,
    constants: Readonly<Record<string, PlanConstant>>,
  ): void;
  submitPacket(
    event: EventDefinition<EventFields>,
    fields: Readonly<Record<string, FieldValue>>,
    constants: Readonly<Record<string, PlanConstant>>,
    packet: Packet,
  ): Scalar;
  submitArguments(
    event: EventDefinition<EventFields>,
    args: readonly Argument[],
    constants: Readonly<Record<string, PlanConstant>>,
  ): void;
}

/** The first bytes of a struct sk_buff. */
export interface Packet {
  readonly from: Memory;
  readonly bytes: Scalar;
}

export interface EmitterOptions {
  readonly builder: FunctionBuilder;
  readonly storage: Storage;
  readonly program: ProgramInfo;
  readonly machine: Machine;
  readonly settings: Settings;
  /** The text that the function is in. */
  readonly source: SourceFile;
  readonly tables: Tables;
  readonly surroundings: Surroundings;
  /** The probe's context. */
  readonly context: () => IrValue;
  /** The attach point. */
  readonly span: Span;
}

const owners = { kernel: 'kernel', user: 'process' } as const;

/** -ENOENT, as helpers say it. */
const noSuchEntry = -2;

/** Of a map as an argument of a helper. */
const symbolIn = (argument: HelperArgument): string | undefined =>
  typeof argument === 'object' && 'map' in argument ? argument.map.symbol : undefined;

export class BpfEmitter extends MemoryEmitter implements Emitter {
  readonly program: ProgramInfo;
  readonly machine: Machine;
  readonly settings: Settings;
  readonly source: SourceFile;
  readonly #tables: Tables;
  readonly #surroundings: Surroundings;
  readonly #context: () => IrValue;
  #span: Span;
  #keepsPointers = false;

  constructor(options: EmitterOptions) {
    super(options.builder, options.storage);
    this.program = options.program;
    this.machine = options.machine;
    this.settings = options.settings;
    this.source = options.source;
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
    // The back end looks lines up in the function's own text: what a macro of another text wrote is where the macro is called.
    const own = spanIn(this.source.name, span);
    if (own) this.builder.setLocation(lineColumnAt(this.source, own.start));
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

  // The kernel

  helper(name: string, args: readonly HelperArgument[]): Register {
    if (isRecent(name)) this.tables.require(name, this.#span);
    const [symbol] = args.flatMap((argument) => symbolIn(argument) ?? []);
    const call = (map?: IrValue): IrValue => {
      const values = args.map((argument, index) =>
        map && symbolIn(argument) === symbol ? map : this.#helperArgument(argument, args[index - 1]),
      );
      return this.builder.callHelper(helperNamed(name), values, name);
    };
    return new Register(symbol === undefined ? call() : this.onMap(symbol, call, i64(noSuchEntry)));
  }

  /**
   * What `act` makes of a map. One that is exchanged while the script runs is looked up in its slot. There is always one, but the verifier
   * wants to see that checked: `absent` stands for the result then.
   */
  onMap(symbol: string, act: (map: IrValue) => IrValue, absent: IrValue): IrValue {
    if (!this.#tables.exchanged.has(symbol)) return act(symbolPointer(symbol));
    const { builder } = this;
    const end = builder.block('map.end');
    const held = this.#heldMap(symbol);
    const before = builder.currentBlock;
    const there = builder.block('map.there');
    builder.condBr(builder.icmp('ne', held, nullPointer, 'is_there'), there, end);
    builder.enter(there);
    const value = act(held);
    const after = builder.currentBlock;
    builder.br(end);
    builder.enter(end);
    return builder.phi(
      [
        [absent, before],
        [value, after],
      ],
      'value',
    );
  }

  /** A map for several steps, which have to be about the same one; `missing` gives the block to go on with if there is none. */
  mapNow(symbol: string, missing: () => IrBlock): IrValue {
    if (!this.#tables.exchanged.has(symbol)) return symbolPointer(symbol);
    const held = this.#heldMap(symbol);
    const there = this.builder.block('map.there');
    this.builder.condBr(this.builder.icmp('ne', held, nullPointer, 'is_there'), there, missing());
    this.builder.enter(there);
    return held;
  }

  #heldMap(symbol: string): IrValue {
    const place = this.storage.reserve(4, 'slot');
    this.store(place, 0, this.int(0, 32));
    return this.lookupIn(symbolPointer(slotSymbol(symbol)), place);
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
    return withAlign(
      this.onMap(symbol, (map) => this.lookupIn(map, key), nullPointer),
      8,
    );
  }

  lookupIn(map: IrValue, key: Place): IrPointer {
    const helper = helperNamed('map_lookup_elem', 'ptr');
    return withAlign(this.builder.callHelper(helper, [map, key.pointer], 'found'), 8);
  }

  /** The same on one of the CPUs; of maps that have a value for each. */
  lookupOn(cpu: Scalar, symbol: string, key: Place): IrPointer {
    const name = 'map_lookup_percpu_elem';
    this.tables.require(name, this.#span);
    const number = registerOf(this.resize(cpu, 64)).ir;
    const look = (map: IrValue): IrValue =>
      this.builder.callHelper(helperNamed(name, 'ptr'), [map, key.pointer, number], 'found');
    return withAlign(this.onMap(symbol, look, nullPointer), 8);
  }

  kernelField(struct: string, field: string): ContextSlot {
    return this.#surroundings.kernelField(struct, field);
  }

  borrow(lender: string, args: readonly Scalar[], taker: string, act: (object: Memory) => void): void {
    const { builder } = this;
    const call = (name: string, result: 'ptr' | 'i64', values: readonly IrValue[]): IrValue => {
      const id = kernelFunctionBase + this.#surroundings.kernelFunction(name);
      return builder.callHelper({ name, id, result }, values, name);
    };
    const object = call(
      lender,
      'ptr',
      args.map((arg) => registerOf(this.resize(arg, 64)).ir),
    );
    this.when(new Register(builder.icmp('ne', object, nullPointer, 'is_there')), () => {
      act(new Place(withAlign(object, 8), 0));
      call(taker, 'i64', [object]);
    });
  }

  kernelSymbol(name: string): bigint {
    return this.#surroundings.kernelSymbol(name);
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
    return new Register(this.#follow(this.#context(), offsets));
  }

  #follow(start: IrValue, offsets: readonly number[]): IrValue {
    const { builder } = this;
    return offsets.reduce(
      (from, offset) => builder.load('ptr', builder.gep(from, offset, 'at'), 'led'),
      start,
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
    return this.#told(`probe_read_${space}`, [to, { length: bytes }, from], space);
  }

  readText(to: Memory, bytes: Scalar | number, from: Scalar, space: 'kernel' | 'user'): Register {
    return this.#told(`probe_read_${space}_str`, [to, { length: bytes }, from], space);
  }

  /** A read of the script's, which may fail; told with -k. */
  #told(name: string, args: readonly HelperArgument[], space: 'kernel' | 'user'): Register {
    const result = this.helper(name, args);
    if (this.settings.reportFailures)
      this.reportFailure(name, result, `Can't read this: it is not in the memory of the ${owners[space]}`);
    return result;
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

  given(argument: Argument, act: (pointer: Memory) => Scalar, absent = 0): Register {
    const { offsets, behind } = this.#surroundings.given(argument);
    const [first = 0, ...others] = offsets;
    const { builder } = this;
    const base = this.#follow(this.#context(), [first]);
    return this.choose(
      new Register(builder.icmp('ne', base, nullPointer, 'is_given')),
      () => act(new Place(builder.gep(this.#follow(base, others), behind, 'given'), 0)),
      () => this.int(absent),
    );
  }

  keyOf(map: MapArgument, key?: Argument): Memory {
    return this.withoutLanding(() => this.#surroundings.keyOf(map, key));
  }

  copyFound(map: MapArgument, key: Argument, variable: Argument): Scalar {
    return this.#surroundings.copyFound(map, key, variable);
  }

  warn(message: string): void {
    this.submit(runtimeWarning, { place: this.place(this.#span, message) });
  }

  reportFailure(helper: string, result: Scalar, what: string): void {
    const failed = this.compare('<', result, 0, true);
    this.when(failed, () =>
      this.submit(helperFailure, { place: this.place(this.#span, what), code: result }, { helper }),
    );
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

  submitPacket<F extends EventFields>(
    event: EventDefinition<F>,
    fields: { readonly [K in keyof F]: FieldValue },
    constants: Readonly<Record<string, PlanConstant>>,
    packet: Packet,
  ): Scalar {
    return this.#surroundings.submitPacket(event, fields, constants, packet);
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

  writeLine(format: ByteText, values: readonly Operand[]): void {
    const { sequence } = present(this.program.context.walk, 'walk of an iterator');
    // The kernel takes one word for each: the number, or where the text lies.
    const words = this.storage.reserveOnStack(Math.max(8, 8 * values.length), 'values');
    values.forEach((value, index) =>
      this.store(words, 8 * index, value instanceof Place ? this.addressOf(value) : registerOf(value)),
    );
    const given = values.length > 0 ? [words, 8 * values.length] : [0, 0];
    const text = this.literal(format);
    this.helper('seq_printf', [this.follow(sequence), text, format.length + 1, ...given]);
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
