/**
 * Bytes to values. A type is compiled once into a closure that reads at an offset; nothing about the type is asked again per event.
 * Eight-byte integers are read as two halves: a bigint is made only where a number would not be exact.
 */

import { assertNever, Bug } from '../base/assert.ts';
import type { StructTable } from '../types/field.ts';
import type { Layout } from '../types/layout.ts';
import { partsOf, roundUp, sizeOf, slotOf } from '../types/layout.ts';
import type { PackedField } from '../types/packing.ts';
import { tailAlign } from '../types/packing.ts';
import { typeName } from '../types/type-name.ts';
import type { EnumType, IntType, StackType, StringType, TupleType, Type } from '../types/type.ts';
import type { ByteText, Integer, Value } from '../types/value.ts';
import { structReader } from './decode-struct.ts';
import { inetText, macText } from './inet-text.ts';
import type { Memory } from './memory.ts';
import { unsigned64 } from './memory.ts';
import type { StackFrame } from './read-stack.ts';
import { stackReader } from './read-stack.ts';

/** Port: values that are shown in words of the machine's. */
export interface Words {
  /** The function that a kernel address lies in, as ksym() shows it. */
  kernelSymbol(address: bigint): ByteText;
  /** The same for a process. */
  userSymbol(process: number, address: bigint): ByteText;
  /** A line for each frame of a stack (more where functions were inlined), without indent and line break. */
  stackFrames(type: StackType, process: number, frames: readonly StackFrame[]): readonly ByteText[];
  /** A user's name, or the id where it has none. */
  userName(uid: number): ByteText;
  /** hierarchy:/path of a cgroup, in all hierarchies whose names match the pattern. */
  cgroupPath(id: bigint, pattern: ByteText): ByteText;
  /** A time through strftime. `clock` is the clock's index in `clocks`. */
  formatTime(nsecs: bigint, clock: number, format: ByteText): ByteText;
  /** A time of the boot clock as UTC: 2026-11-21T17:49:33.123456789Z. */
  wallClock(nsecs: bigint): ByteText;
}

/** What reading needs beside the bytes. */
export interface DecodeContext {
  readonly words: Words;
  /** plan.strings. */
  readonly strings: readonly ByteText[];
  /** plan.structs. */
  readonly structs: StructTable;
  /** Appended to text that may have been cut. */
  readonly trailer: ByteText;
  /** Told of each such text. */
  readonly onCut: () => void;
}

/** The value at a byte offset of the memory that the reader was compiled for. */
export type Reader = (at: number) => Value;

/** A reader for values of a type whose bytes begin at `at + offset`. Alignments are the layouts': `at` must have the layout's. */
export function compileReader(type: Type, memory: Memory, context: DecodeContext, offset = 0): Reader {
  switch (type.kind) {
    case 'int':
      return integerReader(type, memory, offset);
    case 'enum':
      return enumReader(type, memory, offset);
    case 'bool':
      return (at) => memory.u8[at + offset] !== 0;
    case 'pointer':
      return (at) => ({ kind: 'pointer', address: unsigned64(memory, at + offset) });
    case 'string':
      return stringReader(type, memory, context, offset);
    case 'array':
      return arrayReader(type, memory, context, offset);
    case 'tuple':
      return tupleReader(type, memory, context, offset);
    case 'stack':
      return stackReader(type, memory, context.words, offset);
    case 'buffer':
    case 'symbol':
    case 'inet':
    case 'timestamp':
    case 'username':
    case 'macaddr':
    case 'cgroup-path':
      return partedReader(type, memory, context, offset);
    case 'none':
      return () => null;
    case 'struct':
      return structReader(type, memory, context, offset, compileReader);
    case 'aggregate':
    case 'error':
      throw new Bug(`a value of type ${typeName(type)} can't be read from bytes alone`);
    default:
      return assertNever(type);
  }
}

/** Readers for a layout's slots, in order. */
export function compileSlots(
  slots: Layout['slots'],
  memory: Memory,
  context: DecodeContext,
): readonly Reader[] {
  return slots.map((slot) => compileReader(slot.type, memory, context, slot.offset));
}

