/** How a value reads in JSON. */

import type { Value } from '../types/value.ts';
import { histogramJson } from './histogram.ts';
import { seriesJson } from './series.ts';
import { integerJson, objectJson, textJson } from './json-text.ts';
import { keyText, valueText } from './value-text.ts';

export function valueJson(value: Value): string {
  if (typeof value === 'string') return textJson(value);
  if (typeof value === 'number' || typeof value === 'bigint') return integerJson(value);
  if (typeof value !== 'object') return String(value);
  if (value === null) return 'null';
  switch (value.kind) {
    case 'pointer':
      return integerJson(value.address);
    case 'enum':
      return integerJson(value.value);
    case 'buffer':
      return `[${value.bytes.join(',')}]`;
    case 'array':
    case 'tuple':
      return `[${value.elements.map(valueJson).join(',')}]`;
    case 'record':
      return objectJson(value.fields.map((field) => [field.name, valueJson(field.value)]));
    case 'stack':
      return textJson(valueText(value));
    case 'stats':
      return objectJson([
        ['count', integerJson(value.count)],
        ['average', integerJson(value.average)],
        ['total', integerJson(value.total)],
      ]);
    case 'histogram':
      return histogramJson(value);
    case 'series':
      return seriesJson(value);
  }
}

/** A map's key: always a string, without spaces. */
export function keyJson(parts: readonly Value[]): string {
  return textJson(keyText(parts).replaceAll(' ', ''));
}
