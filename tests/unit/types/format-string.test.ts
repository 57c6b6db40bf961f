import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConversionName } from '../../../src/types/format-string.ts';
import {
  acceptsArgument,
  acceptsType,
  formatArguments,
  parseFormat,
} from '../../../src/types/format-string.ts';
import type { Type } from '../../../src/types/type.ts';
import {
  arrayOf,
  bool,
  buffer,
  errorType,
  i8,
  inet,
  none,
  pointerTo,
  stack,
  string,
  symbol,
  timestamp,
  tuple,
  u64,
} from '../../../src/types/type.ts';

/** The one conversion of a format, as the parts that are set. */
function parts(format: string): string {
  const { pieces, errors } = parseFormat(format);
  expect(errors).toEqual([]);
  const [piece] = pieces;
  if (piece?.kind !== 'conversion') throw new Error('no conversion');
  const flags = ['left', 'plus', 'space', 'alternate', 'zero'] as const;
  return [
    ...flags.filter((flag) => piece[flag]),
    ...(piece.width === undefined ? [] : [`width=${piece.width}`]),
    ...(piece.precision === undefined ? [] : [`precision=${piece.precision}`]),
    ...(piece.bits === undefined ? [] : [`bits=${piece.bits}`]),
    piece.name,
  ].join(' ');
}

test.each([
  ['%d', 'd'],
  ['%-+ #08.3lld', 'left plus space alternate zero width=8 precision=3 bits=64 d'],
  ['%0-5i', 'left zero width=5 i'],
  ['%hhx', 'bits=8 x'],
  ['%hX', 'bits=16 X'],
  ['%zu', 'bits=64 u'],
  ['%jo', 'bits=64 o'],
  ['%*d', 'width=argument d'],
  ['%-*.*s', 'left width=argument precision=argument s'],
  ['%.s', 'precision=0 s'],
  ['%.5s', 'precision=5 s'],
  ['%r', 'r'],
  ['%rx', 'rx'],
  ['%rh', 'rh'],
  ['%gr', 'gr'],
  ['%16p', 'width=16 p'],
])('%s is read as %s', (format, expected) => expect(parts(format)).toBe(expected));

test('text and conversions alternate, and %% is text', () => {
  const { pieces } = parseFormat('100%% of %s: %d\n');
  expect(pieces.map((piece) => (piece.kind === 'text' ? piece.text : piece.name))).toEqual([
    '100% of ',
    's',
    ': ',
    'd',
    '\n',
  ]);
});

test('%rx5 is a conversion and a digit, %ra one of r and a letter', () => {
  const texts = (format: string) =>
    parseFormat(format).pieces.map((piece) => (piece.kind === 'text' ? piece.text : piece.name));
  expect(texts('%rx5')).toEqual(['rx', '5']);
  expect(texts('%ra')).toEqual(['r', 'a']);
});

test.each([
  ['%', 'dangling-percent', '%', 0],
  ['ab%5', 'dangling-percent', '%5', 2],
  ['ab%.3l', 'dangling-percent', '%.3l', 2],
  ['x %f y', 'unsupported-conversion', '%f', 2],
  ['%5.2fs', 'unsupported-conversion', '%5.2f', 0],
  ['%e', 'unsupported-conversion', '%e', 0],
  ['%n', 'unsupported-conversion', '%n', 0],
  ['%g', 'unsupported-conversion', '%g', 0],
  ['% é', 'unsupported-conversion', '% é', 0],
  ['%99999999999d', 'unsupported-conversion', '%99999999999d', 0],
])('%s has an error %s at %s', (format, kind, text, start) => {
  expect(parseFormat(format).errors).toEqual([{ kind, text, start, end: start + text.length }]);
});

test('what is wrong stays text, and what follows is still read', () => {
  const { pieces, errors } = parseFormat('%f|%d');
  expect(errors).toHaveLength(1);
  expect(pieces.map((piece) => (piece.kind === 'text' ? piece.text : piece.name))).toEqual(['%f|', 'd']);
});

test('* takes arguments of its own, before the value', () => {
  const roles = formatArguments(parseFormat('%s %*d %-*.*s').pieces).map((argument) => argument.role);
  expect(roles).toEqual(['value', 'width', 'value', 'width', 'precision', 'value']);
});

const enumType: Type = { kind: 'enum', name: 'e', bytes: 4, signed: false, variants: [] };
const numbers: readonly Type[] = [i8, u64, bool, pointerTo(none, 'kernel'), enumType];
const others: readonly Type[] = [
  string(4),
  tuple([u64]),
  arrayOf(u64, 2),
  stack('kernel', 5, 'perf'),
  symbol('user'),
  inet,
  timestamp,
];
const aggregate: Type = { kind: 'aggregate', name: 'hist', signed: false, parameters: [] };

test.each<[ConversionName, readonly Type[], readonly Type[]]>([
  ['d', numbers, [...others, buffer(4), none, aggregate]],
  ['x', numbers, [...others, buffer(4), none, aggregate]],
  ['p', numbers, [...others, buffer(4), none, aggregate]],
  ['c', numbers, [...others, buffer(4), none, aggregate]],
  ['s', [...numbers, ...others, buffer(4)], [none, aggregate]],
  ['r', [buffer(4)], [...numbers, ...others, none, aggregate]],
  ['rx', [buffer(4)], [...numbers, ...others, none, aggregate]],
  ['gr', [u64, i8], [bool, string(4), enumType]],
])('%%%s takes the types it can show and no others', (name, taken, refused) => {
  expect(taken.filter((type) => !acceptsType(name, type))).toEqual([]);
  expect(refused.filter((type) => acceptsType(name, type))).toEqual([]);
  expect(acceptsType(name, errorType)).toBe(true);
});

test('a width is an integer, whatever is shown', () => {
  const [width] = formatArguments(parseFormat('%*s').pieces);
  if (width === undefined) throw new Error('no width');
  expect([acceptsArgument(width, u64), acceptsArgument(width, string(4))]).toEqual([true, false]);
});

test('any text can be read, and pieces and errors lie inside it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('%', '5', '*', '.', 'l', 'd', 's', 'f', '-', 'é', '€', ' ') }),
      (format) => {
        const { pieces, errors } = parseFormat(format);
        for (const place of [...errors, ...pieces.filter((piece) => piece.kind === 'conversion')]) {
          expect(format[place.start]).toBe('%');
          expect(place.end).toBeGreaterThan(place.start);
          expect(place.end).toBeLessThanOrEqual(format.length);
        }
      },
    ),
  );
});
