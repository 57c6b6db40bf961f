/** What is known of maps and variables so far. A round of inference reads the last round's table and writes the next. */

import type { Span } from '../base/span.ts';
import type { AggregationDefinition } from '../builtins/define.ts';
import type { Type } from '../types/type.ts';
import { errorType, sameType } from '../types/type.ts';
import type { Flexible, Known } from './convert.ts';
import { joinKnown } from './convert.ts';

export interface MapFacts {
  readonly name: string;
  readonly index: number;
  /** First use, and the first that gave it a value. */
  readonly span: Span;
  readonly written?: Span;
  /** Parts of the key; undefined as long as no use tells. */
  readonly key?: readonly Known[];
  readonly keySpan?: Span;
  /** Undefined if nothing is stored; of the error type as long as what is stored is not known. */
  readonly value?: Known;
  readonly aggregation?: AggregationDefinition;
}

export interface VariableFacts {
  readonly known: Known;
  readonly span: Span;
}

export class SymbolTable {
  readonly maps = new Map<string, MapFacts>();
  /** By id (Variable.id). */
  readonly variables = new Map<string, VariableFacts>();

  constructor(from?: SymbolTable) {
    for (const [name, facts] of from?.maps ?? []) this.maps.set(name, facts);
    for (const [id, facts] of from?.variables ?? []) this.variables.set(id, facts);
  }

  map(name: string, span: Span): MapFacts {
    const found = this.maps.get(name) ?? { name, index: this.maps.size, span };
    this.maps.set(name, found);
    return found;
  }

  /** A use of a map's key; false if it doesn't go with the others. */
  joinKey(name: string, parts: readonly Known[], span: Span): boolean {
    const map = this.map(name, span);
    if (!map.key) {
      this.maps.set(name, { ...map, key: parts, keySpan: span });
      return true;
    }
    if (map.key.length !== parts.length) return false;
    const joined = map.key.map((part, index) => joinKnown(part, parts[index] ?? part));
    if (!joined.every((part) => part !== undefined)) return false;
    this.maps.set(name, { ...map, key: joined });
    return true;
  }

  /** A value that a map is given; false if it doesn't go with the others. */
  joinValue(name: string, value: Known, span: Span, aggregation?: AggregationDefinition): boolean {
    const map = this.map(name, span);
    const isNews = !map.value || map.value.type.kind === 'error';
    const joined = isNews ? value : joinKnown(map.value, value);
    if (!joined || (!isNews && value.type.kind !== 'error' && map.aggregation !== aggregation)) return false;
    this.maps.set(name, {
      ...map,
      value: joined,
      written: isNews ? span : (map.written ?? span),
      ...(aggregation && { aggregation }),
    });
    return true;
  }

  joinVariable(id: string, value: Known, span: Span): boolean {
    const variable = this.variables.get(id);
    const joined = variable ? joinKnown(variable.known, value) : value;
    if (!joined) return false;
    this.variables.set(id, { known: joined, span: variable?.span ?? span });
    return true;
  }

  /** A name of which the table that this one came from knew less; undefined if another round would find nothing new. */
  newsSince(before: SymbolTable): Span | undefined {
    for (const [name, map] of this.maps) if (!sameMap(map, before.maps.get(name))) return map.span;
    for (const [id, { known, span }] of this.variables)
      if (!sameKnown(known, before.variables.get(id)?.known)) return span;
    return undefined;
  }
}

const sameKnown = (a: Known | undefined, b: Known | undefined): boolean =>
  a === b ||
  (a !== undefined && b !== undefined && sameFlexible(a.flexible, b.flexible) && sameType(a.type, b.type));

const sameFlexible = (a: Flexible, b: Flexible): boolean =>
  typeof a === 'boolean' || typeof b === 'boolean'
    ? a === b
    : a.length === b.length && a.every((part, index) => sameFlexible(part, b[index] ?? false));

const sameMap = (a: MapFacts, b: MapFacts | undefined): boolean =>
  b !== undefined &&
  a.key?.length === b.key?.length &&
  (a.key ?? []).every((part, index) => sameKnown(part, b.key?.[index])) &&
  sameKnown(a.value, b.value);

export const typeOf = (facts: Known | undefined): Type => facts?.type ?? errorType;
