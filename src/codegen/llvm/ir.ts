/**
 * Writes one function of LLVM IR: our vocabulary of instructions. A wrong operand is a Bug here, not bad text later.
 * The dialect is LLVM 15's, which every LLVM since reads. Knows nothing of maps, scripts or what a helper does.
 */

import { assert, present } from '../../base/assert.ts';
import type { InstructionNotes, IrBlock, IrLocation, ScriptSource } from './block-writer.ts';
import { BlockWriter } from './block-writer.ts';
import type { BinaryOperation, Comparison } from './fold.ts';
import { foldBinary, foldCompare, requireDefined } from './fold.ts';
import type { IntegerIrType, IrPointer, IrType, IrValue } from './ir-value.ts';
import {
  bitsOf,
  bytesOf,
  constant,
  i1,
  i64,
  isInteger,
  requireInteger,
  requireSameInteger,
  requireType,
  signedConstant,
  symbolPointer,
} from './ir-value.ts';
import { StackRooms } from './stack-rooms.ts';

export interface IrParameter {
  readonly name: string;
  readonly type: IrType;
}

export interface FunctionOptions {
  /** Section of a BPF program. Without one the function is local to the module: a subprogram or a callback. */
  readonly section?: string;
  readonly parameters?: readonly IrParameter[];
  readonly result?: IrType;
  /** The text that locations are in; the module's own by default. */
  readonly source?: ScriptSource;
  /** Of the function itself, and of instructions until `setLocation`. */
  readonly location?: IrLocation;
}

/** A function of another module. */
export interface ExternalCallee {
  readonly name: string;
  readonly parameters: readonly { readonly type: IrType; readonly signed: boolean }[];
  /** Undefined if it returns nothing. */
  readonly result: IrType | undefined;
}

/** Integers that are passed in wider registers. */
const narrow: ReadonlySet<IrType> = new Set<IrType>(['i1', 'i8', 'i16']);

/** A BPF helper as the call instruction wants it. */
export interface HelperReference {
  readonly name: string;
  readonly id: number;
  readonly result: IrType;
}

export interface AccessOptions {
  /** Alignment of the address; by default what is known of the pointer, or else the type's own. */
  readonly align?: number;
  /** Keep the access as it is written: neither merged, split nor dropped. */
  readonly volatile?: boolean;
}

export interface StoreOptions extends AccessOptions {
  readonly comment?: string;
}

export type AtomicOperation = 'add' | 'sub' | 'and' | 'or' | 'xor' | 'xchg';

export const stackBytesMax = 512;

export class FunctionBuilder {
  readonly name: string;
  readonly section: string | undefined;
  readonly parameters: readonly IrParameter[];
  readonly result: IrType;
  readonly source: ScriptSource | undefined;
  readonly location: IrLocation;
  readonly #blocks: BlockWriter;
  readonly #rooms = new StackRooms();
  readonly #intrinsics = new Set<string>();

