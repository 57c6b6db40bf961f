/** The maps that C for BPF defines, as the script's plan has its own; or why one can't be taken. */

import type { Result } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import { mapSection } from '../../plan/object-sections.ts';
import type { MapType } from '../../plan/plan.ts';
import { mapTypes } from '../../plan/plan.ts';
import type { ExternalMap } from '../../sema/facts.ts';
import type { MapDefinition } from '../btf/map-definition.ts';
import { mapDefinition } from '../btf/map-definition.ts';
import type { Btf } from '../btf/parse.ts';
import { btfKind, idsOfKind, nameOf, sectionVariables } from '../btf/parse.ts';
import { sizeOfBtf } from '../btf/size.ts';

/** Fails with what can't be taken, in words. */
export function importedMaps(btf: Btf): Result<readonly ExternalMap[], string> {
  const section = idsOfKind(btf, btfKind.section).find((id) => nameOf(btf, id) === mapSection);
  const maps: ExternalMap[] = [];
  for (const variable of section === undefined ? [] : sectionVariables(btf, section)) {
    const definition = mapDefinition(btf, variable);
    const unfit = unfitPart(definition);
    if (unfit !== undefined) return failed(`a map, ${definition.name}, ${unfit}`);
    const map = importedMap(btf, definition);
    if (!map.ok) return failed(`a map, ${definition.name}, ${map.error}`);
    maps.push(map.value);
  }
  return ok(maps);
}

const numbersKnown = ['type', 'max_entries', 'map_flags', 'key_size', 'value_size'];

function unfitPart({ numbers, others }: MapDefinition): string | undefined {
  const unknown = [...numbers.keys()].find((name) => !numbersKnown.includes(name)) ?? others[0];
  return unknown === undefined ? undefined : `whose definition says ${unknown}, which can't be done here`;
}

function importedMap(btf: Btf, definition: MapDefinition): Result<ExternalMap, string> {
  const number = (name: string): number => definition.numbers.get(name) ?? 0;
  const type = typeNumbered(number('type'));
  if (type === undefined) return failed(`of a type (${number('type')}) that can't be made here`);
  const entriesMax = number('max_entries');
  if (entriesMax === 0) return failed('that does not say its max_entries');
  const bytesOf = (part: 'key' | 'value'): number =>
    sizeOfBtf(btf, definition.types.get(part) ?? 0) ?? number(`${part}_size`);
  const flags = number('map_flags');
  return ok({
    symbol: definition.name,
    type,
    keyBytes: bytesOf('key'),
    valueBytes: bytesOf('value'),
    entriesMax,
    ...(flags > 0 && { flags }),
  });
}

/** An array of maps needs one like those that it is to hold. */
function typeNumbered(number: number): MapType | undefined {
  const types = Object.keys(mapTypes) as MapType[]; // Object.keys can't say that they are
  return types.find((type) => mapTypes[type] === number && type !== 'array-of-maps');
}
