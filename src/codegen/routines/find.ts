/**
 * Text in text, by the method of Karp and Rabin: a number is made of as many bytes as the needle has, rolled on byte by byte, and only where
 * it is the needle's own are the bytes themselves compared. So the time is that of one look at each byte, whatever the texts are.
 */

import type { ByteText } from '../../types/value.ts';
import type { BpfEmitter } from '../bpf-emitter.ts';
import type { FunctionBuilder } from '../llvm/ir.ts';
import type { IrValue } from '../llvm/ir-value.ts';
import { i64 } from '../llvm/ir-value.ts';
import type { Place } from '../values.ts';
import { Register } from '../values.ts';
import type { LoopRecord } from './loop.ts';
import { boundedIn, emitLoop, siteOf, siteWithin } from './loop.ts';

/** Any odd number of 64 bits whose bits are well mixed. */
const base = 0x9e3779b97f4a7c15n;

/** What is known of the needle. */
interface Needle {
  readonly place: Place;
  readonly length: IrValue;
  /** Its number. */
  readonly number: IrValue;
  /** What the byte that leaves has been multiplied with. */
  readonly power: IrValue;
}

/** Where the needle first occurs; -1 if it doesn't. */
export function emitFind(out: BpfEmitter, haystack: Place, wanted: Place | ByteText): Register {
  if (wanted === '') return out.int(0);
  return out.storage.scope(() => {
    const needle = typeof wanted === 'string' ? literalNeedle(out, wanted) : needleAt(out, wanted);
    const found = emitRoll(out, haystack, needle);
    const isEmpty = out.compare('==', new Register(needle.length), 0);
    return out.select(isEmpty, out.int(0), new Register(found));
  });
}

function literalNeedle(out: BpfEmitter, text: ByteText): Needle {
  const bytes = [...Buffer.from(text, 'latin1')];
  const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
  return {
    place: out.literal(text),
    length: i64(bytes.length),
    number: i64(bytes.reduce((number, byte) => wrap(number * base + BigInt(byte)), 0n)),
    power: i64(bytes.reduce((power) => wrap(power * base), 1n)),
  };
}

const needleSlots = { text: 0, length: 1, number: 2, power: 3 } as const;

/** The same found out at run time. */
function needleAt(out: BpfEmitter, place: Place): Needle {
  const { bytes } = place;
  const given = [place.pointer, i64(0), i64(0), i64(1)];
  return out.storage.scope(() => {
    const record = emitLoop(siteOf(out), `measure_${bytes}`, i64(bytes), given, (builder, index, slots) => {
      const byte = byteAt(builder, slots, needleSlots.text, index, bytes);
      endIf(builder, builder.icmp('eq', byte, i64(0), 'is_end'));
      const update = (slot: number, change: (value: IrValue) => IrValue): void =>
        builder.store(change(builder.load('i64', slots.slot(slot), 'before')), slots.slot(slot));
      update(needleSlots.length, (length) => builder.add(length, i64(1), 'length'));
      update(needleSlots.number, (number) => rolled(builder, number, byte));
      update(needleSlots.power, (power) => builder.mul(power, i64(base), 'power'));
      builder.ret(i64(0));
    });
    const load = (slot: number, name: string): IrValue =>
      forgotten(out, out.builder.load('i64', record.slot(slot), name));
    return {
      place,
      length: load(needleSlots.length, 'length'),
      number: load(needleSlots.number, 'number'),
      power: load(needleSlots.power, 'power'),
    };
  });
}

/** A number that the verifier knows nothing of: it would go through all that it thinks it can be. What comes from a map, it takes as it is. */
function forgotten(out: BpfEmitter, value: IrValue): IrValue {
  const { pointer } = out.storage.reserveScratch(8, 'forgotten');
  out.builder.store(value, pointer, { volatile: true });
  return out.builder.load('i64', pointer, 'forgotten', { volatile: true });
}

const slots = { haystack: 0, needle: 1, length: 2, number: 3, power: 4, rolling: 5, found: 6 } as const;

function emitRoll(out: BpfEmitter, haystack: Place, needle: Needle): IrValue {
  const sizes = { haystack: haystack.bytes, needle: needle.place.bytes };
  const name = `find_${sizes.needle}_in_${sizes.haystack}`;
  const given = [
    haystack.pointer,
    needle.place.pointer,
    needle.length,
    needle.number,
    needle.power,
    i64(0),
    i64(-1),
  ];
  const record = emitLoop(siteOf(out), name, i64(sizes.haystack), given, (builder, index, held) =>
    rollOn(out, builder, index, held, sizes),
  );
  return out.builder.load('i64', record.slot(slots.found), 'found');
}