  constructor(name: string, options: FunctionOptions = {}) {
    this.name = symbolPointer(name).text.slice(1);
    this.section = options.section;
    this.parameters = options.parameters ?? [{ name: 'ctx', type: 'ptr' }];
    this.result = options.result ?? 'i64';
    this.source = options.source;
    this.location = options.location ?? { line: 1, column: 1 };
    this.#blocks = new BlockWriter(name, this.location);
    for (const parameter of this.parameters) {
      assert(this.#blocks.unique(parameter.name) === parameter.name, `parameter name '${parameter.name}'`);
    }
    this.enter(this.block('entry'));
  }

  /** The value of a parameter. */
  parameter(index: number): IrValue {
    const { name, type } = present(this.parameters[index], `parameter ${index} of ${this.name}`);
    return { type, text: `%${name}`, ...(type === 'ptr' && { align: 8 }) };
  }

  /** Script position of the instructions that follow. */
  setLocation(location: IrLocation): void {
    this.#blocks.location = location;
  }

  get currentLocation(): IrLocation {
    return this.#blocks.location;
  }

  // Blocks

  /** A block with a label by its role: `lookup.found`. It is placed when it is entered. */
  block(role: string): IrBlock {
    return this.#blocks.make(role);
  }

  /** A block that is hardly ever run: to be entered behind all others. */
  coldBlock(role: string): IrBlock {
    return this.#blocks.make(role, true);
  }

  /** Go on in this block. The one before must have ended. */
  enter(block: IrBlock): void {
    this.#blocks.enter(block);
  }

  /** Write a block that stands before all others: the function then starts there. The stack's rooms head it. */
  enterFirst(block: IrBlock): void {
    this.#blocks.enterFirst(block);
  }

  /** A value that a later instruction defines, by the name `promised(name)`: for a loop's phi, or for what `enterFirst` will write. */
  promise(type: IrType, name: string, align?: number): IrValue {
    return { type, text: `%${this.#blocks.promise(name)}`, ...(align !== undefined && { align }) };
  }

  get currentBlock(): IrBlock {
    return this.#blocks.current;
  }

  /** True after a branch or return, until the next `enter`. */
  get hasEnded(): boolean {
    return this.#blocks.hasEnded;
  }

  /** Instructions so far. */
  get instructionCount(): number {
    return this.#blocks.instructionCount;
  }

  br(target: IrBlock): void {
    this.#blocks.end(`br label %${target.label}`, [target]);
  }

  condBr(condition: IrValue, yes: IrBlock, no: IrBlock): void {
    requireType(condition, 'i1', 'br');
    this.#blocks.end(`br i1 ${condition.text}, label %${yes.label}, label %${no.label}`, [yes, no]);
  }

  switchOn(
    value: IrValue,
    cases: readonly (readonly [bigint | number, IrBlock])[],
    otherwise: IrBlock,
  ): void {
    const type = requireInteger(value, 'switch');
    const numbers = cases.map(([number]) => constant(type, number));
    assert(
      new Set(numbers.map((number) => number.text)).size === cases.length,
      'switch: a case appears twice',
    );
    const arms = cases.map(
      ([number, block]) => `${type} ${constant(type, number).text}, label %${block.label}`,
    );
    const targets = [...cases.map(([, block]) => block), otherwise];
    this.#blocks.end(
      `switch ${type} ${value.text}, label %${otherwise.label} [ ${arms.join(' ')} ]`,
      targets,
    );
  }

  ret(value: IrValue): void {
    requireType(value, this.result, 'ret');
    this.#blocks.end(`ret ${value.type} ${value.text}`, []);
  }

  /** One value from each block that leads here; must come first in its block. */
  phi(incoming: readonly (readonly [IrValue, IrBlock])[], name: string): IrValue {
    const type = present(incoming[0], 'a way into a phi')[0].type;
    this.#rooms.share(incoming.map(([value]) => value));
    for (const [value] of incoming) requireType(value, type, 'phi');
    const ways = incoming.map(([value, from]) => `[ ${value.text}, %${from.label} ]`);
    const result = `%${this.#blocks.define(name)}`;
    const from = incoming.map(([, block]) => block);
    this.#blocks.appendPhi(result, `phi ${type} ${ways.join(', ')}`, from);
    return { type, text: result };
  }

  // Memory

  /** Room on the stack for one value. All rooms are made at the head of the function. */
  alloca(type: IrType, name: string): IrPointer {
    return this.#rooms.make(this.#blocks.unique(name), type, bytesOf(type), bytesOf(type), this.location);
  }

  /** Room on the stack for bytes. */
  allocaBytes(bytes: number, align: number, name: string): IrPointer {
    assert(Number.isInteger(bytes) && bytes > 0, `alloca of ${bytes} bytes`);
    return this.#rooms.make(this.#blocks.unique(name), `[${bytes} x i8]`, bytes, align, this.location);
  }

  /** Bytes reserved so far. LLVM may still merge or drop some, so more than 512 is no error here. */
  get stackBytes(): number {
    return this.#rooms.bytes;
  }

