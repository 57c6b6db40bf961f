/**
 * How a record's values lie: a head of fixed shape, and behind it, one after the other, those that may be long, each with as many bytes as
 * it really has. Code generation writes it, decoding reads it.
 */

import type { Layout } from './layout.ts';
import { frameType, layOut, partsOf, roundUp, sizeOf, slotOf } from './layout.ts';
import type { BufferType, StackType, StringType, TupleType, Type } from './type.ts';
import { u32 } from './type.ts';

/** Types of which a beginning says it all: text up to its NUL, bytes and frames up to their count. */
export type LongType = StringType | BufferType | StackType;

export type PackedField =
  /** In the head, all of it. */
  | { readonly kind: 'fixed'; readonly type: Type; readonly offset: number }
  /** Behind the head; how many bytes there are stands in the head. */
  | { readonly kind: 'tail'; readonly type: LongType; readonly lengthOffset: number }
  /** Its parts lie here and there. */
  | { readonly kind: 'tuple'; readonly type: TupleType; readonly parts: readonly PackedField[] };

export interface NamedType {
  readonly name: string;
  readonly type: Type;
}

export interface Packing {
  readonly head: Layout;
  /** In the order given; the head's first slot is none of them. */
  readonly fields: readonly PackedField[];
  /** Size of a record in which every value is as long as it can be. */
  readonly bytesMax: number;
}

/** Tails begin at multiples of so many bytes. */
export const tailAlign = 8;

/** Values of no more bytes than this travel whole: a length and padding would cost what they save. */
const wholeBytesMax = 64;

/** `first` is the slot that all records of all events begin with. */
export function pack(first: NamedType, values: readonly NamedType[]): Packing {
  const head = layOut([first, ...values.flatMap(slotsFor)]);
  const fields = values.map((value) => placed(value, head));
  const tails = fields.flatMap(tailsOf);
  const room = tails.reduce((sum, { type }) => sum + roundUp(sizeOf(type), tailAlign), 0);
  return { head, fields, bytesMax: tails.length === 0 ? head.size : tailsStart(head) + room };
}

/** Where the first tail begins. */
export const tailsStart = (head: Layout): number => roundUp(head.size, tailAlign);

export function tailsOf(field: PackedField): readonly Extract<PackedField, { kind: 'tail' }>[] {
  if (field.kind === 'tuple') return field.parts.flatMap(tailsOf);
  return field.kind === 'tail' ? [field] : [];
}

/** What of a value stands in the head. */
function slotsFor({ name, type }: NamedType): readonly NamedType[] {
  if (isSplit(type)) return partsFor(name, type).flatMap(slotsFor);
  return [{ name, type: isLong(type) ? u32 : type }];
}

function placed({ name, type }: NamedType, head: Layout): PackedField {
  if (isSplit(type))
    return { kind: 'tuple', type, parts: partsFor(name, type).map((part) => placed(part, head)) };
  const { offset } = slotOf(head, name);
  return isLong(type) ? { kind: 'tail', type, lengthOffset: offset } : { kind: 'fixed', type, offset };
}

const partsFor = (name: string, { of }: TupleType): readonly NamedType[] =>
  of.map((type, index) => ({ name: `${name}.${index}`, type }));

function isLong(type: Type): type is LongType {
  return (
    (type.kind === 'string' || type.kind === 'buffer' || type.kind === 'stack') &&
    sizeOf(type) > wholeBytesMax
  );
}

const isSplit = (type: Type): type is TupleType => type.kind === 'tuple' && type.of.some(holdsLong);

const holdsLong = (type: Type): boolean => isLong(type) || isSplit(type);

/** Where a buffer or stack says how many elements it has, where they begin, and the size of one. */
export function countedPart(type: BufferType | StackType): {
  readonly countOffset: number;
  readonly start: number;
  readonly elementBytes: number;
} {
  const layout = partsOf(type);
  return type.kind === 'buffer'
    ? { countOffset: slotOf(layout, 'length').offset, start: slotOf(layout, 'bytes').offset, elementBytes: 1 }
    : {
        countOffset: slotOf(layout, 'count').offset,
        start: slotOf(layout, 'frames').offset,
        elementBytes: sizeOf(frameType(type)),
      };
}
