/** Text: its length and capacity, compared, searched, put together. */

import { assert, present } from '../../base/assert.ts';
import { sizeOf } from '../../types/layout.ts';
import type { Type } from '../../types/type.ts';
import { bool, i32, i64, string, u64 } from '../../types/type.ts';
import type { FunctionDefinition, TypingContext } from '../define.ts';
import { defineFunction } from '../define.ts';
import type { Argument, Emitter, Memory, Scalar } from '../emitter.ts';

/** Bytes that a text may have with its NUL: of what lies behind a pointer as many as max_strlen says. */
const capacityOf = (type: Type, { settings }: Pick<TypingContext, 'settings'>): number =>
  type.kind === 'string' || type.kind === 'array' ? sizeOf(type) : settings.maxStrlen;

/** Length with the NUL, or less than 1 if the text can not be read. Copying it is the quickest way: the helper tells, and there is no loop. */
function lengthWithNul(out: Emitter, text: Argument): Scalar {
  const capacity = capacityOf(text.type, out);
  const copy = out.reserve(capacity, 'strlen');
  if (text.type.kind === 'string')
    return out.helper('probe_read_kernel_str', [copy, capacity, out.bytes(text)]);
  const { address, space } = out.address(text);
  return out.readText(copy, capacity, address, space);
}

function emitLength(out: Emitter, text: Argument): Scalar {
  const length = lengthWithNul(out, text);
  return out.select(out.compare('>', length, 0, true), out.subtract(length, 1), out.int(0));
}

const isText = ({ type }: Argument): boolean =>
  type.kind === 'string' ||
  type.kind === 'error' ||
  ((type.kind === 'array' || type.kind === 'pointer') && isByte(type.kind === 'array' ? type.of : type.to));

const isByte = (type: Type): boolean =>
  (type.kind === 'int' && type.bytes === 1) || type.kind === 'none' || type.kind === 'string';

/** Takes text, an array of characters, or a pointer to one. */
const checkText: NonNullable<FunctionDefinition['check']> = ([text], _context, report) => {
  if (text && !isText(text))
    report.error(
      'wrong-argument-type',
      'Text, an array of characters or a pointer to one is needed',
      text.span,
      {
        hints: ['An address becomes a pointer by a cast: (int8 *)x'],
      },
    );
};

export const strlen = defineFunction({
  name: 'strlen',
  doc: 'Length of a text in bytes, without its NUL; of what lies behind a pointer at most max_strlen - 1.',
  example: 'tracepoint:syscalls:sys_enter_openat { @ = hist(strlen(str(args.filename))); }',
  params: [{ name: 'text', takes: ['string', 'place', 'pointer'] }],
  returns: u64,
  check: checkText,
  constant: ([text]) => (typeof text?.constant === 'string' ? BigInt(text.constant.length) : undefined),
  emit: ([text], out) => emitLength(out, present(text, 'text')),
});

export const strcap = defineFunction({
  name: 'strcap',
  doc: 'How many bytes a text can have, its NUL among them; of what lies behind a pointer its length.',
  example: 'tracepoint:syscalls:sys_enter_openat { @ = strcap(str(args.filename)); }',
  params: [{ name: 'text', takes: ['string', 'place', 'pointer'] }],
  returns: i64,
  check: checkText,
  constant: ([text]) =>
    text?.type.kind === 'string' || text?.type.kind === 'array' ? BigInt(sizeOf(text.type)) : undefined,
  emit: ([text], out) => emitLength(out, present(text, 'text')),
});

const comparedBytes = (texts: readonly (Argument | undefined)[], count: Argument | undefined): number =>
  Math.min(Number(count?.constant ?? 0n), ...texts.map((text) => sizeOf(present(text, 'text').type)));

export const strncmp = defineFunction({
  name: 'strncmp',
  doc: '0 if the first n bytes of two texts are the same (or they end before, alike); else -1 or 1, as the first or the second comes first.',
  example: 'tracepoint:syscalls:sys_enter_openat /strncmp(comm, "python", 6) == 0/ { @ = count(); }',
  params: [
    { name: 'a', takes: ['string'] },
    { name: 'b', takes: ['string'] },
    { name: 'n', takes: ['number'] },
  ],
  returns: i64,
  check: ([, , count], _context, report) => {
    if (typeof count?.constant === 'bigint' && count.constant < 0n)
      report.error('bad-argument', 'A length can not be negative', count.span);
  },
  emit: ([a, b, count], out) =>
    out.orderOf(out.bytes(present(a, 'a')), out.bytes(present(b, 'b')), comparedBytes([a, b], count), true),
});

const searchParams = [
  { name: 'haystack', takes: ['string'] },
  { name: 'needle', takes: ['string'] },
] as const;

function emitSearch([haystack, needle]: readonly Argument[], out: Emitter): Scalar {
  const wanted = present(needle, 'needle');
  const text = typeof wanted.constant === 'string' ? wanted.constant : out.bytes(wanted);
  return out.find(out.bytes(present(haystack, 'haystack')), text);
}

/** Known when compiling, or undefined. */
function searchConstants([haystack, needle]: readonly Argument[]): number | undefined {
  if (typeof haystack?.constant !== 'string' || typeof needle?.constant !== 'string') return undefined;
  return haystack.constant.indexOf(needle.constant);
}