/** One byte further. Ends the loop's function. */
function rollOn(
  out: BpfEmitter,
  builder: FunctionBuilder,
  index: IrValue,
  held: LoopRecord,
  sizes: { readonly haystack: number; readonly needle: number },
): void {
  const load = (slot: number, name: string): IrValue => builder.load('i64', held.slot(slot), name);
  const byte = byteAt(builder, held, slots.haystack, index, sizes.haystack);
  endIf(builder, builder.icmp('eq', byte, i64(0), 'is_end'));
  const length = load(slots.length, 'length');
  const entered = rolled(builder, load(slots.rolling, 'before'), byte);
  // Where the window is not full yet nothing leaves it.
  const isFull = builder.icmp('uge', index, length, 'is_full');
  const leaver = byteAt(builder, held, slots.haystack, builder.sub(index, length, 'first'), sizes.haystack);
  const left = builder.mul(leaver, load(slots.power, 'power'), 'left');
  const rolling = builder.sub(entered, builder.select(isFull, left, i64(0), 'left'), 'rolling');
  builder.store(rolling, held.slot(slots.rolling));
  const start = builder.add(builder.sub(index, length, 'start'), i64(1), 'start');
  const isWhole = builder.icmp('uge', builder.add(index, i64(1), 'seen'), length, 'is_whole');
  const isSame = builder.icmp('eq', rolling, load(slots.number, 'number'), 'is_same');
  const [candidate, further] = [builder.block('candidate'), builder.block('further')];
  builder.condBr(builder.and(isWhole, isSame, 'is_candidate'), candidate, further);
  builder.enter(candidate);
  endIf(builder, isThere(out, builder, held, start, length, sizes), () =>
    builder.store(start, held.slot(slots.found)),
  );
  builder.br(further);
  builder.enter(further);
  builder.ret(i64(0));
}

const compared = { haystack: 0, needle: 1, start: 2, differ: 3 } as const;

/** Whether the needle's bytes are those from `start` on. */
function isThere(
  out: BpfEmitter,
  builder: FunctionBuilder,
  held: LoopRecord,
  start: IrValue,
  length: IrValue,
  sizes: { readonly haystack: number; readonly needle: number },
): IrValue {
  const given = [
    builder.load('ptr', held.slot(slots.haystack), 'haystack'),
    builder.load('ptr', held.slot(slots.needle), 'needle'),
    start,
    i64(0),
  ];
  const name = `match_${sizes.needle}_in_${sizes.haystack}`;
  const record = emitLoop(siteWithin(out, builder), name, length, given, (inner, index, own) => {
    const at = inner.add(inner.load('i64', own.slot(compared.start), 'start'), index, 'at');
    const byte = byteAt(inner, own, compared.haystack, at, sizes.haystack);
    const wanted = byteAt(inner, own, compared.needle, index, sizes.needle);
    endIf(inner, inner.icmp('ne', byte, wanted, 'is_other'), () =>
      inner.store(i64(1), own.slot(compared.differ)),
    );
    inner.ret(i64(0));
  });
  return builder.icmp('eq', builder.load('i64', record.slot(compared.differ), 'differ'), i64(0), 'is_there');
}

const rolled = (builder: FunctionBuilder, number: IrValue, byte: IrValue): IrValue =>
  builder.add(builder.mul(number, i64(base), 'product'), byte, 'rolled');

/** A byte of the memory that a slot of the record leads to, which has so many; as 64 bits. */
function byteAt(
  builder: FunctionBuilder,
  record: LoopRecord,
  slot: number,
  index: IrValue,
  bytes: number,
): IrValue {
  const start = builder.load('ptr', record.slot(slot), 'start');
  const at = builder.gep(start, boundedIn(builder, index, bytes - 1), 'at');
  return builder.zext(builder.load('i8', at, 'byte', { align: 1 }), 'i64', 'byte');
}

/** Leaves a loop's function, and the loop with it. */
function endIf(builder: FunctionBuilder, condition: IrValue, before: () => void = () => {}): void {
  const [end, on] = [builder.block('end'), builder.block('on')];
  builder.condBr(condition, end, on);
  builder.enter(end);
  before();
  builder.ret(i64(1));
  builder.enter(on);
}
