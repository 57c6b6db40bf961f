/** Types of C functions as the rest of the program names them, and what each is in JavaScript. koffi.ts turns them into koffi's. */

/**
 * C types in our words. `address` is a pointer as a number (user space ends below 2^56, so it is exact; -1 is MAP_FAILED);
 * `bytes` passes a buffer in place, for input and output alike; `text` is a NUL-terminated UTF-8 string.
 */
export const cTypes = {
  void: 'void',
  int: 'int',
  uint: 'unsigned int',
  long: 'long',
  ulong: 'unsigned long',
  size: 'size_t',
  int64: 'int64_t',
  uint64: 'uint64_t',
  address: 'intptr_t',
  text: 'str',
  bytes: 'void *',
} as const;

/** What each C type is when a function returns it. Integers are expected below 2^53, but for int64 and uint64. */
export interface ResultTypes {
  void: undefined;
  int: number;
  uint: number;
  long: number;
  ulong: number;
  size: number;
  int64: number | bigint;
  uint64: number | bigint;
  address: number;
  text: string | null;
}

/** What each C type is when it is passed. */
export interface ArgumentTypes {
  int: number;
  uint: number;
  long: number | bigint;
  ulong: number | bigint;
  size: number;
  int64: number | bigint;
  uint64: number | bigint;
  address: number;
  text: string | null;
  bytes: ArrayBufferView | null;
}

/** What a member of a struct may be. Arrays are handed back as they came: nobody looks into them. */
type CMember = 'int' | 'uint' | 'address' | readonly ['address', number];

/** A C struct that functions take and give by value. */
export interface CStruct<M extends Readonly<Record<string, CMember>> = Readonly<Record<string, CMember>>> {
  /** In C; different for different structs. */
  readonly name: string;
  /** In their order. */
  readonly members: M;
}

/** A struct's value: its members by name. */
export type StructValue<S> =
  S extends CStruct<infer M>
    ? { readonly [K in keyof M]: M[K] extends readonly unknown[] ? unknown : number }
    : never;

export const cStruct = <const M extends Readonly<Record<string, CMember>>>(
  name: string,
  members: M,
): CStruct<M> => ({ name, members });

export type CResult = keyof ResultTypes | CStruct;
export type CArgument = keyof ArgumentTypes | CStruct;
export type CallbackArgument = 'int' | 'uint' | 'long' | 'size' | 'address' | CStruct;

export type ResultOf<R extends CResult> = R extends keyof ResultTypes ? ResultTypes[R] : StructValue<R>;
type ArgumentOf<A extends CArgument> = A extends keyof ArgumentTypes ? ArgumentTypes[A] : StructValue<A>;
type CallbackValue<A extends CallbackArgument> = A extends CStruct ? StructValue<A> : number;

export type Arguments<A extends readonly CArgument[]> = { -readonly [I in keyof A]: ArgumentOf<A[I]> };
export type CallbackArguments<A extends readonly CallbackArgument[]> = {
  -readonly [I in keyof A]: CallbackValue<A[I]>;
};