export const strstr = defineFunction({
  name: 'strstr',
  doc: 'Where a text first occurs in another, in bytes from 0; -1 if it does not.',
  example: 'tracepoint:syscalls:sys_enter_openat { @[strstr(str(args.filename), ".so")] = count(); }',
  params: searchParams,
  returns: i64,
  constant: (args) => {
    const found = searchConstants(args);
    return found === undefined ? undefined : BigInt(found);
  },
  emit: emitSearch,
});

export const strcontains = defineFunction({
  name: 'strcontains',
  doc: 'True if a text occurs in another.',
  example: 'tracepoint:syscalls:sys_enter_openat /strcontains(str(args.filename), ".so")/ { @ = count(); }',
  params: searchParams,
  returns: bool,
  constant: (args) => {
    const found = searchConstants(args);
    return found === undefined ? undefined : found >= 0;
  },
  emit: (args, out) => out.compare('>=', emitSearch(args, out), 0, true),
});

/** Both with one NUL. */
const joinedCapacity = ([a, b]: readonly Argument[]): number =>
  sizeOf(present(a, 'a').type) + sizeOf(present(b, 'b').type) - 1;

/** Writes both texts one behind the other, and gives the length of the whole with its NUL. */
function concatenate([first, second]: readonly Argument[], out: Emitter, to: Memory): Scalar {
  const [a, b] = [present(first, 'a'), present(second, 'b')];
  const read = (place: Memory, text: Argument): Scalar =>
    out.helper('probe_read_kernel_str', [place, sizeOf(text.type), out.bytes(text)]);
  const start = out.subtract(read(out.part(to, 0, sizeOf(a.type)), a), 1);
  return out.add(read(out.partAt(to, start, sizeOf(b.type)), b), start);
}

export const strConcat = defineFunction({
  name: 'str_concat',
  doc: 'Two texts, one behind the other; max_strlen - 1 bytes at most.',
  example:
    'tracepoint:syscalls:sys_enter_openat { print(str_concat(comm, str_concat(": ", str(args.filename)))); }',
  params: [
    { name: 'a', takes: ['string'] },
    { name: 'b', takes: ['string'] },
  ],
  returns: (args, { settings }) => {
    const whole = joinedCapacity(args);
    return whole <= settings.maxStrlen ? string(whole) : { ...string(settings.maxStrlen), mayBeCut: true };
  },
  constant: ([a, b], { settings }) => {
    if (typeof a?.constant !== 'string' || typeof b?.constant !== 'string') return undefined;
    return (a.constant + b.constant).slice(0, settings.maxStrlen - 1);
  },
  emit: (args, out) => {
    const capacity = joinedCapacity(args);
    const whole = out.reserveIndexed(capacity, 'concatenated');
    out.zero(whole);
    concatenate(args, out, whole);
    if (capacity <= out.settings.maxStrlen) return whole;
    const cut = out.part(whole, 0, out.settings.maxStrlen);
    out.store(cut, cut.bytes - 1, out.int(0, 8));
    return cut;
  },
});

/** Bytes that an argument has, behind a pointer as many as are asked for. */
function bytesOf(out: Emitter, argument: Argument, bytes: number): Memory {
  if (argument.type.kind === 'string') return out.bytes(argument);
  const copy = out.reserve(bytes, 'compared');
  const { address, space } = out.address(argument);
  out.readMemory(copy, bytes, address, space);
  return copy;
}

/** How many bytes it has, if that is known. */
const sizeKnown = ({ type }: Argument): number | undefined =>
  type.kind === 'string' || type.kind === 'array' || type.kind === 'struct' ? sizeOf(type) : undefined;

export const memcmp = defineFunction({
  name: 'memcmp',
  doc: '0 if the first n bytes of two texts, arrays or structs, or of what lies behind two pointers, are the same; else -1 or 1, as the first or the second comes first.',
  example: 'tracepoint:syscalls:sys_enter_write { @[memcmp(args.buf, "GET", 3)] = count(); }',
  params: [
    { name: 'a', takes: ['string', 'place', 'pointer'] },
    { name: 'b', takes: ['string', 'place', 'pointer'] },
    { name: 'n', takes: ['number'] },
  ],
  returns: i32,
  check: ([a, b, count], { settings }, report) => {
    if (typeof count?.constant !== 'bigint') return;
    if (count.constant < 0n) report.error('bad-argument', 'A length can not be negative', count.span);
    const least = Math.min(...[a, b].map((side) => (side && sizeKnown(side)) ?? settings.maxStrlen));
    if (count.constant > BigInt(least))
      report.error(
        'bad-argument',
        `There are only ${least} bytes to compare, not ${count.constant}`,
        count.span,
      );
  },
  emit: ([a, b, count], out) => {
    const bytes = Number(count?.constant ?? 0n);
    assert(bytes >= 0, 'a length');
    const [left, right] = [bytesOf(out, present(a, 'a'), bytes), bytesOf(out, present(b, 'b'), bytes)];
    return out.resize(out.orderOf(left, right, bytes, false), 32);
  },
});
