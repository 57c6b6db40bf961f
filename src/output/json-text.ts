/** The small words of JSON: strings, integers, objects. All that they yield is bytes of UTF-8, ready to be written. */

import type { ByteText, Integer } from '../types/value.ts';
import { byteText, textOf } from '../types/value.ts';

/** A number, or a string where a reader that holds numbers as doubles would see another one. */
export function integerJson(value: Integer): string {
  const exact = typeof value === 'number' || BigInt(Number(value)) === value;
  return exact ? String(value) : `"${value}"`;
}

/** Members already in JSON, with the spacing of all objects. */
export function objectJson(members: readonly (readonly [key: string, value: string])[]): string {
  return `{${members.map(([key, value]) => `"${key}": ${value}`).join(', ')}}`;
}

/** Bytes as a JSON string in UTF-8; what isn't UTF-8 becomes U+FFFD. */
export function textJson(bytes: ByteText): ByteText {
  // Nearly all that is printed is plain text and a line break at its end; looking for that first makes it several times as fast.
  const lines = bytes.endsWith('\n');
  const line = lines ? bytes.slice(0, -1) : bytes;
  if (needsNoEscape.test(line)) return lines ? `"${line}\\n"` : `"${line}"`;
  return byteText(stringJson(textOf(bytes)));
}

const needsNoEscape = /^[ !#-[\]-~]*$/;

// eslint-disable-next-line no-control-regex -- control characters are what must be escaped
const escaped = /["\\\x00-\x1f\x7f]/g;

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** Our own words: ASCII. What comes from the traced world goes through `textJson`. */
export function stringJson(text: string): string {
  if (needsNoEscape.test(text)) return `"${text}"`;
  return `"${text.replace(escaped, (character) => shortEscapes[character] ?? unicodeEscape(character))}"`;
}

const unicodeEscape = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
