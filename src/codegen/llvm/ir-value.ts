/** Values of LLVM IR as our printer holds them: a type and the text that names the value. Constants know their number, pointers their alignment. */

import { assert, Bug } from '../../base/assert.ts';

export type IntegerIrType = 'i1' | 'i8' | 'i16' | 'i32' | 'i64';
/** What a value can be. Pointers are opaque, as in every LLVM from 15 on. */
export type IrType = IntegerIrType | 'ptr';

export interface IrValue<T extends IrType = IrType> {
  readonly type: T;
  /** As an operand: `%pid`, `-1`, `null`, `@AT_x`. */
  readonly text: string;
  /** The number, if it is known now: unsigned, below 2^bits. */
  readonly constant?: bigint;
  /** For pointers: what the address is known to be a multiple of. */
  readonly align?: number;
}

export type IrPointer = IrValue<'ptr'>;

const integerBits = { i1: 1, i8: 8, i16: 16, i32: 32, i64: 64 } as const satisfies Record<
  IntegerIrType,
  number
>;

export function bitsOf(type: IrType): number {
  return type === 'ptr' ? 64 : integerBits[type];
}

/** Bytes in memory; an i1 takes one. */
export function bytesOf(type: IrType): number {
  return Math.max(1, bitsOf(type) / 8);
}

export function isInteger(type: IrType): type is IntegerIrType {
  return type !== 'ptr';
}

/** The integer type of that many bytes. */
export function integerType(bytes: number): IntegerIrType {
  const types: Readonly<Record<number, IntegerIrType>> = { 1: 'i8', 2: 'i16', 4: 'i32', 8: 'i64' };
  const type = types[bytes];
  assert(type !== undefined, `no integer type of ${bytes} bytes`);
  return type;
}

/** A number of the type; anything beyond its bits is cut off, as the machine does. */
export function constant(type: IntegerIrType, value: bigint | number): IrValue<IntegerIrType> {
  const bits = bitsOf(type);
  const unsigned = BigInt.asUintN(bits, BigInt(value));
  const text =
    type === 'i1' ? (unsigned === 1n ? 'true' : 'false') : BigInt.asIntN(bits, unsigned).toString();
  return { type, text, constant: unsigned };
}

export const i64 = (value: bigint | number): IrValue => constant('i64', value);
export const i32 = (value: bigint | number): IrValue => constant('i32', value);
export const i16 = (value: bigint | number): IrValue => constant('i16', value);
export const i8 = (value: bigint | number): IrValue => constant('i8', value);
export const i1 = (value: boolean): IrValue => constant('i1', value ? 1 : 0);
export const nullPointer: IrPointer = { type: 'ptr', text: 'null' };

/** The address of a global symbol: a map, or a function of the module. */
export function symbolPointer(symbol: string): IrPointer {
  assert(/^[A-Za-z_$.][\w$.]*$/.test(symbol), `'${symbol}' is no symbol name`);
  return { type: 'ptr', text: `@${symbol}`, align: 8 };
}

/** The same address, known to be a multiple of `align` (1, 2, 4 or 8): a map's value, a ring record. */
export function withAlign(value: IrValue, align: number): IrPointer {
  requireType(value, 'ptr', 'alignment');
  assert([1, 2, 4, 8].includes(align), `alignment ${align}`);
  return { type: 'ptr', text: value.text, align };
}

/** A constant as a signed number. */
export function signedConstant(value: IrValue): bigint {
  assert(value.constant !== undefined, `${value.text} is no constant`);
  return BigInt.asIntN(bitsOf(value.type), value.constant);
}

export function requireType(value: IrValue, type: IrType, use: string): void {
  if (value.type !== type) throw new Bug(`${use}: ${value.type} ${value.text} where ${type} is needed`);
}

export function requireInteger(value: IrValue, use: string): IntegerIrType {
  if (!isInteger(value.type)) throw new Bug(`${use}: ${value.type} ${value.text} where an integer is needed`);
  return value.type;
}

export function requireSameInteger(left: IrValue, right: IrValue, use: string): IntegerIrType {
  const type = requireInteger(left, use);
  requireType(right, type, use);
  return type;
}