/** Reads one field of a record; tails are taken from where `cursor` stands, which is moved on. */
export type FieldReader = (at: number, cursor: TailCursor) => Value;

export interface TailCursor {
  /** Where the next tail begins. */
  at: number;
}

/** A reader for a field of records that begin at `at`. */
export function compileField(field: PackedField, memory: Memory, context: DecodeContext): FieldReader {
  switch (field.kind) {
    case 'fixed':
      return compileReader(field.type, memory, context, field.offset);
    case 'tail': {
      const { lengthOffset } = field;
      const read = compileReader(field.type, memory, context);
      return (at, cursor) => {
        const start = cursor.at;
        cursor.at += roundUp(memory.u32[(at + lengthOffset) >>> 2] ?? 0, tailAlign);
        return read(start);
      };
    }
    case 'tuple': {
      const parts = field.parts.map((part) => compileField(part, memory, context));
      return (at, cursor) =>
        tupleValue(
          field.type,
          parts.map((read) => read(at, cursor)),
        );
    }
    default:
      return assertNever(field);
  }
}

export function integerReader(
  { bytes, signed }: Pick<IntType, 'bytes' | 'signed'>,
  memory: Memory,
  offset: number,
): (at: number) => Integer {
  const { u8, i8, u16, i16, u32, i32 } = memory;
  switch (bytes) {
    case 1:
      return signed ? (at) => i8[at + offset] ?? 0 : (at) => u8[at + offset] ?? 0;
    case 2:
      return signed ? (at) => i16[(at + offset) >>> 1] ?? 0 : (at) => u16[(at + offset) >>> 1] ?? 0;
    case 4:
      return signed ? (at) => i32[(at + offset) >>> 2] ?? 0 : (at) => u32[(at + offset) >>> 2] ?? 0;
    case 8:
      return signed ? signedReader(memory, offset) : unsignedReader(memory, offset);
  }
}

const twoTo32 = 2 ** 32;
/** Upper halves below this make numbers below 2^53, which doubles hold exactly. */
const safeUpper = 2 ** 21;

function unsignedReader(memory: Memory, offset: number): (at: number) => Integer {
  const { u32 } = memory;
  return (at) => {
    const index = (at + offset) >>> 2;
    const upper = u32[index + 1] ?? 0;
    const lower = u32[index] ?? 0;
    return upper < safeUpper ? upper * twoTo32 + lower : unsigned64(memory, at + offset);
  };
}

function signedReader(memory: Memory, offset: number): (at: number) => Integer {
  const { u32, i32 } = memory;
  return (at) => {
    const index = (at + offset) >>> 2;
    const upper = i32[index + 1] ?? 0;
    const lower = u32[index] ?? 0;
    // -2^53 itself is left to bigint: from it on, neighbours share a double.
    const safe = upper < safeUpper && (upper > -safeUpper || (upper === -safeUpper && lower > 0));
    return safe ? upper * twoTo32 + lower : BigInt.asIntN(64, unsigned64(memory, at + offset));
  };
}

function enumReader(type: EnumType, memory: Memory, offset: number): Reader {
  const read = integerReader(type, memory, offset);
  const named = new Map<bigint, Value>();
  for (const { name, value } of type.variants) {
    // The first of several names for one value is the one that C shows in debuggers, too.
    if (!named.has(value)) named.set(value, { kind: 'enum', value: integerFrom(value), name });
  }
  return (at) => {
    const value = read(at);
    return named.get(BigInt(value)) ?? { kind: 'enum', value };
  };
}

const integerFrom = (value: bigint): Integer => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

/** How many different texts a reader remembers; a power of two. */
const textsMax = 1024;
/** Longer texts seldom come twice, and comparing them costs as much as reading them. */
const rememberedLengthMax = 32;

/**
 * Text up to its NUL. The same short words come again and again (comm, file names), and making a string costs several times as much as
 * recognising one, so each reader remembers the texts that it has made, one per hash.
 */
