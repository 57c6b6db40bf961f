/** How a value reads in text output and for %s. */

import type { ByteText, Value } from '../types/value.ts';
import { histogramText } from './histogram.ts';
import { seriesText } from './series.ts';

export function valueText(value: Value): ByteText {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  if (value === null) return 'null';
  switch (value.kind) {
    case 'pointer':
      return `0x${value.address.toString(16)}`;
    case 'enum':
      return value.name ?? String(value.value);
    case 'buffer':
      return escapedBytes(value.bytes);
    case 'array':
      return `[${value.elements.map(valueText).join(',')}]`;
    case 'tuple':
      return `(${listText(value.elements)})`;
    case 'record':
      return recordText(value.fields.map((field) => [field.name, valueText(field.value)]));
    case 'stack':
      return `\n${value.frames.map((frame) => `${value.indent}${frame}\n`).join('')}`;
    case 'stats':
      return recordText([
        ['count', String(value.count)],
        ['average', String(value.average)],
        ['total', String(value.total)],
      ]);
    case 'histogram':
      return histogramText(value);
    case 'series':
      return seriesText(value);
  }
}

/** A key's parts as they stand between the brackets: a tuple loses its outer parentheses. */
export function keyText(parts: readonly Value[]): ByteText {
  const [first] = parts;
  if (parts.length === 1 && typeof first === 'object' && first?.kind === 'tuple')
    return listText(first.elements);
  return listText(parts);
}

const listText = (values: readonly Value[]): ByteText => values.map(valueText).join(', ');

function recordText(fields: readonly (readonly [name: string, text: ByteText])[]): ByteText {
  if (fields.length === 0) return '{}';
  return `{ ${fields.map(([name, text]) => `.${name} = ${text}`).join(', ')} }`;
}

const hexDigits = (byte: number): string => byte.toString(16).padStart(2, '0');

/** Bytes as %r shows them: printable ASCII as it is, others as \xNN. */
export function escapedBytes(bytes: Uint8Array): ByteText {
  let text = '';
  for (const byte of bytes)
    text += byte >= 32 && byte <= 126 ? String.fromCharCode(byte) : `\\x${hexDigits(byte)}`;
  return text;
}

/** Bytes as %rx shows them: all as \xNN. */
export function hexEscapedBytes(bytes: Uint8Array): ByteText {
  return Array.from(bytes, (byte) => `\\x${hexDigits(byte)}`).join('');
}

/** Bytes as %rh shows them: 0a fe. */
export function hexBytes(bytes: Uint8Array): ByteText {
  return Array.from(bytes, hexDigits).join(' ');
}