  load(type: IrType, from: IrValue, name: string, options: AccessOptions = {}): IrValue {
    requireType(from, 'ptr', 'load');
    return this.#define(
      name,
      type,
      `load${volatility(options)} ${type}, ptr ${from.text}, align ${alignment(type, from, options)}`,
    );
  }

  store(value: IrValue, to: IrValue, options: StoreOptions = {}): void {
    requireType(to, 'ptr', 'store');
    this.#rooms.share([value]);
    const { type, text } = value;
    this.#blocks.append(
      `store${volatility(options)} ${type} ${text}, ptr ${to.text}, align ${alignment(type, to, options)}`,
      {
        ...(options.comment !== undefined && { comment: options.comment }),
      },
    );
  }

  /** An address some bytes on. After an offset that isn't constant, its alignment is no longer known: say it with `withAlign`. */
  gep(base: IrValue, offset: IrValue | number, name: string): IrPointer {
    requireType(base, 'ptr', 'gep');
    const bytes = typeof offset === 'number' ? i64(offset) : offset;
    requireType(bytes, 'i64', 'gep');
    if (bytes.constant === 0n) return pointer(base);
    const align =
      base.align === undefined || bytes.constant === undefined
        ? undefined
        : alignAfter(base.align, bytes.constant);
    const result = this.#define(name, 'ptr', `getelementptr i8, ptr ${base.text}, i64 ${bytes.text}`);
    this.#rooms.addPart(result, base);
    return { ...pointer(result), ...(align !== undefined && { align }) };
  }

  /** The old value. Without a use of it, add and sub need no BPF_FETCH (5.12), since the order is monotonic. */
  atomic(operation: AtomicOperation, to: IrValue, value: IrValue, name: string): IrValue {
    requireType(to, 'ptr', 'atomicrmw');
    const type = requireInteger(value, 'atomicrmw');
    assert(type === 'i32' || type === 'i64', `atomicrmw of ${type}: BPF has 32 and 64 bits only`);
    return this.#define(name, type, `atomicrmw ${operation} ptr ${to.text}, ${type} ${value.text} monotonic`);
  }

  /** Fill bytes. Always stores, never a call, whatever the size: eight bytes each if the address is aligned so. */
  memset(to: IrValue, byte: number, bytes: number): void {
    requireType(to, 'ptr', 'memset');
    assert(Number.isInteger(bytes) && bytes >= 0, `memset of ${bytes} bytes`);
    if (bytes === 0) return;
    this.#blocks.append(this.#memset(to, byte, bytes));
  }

  /** Copy bytes that don't overlap. Always loads and stores, never a call. */
  memcpy(to: IrValue, from: IrValue, bytes: number): void {
    requireType(to, 'ptr', 'memcpy');
    requireType(from, 'ptr', 'memcpy');
    assert(Number.isInteger(bytes) && bytes >= 0, `memcpy of ${bytes} bytes`);
    if (bytes === 0) return;
    this.#intrinsics.add('declare void @llvm.memcpy.inline.p0.p0.i64(ptr, ptr, i64 immarg, i1 immarg)');
    const operands = `ptr align ${to.align ?? 1} ${to.text}, ptr align ${from.align ?? 1} ${from.text}, i64 ${bytes}`;
    this.#blocks.append(`call void @llvm.memcpy.inline.p0.p0.i64(${operands}, i1 false)`);
  }

  // Arithmetic

  binary(operation: BinaryOperation, left: IrValue, right: IrValue, name: string): IrValue {
    const type = requireSameInteger(left, right, operation);
    requireDefined(operation, right, type);
    const folded = foldBinary(operation, left, right, type);
    return folded ?? this.#define(name, type, `${operation} ${type} ${left.text}, ${right.text}`);
  }

  add(left: IrValue, right: IrValue, name: string): IrValue {
    return this.binary('add', left, right, name);
  }

  sub(left: IrValue, right: IrValue, name: string): IrValue {
    return this.binary('sub', left, right, name);
  }

  mul(left: IrValue, right: IrValue, name: string): IrValue {
    return this.binary('mul', left, right, name);
  }

  udiv(left: IrValue, right: IrValue, name: string): IrValue {
    return this.binary('udiv', left, right, name);
  }

  urem(left: IrValue, right: IrValue, name: string): IrValue {
    return this.binary('urem', left, right, name);
  }

  and(left: IrValue, right: IrValue, name: string): IrValue {
    return this.binary('and', left, right, name);
  }

  or(left: IrValue, right: IrValue, name: string): IrValue {
    return this.binary('or', left, right, name);
  }

  xor(left: IrValue, right: IrValue, name: string): IrValue {
    return this.binary('xor', left, right, name);
  }

  shl(left: IrValue, right: IrValue, name: string): IrValue {
    return this.binary('shl', left, right, name);
  }

  lshr(left: IrValue, right: IrValue, name: string): IrValue {
    return this.binary('lshr', left, right, name);
  }

  ashr(left: IrValue, right: IrValue, name: string): IrValue {
    return this.binary('ashr', left, right, name);
  }

  /** Pointers compare as unsigned numbers. */
  icmp(comparison: Comparison, left: IrValue, right: IrValue, name: string): IrValue {
    requireType(right, left.type, 'icmp');
    assert(isInteger(left.type) || !comparison.startsWith('s'), `icmp ${comparison} of pointers`);
    const folded = foldCompare(comparison, left, right);
    if (folded !== undefined) return i1(folded);
    return this.#define(name, 'i1', `icmp ${comparison} ${left.type} ${left.text}, ${right.text}`);
  }

  select(condition: IrValue, yes: IrValue, no: IrValue, name: string): IrValue {
    requireType(condition, 'i1', 'select');
    requireType(no, yes.type, 'select');
    this.#rooms.share([yes, no]);
    if (condition.constant !== undefined) return condition.constant === 1n ? yes : no;
    const operands = `i1 ${condition.text}, ${yes.type} ${yes.text}, ${yes.type} ${no.text}`;
    return this.#define(name, yes.type, `select ${operands}`);
  }

  // Conversions

  zext(value: IrValue, type: IntegerIrType, name: string): IrValue {
    return this.#convert('zext', value, type, name);
  }

  sext(value: IrValue, type: IntegerIrType, name: string): IrValue {
    return this.#convert('sext', value, type, name);
  }

  trunc(value: IrValue, type: IntegerIrType, name: string): IrValue {
    return this.#convert('trunc', value, type, name);
  }

  ptrToInt(value: IrValue, name: string): IrValue {
    requireType(value, 'ptr', 'ptrtoint');
    this.#rooms.share([value]);
    return this.#define(name, 'i64', `ptrtoint ptr ${value.text} to i64`);
  }

  intToPtr(value: IrValue, name: string): IrPointer {
    requireType(value, 'i64', 'inttoptr');
    return pointer(this.#define(name, 'ptr', `inttoptr i64 ${value.text} to ptr`));
  }

  /** The bytes in the other order. */
  byteSwap(value: IrValue, name: string): IrValue {
    const type = requireInteger(value, 'bswap');
    assert(bitsOf(type) >= 16, `bswap of ${type}`);
    this.#intrinsics.add(`declare ${type} @llvm.bswap.${type}(${type})`);
    return this.#define(name, type, `call ${type} @llvm.bswap.${type}(${type} ${value.text})`);
  }

  /** The same value, of which the optimiser knows nothing more. Keeps a bounds check next to its use, where the verifier needs it. */
  opaque(value: IrValue, name: string): IrValue {
    const { type, text } = value;
    assert(
      type !== 'i1' && type !== 'i8' && type !== 'i16',
      `opaque of ${type}: a BPF register has 32 or 64 bits`,
    );
    return this.#define(name, type, `call ${type} asm sideeffect "", "=r,0"(${type} ${text})`);
  }

  /** Nothing, but not to be moved or dropped: a branch that leads here stays a branch, instead of becoming a select for each value. */
  barrier(): void {
    this.#blocks.append('call void asm sideeffect "", ""()');
  }

  // Calls

  /** Call a BPF helper by its number. At most five arguments, as BPF has registers. */
  callHelper(helper: HelperReference, args: readonly IrValue[], name: string): IrValue {
    assert(args.length <= 5, `${args.length} arguments for helper ${helper.name}`);
    assert(Number.isInteger(helper.id) && helper.id > 0, `helper ${helper.name} has no number`);
    this.#rooms.share(args);
    const text = `call ${helper.result} inttoptr (i64 ${helper.id} to ptr)(${operandList(args)})`;
    return this.#define(name, helper.result, text, { helper: helper.name });
  }

  /** Call a function of this module. */
  callLocal(callee: FunctionBuilder, args: readonly IrValue[], name: string): IrValue {
    assert(args.length === callee.parameters.length, `${args.length} arguments for ${callee.name}`);
    args.forEach((arg, index) => requireType(arg, callee.parameter(index).type, `call of ${callee.name}`));
    this.#rooms.share(args);
    return this.#define(name, callee.result, `call ${callee.result} @${callee.name}(${operandList(args)})`);
  }

  /** Call a function of another module, by the calling convention that C has for BPF: narrow arguments come extended. */
  callExternal(callee: ExternalCallee, args: readonly IrValue[]): IrValue | undefined {
    const { name, parameters, result } = callee;
    args.forEach((arg, index) => {
      requireType(arg, present(parameters[index], 'parameter').type, `call of ${name}`);
    });
    this.#rooms.share(args);
    const extended = parameters.map(({ type, signed }) =>
      narrow.has(type) ? `${type} ${signed ? 'signext' : 'zeroext'}` : type,
    );
    this.#intrinsics.add(`declare ${result ?? 'void'} @${name}(${extended.join(', ')})`);
    const operands = args.map(({ text }, index) => `${extended[index] ?? ''} ${text}`).join(', ');
    if (result) return this.#define(name, result, `call ${result} @${name}(${operands})`);
    this.#blocks.append(`call void @${name}(${operands})`);
    return undefined;
  }

  /** The function's address, for helpers that call back. */
  get address(): IrPointer {
    return symbolPointer(this.name);
  }

  // What was written

  /** The blocks in the order they were entered, the stack's rooms heading the first. Everything must have come to an end. */
  finish(): readonly IrBlock[] {
    const [entry, ...others] = this.#blocks.finish();
    const first = present(entry, 'entry block');
    const zeroed = this.#rooms.unshared.map(({ pointer: room, bytes }) => ({
      text: this.#memset(room, 0, bytes),
      location: this.location,
    }));
    return [
      { ...first, instructions: [...this.#rooms.instructions, ...zeroed, ...first.instructions] },
      ...others,
    ];
  }

  /** Declarations of the intrinsics that were used, and of other modules' functions. */
  get intrinsics(): ReadonlySet<string> {
    return this.#intrinsics;
  }

  #memset(to: IrValue, byte: number, bytes: number): string {
    this.#intrinsics.add('declare void @llvm.memset.inline.p0.i64(ptr, i8, i64 immarg, i1 immarg)');
    const operands = `ptr align ${to.align ?? 1} ${to.text}, i8 ${constant('i8', byte).text}, i64 ${bytes}`;
    return `call void @llvm.memset.inline.p0.i64(${operands}, i1 false)`;
  }

  #convert(operation: 'zext' | 'sext' | 'trunc', value: IrValue, type: IntegerIrType, name: string): IrValue {
    const from = requireInteger(value, operation);
    if (from === type) return value;
    const widens = bitsOf(type) > bitsOf(from);
    assert(widens === (operation !== 'trunc'), `${operation} from ${from} to ${type}`);
    if (value.constant !== undefined)
      return constant(type, operation === 'sext' ? signedConstant(value) : value.constant);
    return this.#define(name, type, `${operation} ${from} ${value.text} to ${type}`);
  }

  #define<T extends IrType>(name: string, type: T, text: string, notes?: InstructionNotes): IrValue<T> {
    const result = `%${this.#blocks.define(name)}`;
    this.#blocks.append(`${result} = ${text}`, notes);
    return { type, text: result };
  }
}

function operandList(args: readonly IrValue[]): string {
  return args.map((arg) => `${arg.type} ${arg.text}`).join(', ');
}

function volatility(options: AccessOptions): string {
  return options.volatile === true ? ' volatile' : '';
}

function alignment(type: IrType, address: IrValue, options: AccessOptions): number {
  return options.align ?? Math.min(bytesOf(type), address.align ?? 8);
}

/** What base + offset is a multiple of. */
function alignAfter(baseAlign: number, offset: bigint): number {
  const lowestBit = offset & -offset;
  return Number(lowestBit < BigInt(baseAlign) ? lowestBit : BigInt(baseAlign));
}

function pointer(value: IrValue): IrPointer {
  requireType(value, 'ptr', 'address');
  return { type: 'ptr', text: value.text, ...(value.align !== undefined && { align: value.align }) };
}
