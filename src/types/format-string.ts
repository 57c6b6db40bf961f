/** printf formats: text to pieces. One parse, used by checking (sema) and by printing (output/format.ts). */

import type { Type } from './type.ts';

/** What a conversion shows. `rx` and `rh` are forms of `r`, `gr` names GFP flags. */
export type ConversionName = 'd' | 'i' | 'u' | 'o' | 'x' | 'X' | 'c' | 'p' | 's' | 'r' | 'rx' | 'rh' | 'gr';

/** Length modifiers that cut: C's widths on the 64-bit machines that we run on. */
const modifierBits = { hh: 8, h: 16, l: 64, ll: 64, j: 64, z: 64, t: 64, L: 64 } as const;

/** A width or precision: a number in the format, or the next argument. */
export type FormatNumber = number | 'argument';

export interface Conversion {
  readonly kind: 'conversion';
  readonly name: ConversionName;
  /** `-`: pad on the right. */
  readonly left: boolean;
  /** `+`: a sign before positive numbers too. */
  readonly plus: boolean;
  /** ` `: a space where a sign would be. */
  readonly space: boolean;
  /** `#`: 0x or 0 in front. */
  readonly alternate: boolean;
  /** `0`: pad with zeros. */
  readonly zero: boolean;
  readonly width?: FormatNumber;
  readonly precision?: FormatNumber;
  /** Bits that the value is cut to; absent without a length modifier: the whole value of the argument's own type. */
  readonly bits?: 8 | 16 | 64;
  /** Offsets in the format: of the `%`, and just past the conversion. */
  readonly start: number;
  readonly end: number;
}

export interface FormatText {
  readonly kind: 'text';
  readonly text: string;
}

export type FormatPiece = FormatText | Conversion;

/** A fault of the format itself, at offsets in it. */
export interface FormatError {
  readonly kind: 'dangling-percent' | 'unsupported-conversion';
  /** What stands there: `%5f`, `%`. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface ParsedFormat {
  readonly pieces: readonly FormatPiece[];
  readonly errors: readonly FormatError[];
}

/** What an argument of the call is for. */
export interface FormatArgument {
  readonly role: 'width' | 'precision' | 'value';
  readonly conversion: Conversion;
}

/** Flags, width, precision, length, conversion: all that may stand behind a `%`. Flags are taken in any order. */
const specification = /([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?(hh|h|ll|l|j|z|t|L)?(rx|rh|gr|[diuoxXcpsr])?/y;

/** Widths beyond this are refused as conversions: nobody reads them, and a slip would fill the memory. */
const formatNumberMax = 1_000_000;

/** Splits a format. Never fails: what is wrong becomes text and an error. */
export function parseFormat(format: string): ParsedFormat {
  const pieces: FormatPiece[] = [];
  const errors: FormatError[] = [];
  let text = '';
  let at = 0;
  const endText = () => {
    if (text !== '') pieces.push({ kind: 'text', text });
    text = '';
  };
  while (at < format.length) {
    const percent = format.indexOf('%', at);
    text += format.slice(at, percent < 0 ? format.length : percent);
    if (percent < 0) break;
    if (format[percent + 1] === '%') {
      text += '%';
      at = percent + 2;
      continue;
    }
    const conversion = readConversion(format, percent);
    at = conversion.end;
    if (conversion.kind === 'conversion') {
      endText();
      pieces.push(conversion);
    } else {
      errors.push(conversion);
      text += conversion.text;
    }
  }
  endText();
  return { pieces, errors };
}

function readConversion(format: string, start: number): Conversion | FormatError {
  specification.lastIndex = start + 1;
  const match = specification.exec(format);
  const [whole = '', flags = '', width, precision, modifier, name] = match ?? [];
  const end = start + 1 + whole.length;
  if (name === undefined || tooLarge(width) || tooLarge(precision))
    return conversionError(format, start, end, name);
  return {
    kind: 'conversion',
    name: name as ConversionName,
    left: flags.includes('-'),
    plus: flags.includes('+'),
    space: flags.includes(' '),
    alternate: flags.includes('#'),
    zero: flags.includes('0'),
    ...(width !== undefined && { width: formatNumber(width) }),
    ...(precision !== undefined && { precision: formatNumber(precision) }),
    ...(modifier !== undefined && { bits: modifierBits[modifier as keyof typeof modifierBits] }),
    start,
    end,
  };
}

/** The text of the error reaches up to and with the character that is no conversion. */
function conversionError(
  format: string,
  start: number,
  specificationEnd: number,
  name: string | undefined,
): FormatError {
  const dangling = name === undefined && specificationEnd >= format.length;
  const character = String.fromCodePoint(format.codePointAt(specificationEnd) ?? 0);
  const end = name !== undefined || dangling ? specificationEnd : specificationEnd + character.length;
  return {
    kind: dangling ? 'dangling-percent' : 'unsupported-conversion',
    text: format.slice(start, end),
    start,
    end,
  };
}

const formatNumber = (text: string): FormatNumber => (text === '*' ? 'argument' : Number(text));

const tooLarge = (text: string | undefined): boolean =>
  text !== undefined && text !== '*' && Number(text) > formatNumberMax;

/** What the call's arguments behind the format are for, in order. */
export function formatArguments(pieces: readonly FormatPiece[]): readonly FormatArgument[] {
  return pieces.flatMap((piece): readonly FormatArgument[] => {
    if (piece.kind === 'text') return [];
    return [
      ...(piece.width === 'argument' ? [{ role: 'width', conversion: piece } as const] : []),
      ...(piece.precision === 'argument' ? [{ role: 'precision', conversion: piece } as const] : []),
      { role: 'value', conversion: piece },
    ];
  });
}

/** Whether a conversion can show values of a type. Aggregations must have been read (made integers) before. */
export function acceptsType(conversion: ConversionName, type: Type): boolean {
  if (type.kind === 'error') return true;
  switch (conversion) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
    case 'c':
    case 'p':
      return isNumeric(type);
    case 'gr':
      return type.kind === 'int';
    case 'r':
    case 'rx':
    case 'rh':
      return type.kind === 'buffer';
    case 's':
      return type.kind !== 'none' && type.kind !== 'aggregate';
  }
}

/** Whether an argument of this type may stand for a format's argument. */
export function acceptsArgument(argument: FormatArgument, type: Type): boolean {
  return argument.role === 'value'
    ? acceptsType(argument.conversion.name, type)
    : type.kind === 'int' || type.kind === 'error';
}

function isNumeric(type: Type): boolean {
  return type.kind === 'int' || type.kind === 'bool' || type.kind === 'pointer' || type.kind === 'enum';
}