function stringReader(
  { capacity, mayBeCut }: StringType,
  memory: Memory,
  { trailer, onCut }: DecodeContext,
  offset: number,
): Reader {
  const { u8, bytes } = memory;
  const texts: string[] = new Array<string>(textsMax).fill('');
  // A string of N bytes whose N - 1 characters are all used has perhaps been cut; shorter ones surely not.
  const fullLength = mayBeCut ? capacity - 1 : Infinity;
  return (at) => {
    const start = at + offset;
    const limit = start + capacity;
    let hash = 0;
    let end = start;
    for (; end < limit; end++) {
      const byte = u8[end] ?? 0;
      if (byte === 0) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    const length = end - start;
    if (length >= fullLength) {
      onCut();
      return bytes.toString('latin1', start, end) + trailer;
    }
    if (length === 0) return '';
    if (length > rememberedLengthMax) return bytes.toString('latin1', start, end);
    const slot = (hash ^ (hash >>> 10)) & (textsMax - 1);
    const remembered = texts[slot] ?? '';
    if (isTextAt(remembered, u8, start, length)) return remembered;
    return (texts[slot] = bytes.toString('latin1', start, end));
  };
}

function isTextAt(text: string, u8: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index++) if (text.charCodeAt(index) !== u8[start + index]) return false;
  return true;
}

function arrayReader(
  { of, length }: Extract<Type, { kind: 'array' }>,
  memory: Memory,
  context: DecodeContext,
  offset: number,
): Reader {
  const stride = sizeOf(of);
  const read = compileReader(of, memory, context, offset);
  return (at) => ({
    kind: 'array',
    elements: Array.from({ length }, (_, index) => read(at + index * stride)),
  });
}

function tupleReader(type: TupleType, memory: Memory, context: DecodeContext, offset: number): Reader {
  const readers = partsOf(type).slots.map((slot) =>
    compileReader(slot.type, memory, context, offset + slot.offset),
  );
  return (at) =>
    tupleValue(
      type,
      readers.map((read) => read(at)),
    );
}

/** A record, if the elements have names. */
function tupleValue({ names }: TupleType, elements: readonly Value[]): Value {
  if (!names) return { kind: 'tuple', elements };
  return {
    kind: 'record',
    fields: elements.map((value, index) => ({ name: names[index] ?? '', value })),
  };
}

type PartedType = Extract<
  Type,
  { kind: 'buffer' | 'symbol' | 'inet' | 'timestamp' | 'username' | 'macaddr' | 'cgroup-path' }
>;

/** Types whose parts layout.partsOf names. */
function partedReader(type: PartedType, memory: Memory, context: DecodeContext, offset: number): Reader {
  const layout = partsOf(type);
  const place = (name: string): number => offset + slotOf(layout, name).offset;
  const { u8, u32 } = memory;
  const word = (at: number): number => u32[at >>> 2] ?? 0;
  switch (type.kind) {
    case 'buffer': {
      const [length, bytes] = [place('length'), place('bytes')];
      return (at) => ({
        kind: 'buffer',
        bytes: u8.slice(at + bytes, at + bytes + Math.min(word(at + length), type.capacity)),
      });
    }
    case 'inet': {
      const [family, bytes] = [place('family'), place('bytes')];
      return (at) => inetText(word(at + family), u8.subarray(at + bytes, at + bytes + 16));
    }
    case 'symbol': {
      const [address, process] = [place('address'), place('process')];
      return type.space === 'kernel'
        ? (at) => context.words.kernelSymbol(unsigned64(memory, at + address))
        : (at) => context.words.userSymbol(word(at + process), unsigned64(memory, at + address));
    }
    case 'username': {
      const uid = place('uid');
      return (at) => context.words.userName(word(at + uid));
    }
    case 'macaddr': {
      const bytes = place('bytes');
      return (at) => macText(u8.subarray(at + bytes, at + bytes + 6));
    }
    case 'cgroup-path': {
      const [id, filter] = [place('id'), place('filter')];
      return (at) =>
        context.words.cgroupPath(unsigned64(memory, at + id), context.strings[word(at + filter)] ?? '');
    }
    case 'timestamp': {
      const [nsecs, format, clock] = [place('nsecs'), place('format'), place('clock')];
      return (at) => {
        const time = BigInt.asIntN(64, unsigned64(memory, at + nsecs));
        return context.words.formatTime(time, word(at + clock), context.strings[word(at + format)] ?? '');
      };
    }
  }
}
