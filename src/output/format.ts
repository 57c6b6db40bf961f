/** printf: a format and values to text. What is known beforehand is decided once, when the formatter is made. */

import type { Conversion, FormatNumber } from '../types/format-string.ts';
import { formatArguments, parseFormat } from '../types/format-string.ts';
import type { Type } from '../types/type.ts';
import { errorType } from '../types/type.ts';
import type { ByteText, Integer, Value } from '../types/value.ts';
import { gfpFlags } from './gfp-flags.ts';
import { escapedBytes, hexBytes, hexEscapedBytes, valueText } from './value-text.ts';

export type Formatter = (values: readonly Value[]) => ByteText;

/** Shows one value. */
type Show = (value: Value) => ByteText;

/** A conversion whose width and precision are known. */
type Settled = Omit<Conversion, 'width' | 'precision'> & {
  readonly width: number;
  readonly precision?: number;
};

/**
 * A function that puts values into a format. The values come in the order of the format's arguments, `*` widths among them; their
 * types are needed because %x and %u of a negative number show as many bits as its type has.
 */
export function formatter(format: ByteText, types: readonly Type[]): Formatter {
  const { pieces } = parseFormat(format);
  const shows: ((values: readonly Value[]) => ByteText)[] = [];
  const texts: ByteText[] = [''];
  let next = 0;
  for (const piece of pieces) {
    if (piece.kind === 'text') {
      texts[texts.length - 1] += piece.text;
      continue;
    }
    shows.push(showArgument(piece, next, types));
    texts.push('');
    next += formatArguments([piece]).length;
  }
  return joined(texts, shows);
}

function joined(texts: readonly ByteText[], shows: readonly Formatter[]): Formatter {
  const [first = '', ...behind] = texts;
  return (values) => {
    let text = first;
    for (let index = 0; index < shows.length; index++)
      text += (shows[index]?.(values) ?? '') + (behind[index] ?? '');
    return text;
  };
}

/** A conversion's part of the text, from the values at `index` and behind. */
function showArgument(conversion: Conversion, index: number, types: readonly Type[]): Formatter {
  const { width = 0, precision } = conversion;
  if (width !== 'argument' && precision !== 'argument') {
    const show = showValue(settled(conversion, width, precision), types[index] ?? errorType);
    return (values) => show(values[index] ?? null);
  }
  const at = index + (width === 'argument' ? 1 : 0) + (precision === 'argument' ? 1 : 0);
  const type = types[at] ?? errorType;
  return (values) => showValue(settle(conversion, values, index), type)(values[at] ?? null);
}

/** Takes `*` from the values. As in C a negative width means left, and a negative precision none. */
function settle(conversion: Conversion, values: readonly Value[], index: number): Settled {
  const take = (number: FormatNumber, at: number) =>
    number === 'argument' ? Number(integerOf(values[at] ?? 0) ?? 0) : number;
  const width = take(conversion.width ?? 0, index);
  const precisionAt = index + (conversion.width === 'argument' ? 1 : 0);
  const precision = conversion.precision === undefined ? -1 : take(conversion.precision, precisionAt);
  const left = conversion.left || width < 0;
  return settled(
    { ...conversion, left },
    Math.min(Math.abs(width), widthMax),
    precision < 0 ? undefined : precision,
  );
}

function settled(conversion: Conversion, width: number, precision: number | undefined): Settled {
  const { width: _width, precision: _precision, ...rest } = conversion;
  return { ...rest, width, ...(precision !== undefined && { precision }) };
}

/** Bounds what a runaway `*` can ask for. */
const widthMax = 65_536;

function showValue(conversion: Settled, type: Type): Show {
  switch (conversion.name) {
    case 's':
      return showText(conversion, valueText);
    case 'd':
    case 'i':
      return showSigned(conversion);
    case 'u':
      return showUnsigned(conversion, bitsOf(type), 10);
    case 'o':
      return showUnsigned(conversion, bitsOf(type), 8);
    case 'x':
    case 'X':
      return showUnsigned(conversion, bitsOf(type), 16);
    case 'p':
      return showUnsigned({ ...conversion, name: 'x' }, 64, 16, '0x');
    case 'c':
      return showText(
        conversion,
        ofInteger((integer) => String.fromCharCode(Number(BigInt.asUintN(8, BigInt(integer))))),
      );
    case 'r':
      return showText(conversion, ofBuffer(escapedBytes));
    case 'rx':
      return showText(conversion, ofBuffer(hexEscapedBytes));
    case 'rh':
      return showText(conversion, ofBuffer(hexBytes));
    case 'gr':
      return showText(conversion, ofInteger(gfpFlags));
  }
}

function bitsOf(type: Type): 8 | 16 | 32 | 64 {
  if (type.kind === 'bool') return 8;
  if (type.kind !== 'int' && type.kind !== 'enum') return 64;
  const bits = { 1: 8, 2: 16, 4: 32, 8: 64 } as const;
  return bits[type.bytes];
}

/** The integer that a value is; undefined for those that aren't. */
function integerOf(value: Value): Integer | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'object' || value === null) return undefined;
  if (value.kind === 'pointer') return value.address;
  return value.kind === 'enum' ? value.value : undefined;
}

/** Sema lets no other values through; should one come all the same, it is shown and marked, not left out. */
const notConvertible = (value: Value): ByteText => `!{invalid integer conversion: ${valueText(value)}}`;

const ofInteger =
  (show: (integer: Integer) => ByteText): Show =>
  (value) => {
    const integer = integerOf(value);
    return integer === undefined ? notConvertible(value) : show(integer);
  };

const ofBuffer =
  (show: (bytes: Uint8Array) => ByteText): Show =>
  (value) =>
    typeof value === 'object' && value?.kind === 'buffer' ? show(value.bytes) : valueText(value);

/** Text: cut to the precision, padded to the width, both counted in characters. */
function showText(conversion: Settled, show: Show): Show {
  const { width, precision, left, name } = conversion;
  if (width === 0 && precision === undefined) return show;
  const padding = paddings(conversion.zero && !left ? '0' : ' ', width);
  return (value) => {
    const whole = show(value);
    const text = precision === undefined || name !== 's' ? whole : cutCharacters(whole, precision);
    const pad = padding[width - countCharacters(text)] ?? '';
    return left ? text + pad : pad + text;
  };
}

/** By length, up to a width: made once, so that padding is a look-up. */
const paddings = (fill: string, width: number): readonly string[] =>
  Array.from({ length: width + 1 }, (_, length) => fill.repeat(length));

/** True for the bytes that continue a character in UTF-8. */
const continues = (byte: number): boolean => (byte & 0xc0) === 0x80;

function countCharacters(text: ByteText): number {
  let count = text.length;
  for (let index = 0; index < text.length; index++) if (continues(text.charCodeAt(index))) count--;
  return count;
}

function cutCharacters(text: ByteText, countMax: number): ByteText {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    if (continues(text.charCodeAt(index))) continue;
    if (count === countMax) return text.slice(0, index);
    count++;
  }
  return text;
}

/**
 * Signed decimal. Without a length modifier the value is taken as 64 bits wide and signed: so narrow types show whole, and a u64 that holds
 * a negative errno (retval) shows as that.
 */
function showSigned(conversion: Settled): Show {
  const bits = conversion.bits ?? 64;
  const signed = (integer: Integer): Integer =>
    bits === 64 && typeof integer === 'number' ? integer : BigInt.asIntN(bits, BigInt(integer));
  const slow = ofInteger((integer) => {
    const value = signed(integer);
    const sign = value < 0 ? '-' : conversion.plus ? '+' : conversion.space ? ' ' : '';
    return padNumber(conversion, sign, decimal(value < 0 ? -value : value));
  });
  if (!isPlain(conversion) || bits !== 64) return slow;
  return (value) => (typeof value === 'number' && value >= 0 ? decimal(value) : slow(value));
}

function showUnsigned(
  conversion: Settled,
  typeBits: 8 | 16 | 32 | 64,
  radix: 8 | 10 | 16,
  prefix = '',
): Show {
  const bits = conversion.bits ?? typeBits;
  const cuts = conversion.bits !== undefined && conversion.bits !== 64;
  const unsigned = (integer: Integer): Integer =>
    typeof integer === 'number' && integer >= 0 && !cuts ? integer : BigInt.asUintN(bits, BigInt(integer));
  const upper = conversion.name === 'X';
  return ofInteger((integer) => {
    const value = unsigned(integer);
    const text = radix === 10 ? decimal(value) : value.toString(radix);
    const digits = upper ? text.toUpperCase() : text;
    if (conversion.alternate && radix === 8) return padOctal(conversion, digits);
    const front =
      prefix || (conversion.alternate && radix === 16 && text !== '0' ? `0${conversion.name}` : '');
    return padNumber(conversion, front, digits);
  });
}

const isPlain = (conversion: Settled): boolean =>
  conversion.width === 0 && conversion.precision === undefined && !conversion.plus && !conversion.space;

/** `#` of octal numbers asks for so much precision that they begin with a zero. */
function padOctal(conversion: Settled, digits: string): string {
  const { precision } = conversion;
  const atLeastOne = { ...conversion, ...(precision !== undefined && { precision: Math.max(1, precision) }) };
  return padNumber(atLeastOne, '', digits === '0' ? digits : `0${digits}`);
}

/**
 * As in C: precision is the least number of digits, none of which a zero has at precision 0, and switches the flag 0 off; zeros go
 * between the sign and the digits.
 */
function padNumber(conversion: Settled, front: string, digits: string): string {
  const { width, precision, left, zero } = conversion;
  const least = precision ?? (zero && !left ? width - front.length : 0);
  const needed = precision === 0 && digits === '0' ? '' : digits;
  const text = front + (needed.length < least ? needed.padStart(least, '0') : needed);
  if (text.length >= width) return text;
  return left ? text.padEnd(width) : text.padStart(width);
}

const billion = 1_000_000_000;

/**
 * Decimal digits of a number that isn't negative. V8 writes small integers several times as fast as doubles: so larger ones, times in
 * nanoseconds above all, are written in two parts.
 */
function decimal(value: Integer): string {
  if (typeof value !== 'number' || value < billion) return `${value}`;
  const upper = Math.floor(value / billion);
  // The leading 1 keeps the zeros of the lower part.
  return `${upper}${`${billion + (value - upper * billion)}`.slice(1)}`;
}
