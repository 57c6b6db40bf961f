/**
 * DOOR: what a program's debug information says of its functions: their parameters with types, where those lie when the function begins, and
 * what it returns; and the fields of its structs.
 */

import type { FunctionSignature, ParameterPlace, Passing } from '../../probes/define.ts';
import type { Field } from '../../types/field.ts';
import type { DebugInfo } from './debug-info.ts';
import { unlessDamaged } from './debug-info.ts';
import type { Node } from './entries.ts';
import { childNodes, has, nodeAt, nodeBehind, plainName } from './entries.ts';
import type { Location } from './expressions.ts';
import { readExpression } from './expressions.ts';
import { locationAt } from './location-lists.ts';
import { passingIn } from './passing.ts';
import type { StructIds } from './types.ts';
import { fieldsOfStruct, typeNode, typeOf } from './types.ts';
import { attribute, tag } from './unit.ts';
import { rangesOf } from './values.ts';

export interface Signatures {
  /** Of the function that begins at an address, as the file has it; undefined if nothing is known of one. */
  at(address: number): FunctionSignature | undefined;
  /** Of a struct by the end of its id, behind `prefix`. */
  fields(id: string): readonly Field[];
}

/** `prefix` begins the ids of structs, and tells the files apart. */
export function signatures(info: DebugInfo, prefix: string): Signatures {
  const ids: StructIds = (node) => `${prefix}${node.info === info ? '' : 'shared:'}${node.entry.offset}`;
  return {
    at: (address) => unlessDamaged(() => signatureAt(info, address, ids)),
    fields: (id) =>
      unlessDamaged(() => {
        const isShared = id.startsWith('shared:');
        const file = info.fileOf({ offset: 0, isShared });
        const offset = Number(isShared ? id.slice('shared:'.length) : id);
        return file && fieldsOfStruct(nodeAt(file, offset), ids);
      }) ?? [],
  };
}

function signatureAt(info: DebugInfo, address: number, ids: StructIds): FunctionSignature | undefined {
  const found = info.unitAt(address)?.functionAt(address);
  const node = found && nodeAt(info, found.offset);
  // Parts of a function that lie elsewhere (what is seldom run) begin somewhere, too.
  if (node === undefined || rangesOf(node.entry, node.unit)[0]?.[0] !== address) return undefined;
  const parameters = Array.from(childNodes(node)).filter(({ entry }) => entry.tag === tag.formalParameter);
  const type = typeNode(withType(node));
  return {
    parameters: parameters.map((parameter) => {
      const typed = withType(parameter);
      return {
        name: plainName(named(parameter)),
        type: typeOf(typed, ids),
        passing: passingIn(node.unit, typeNode(typed)),
        place: placeOf(parameter, node, address),
      };
    }),
    returns: { type: typeOf(withType(node), ids), passing: returnedBy(node, type) },
  };
}

const returnedBy = ({ unit }: Node, type: Node | undefined): Passing =>
  type === undefined ? { kind: 'none' } : passingIn(unit, type);

/** Longer chains of origins lead in a circle. */
const originsMax = 8;

/** The entry itself or the one that it is a copy of: whichever says something. */
function original(node: Node, says: (node: Node) => boolean): Node {
  let at: Node | undefined = node;
  for (let steps = 0; at !== undefined && steps < originsMax; steps++) {
    if (says(at)) return at;
    at = nodeBehind(at, attribute.abstractOrigin) ?? nodeBehind(at, attribute.specification);
  }
  return node;
}

const withType = (node: Node): Node => original(node, (candidate) => has(candidate, attribute.type));
const named = (node: Node): Node => original(node, (candidate) => has(candidate, attribute.name));

/**
 * Where a parameter lies when its function begins. A place for the whole function that is in memory of the function's own is not filled
 * yet then: the calling convention tells. It does so too for functions that others know, whatever the compiler has forgotten; of others it
 * may have dropped parameters.
 */
function placeOf(parameter: Node, routine: Node, address: number): ParameterPlace {
  const value = parameter.entry.values.get(attribute.location);
  const isKnownToOthers = has(routine, attribute.external);
  const otherwise: ParameterPlace = { kind: isKnownToOthers ? 'convention' : 'nowhere' };
  if (value === undefined) return otherwise;
  const { unit, info } = parameter;
  if (value.end === undefined) {
    const location = unlessDamaged(() => locationAt(value, unit, address));
    return location === undefined ? otherwise : (atEntry(location, routine) ?? otherwise);
  }
  const location = readExpression(info.sections.info(), value.value, value.end);
  return (
    (location.kind === 'register' ? atEntry(location, routine) : undefined) ?? ownMemory(location, routine)
  );
}

/** What was passed in memory stays there: it is above the frame's base, which then is the caller's stack pointer. */
function ownMemory(location: Location, routine: Node): ParameterPlace {
  const place = atEntry(location, routine);
  return place?.kind === 'caller-frame' && place.offset >= 0 ? place : { kind: 'convention' };
}

function atEntry(location: Location, routine: Node): ParameterPlace | undefined {
  switch (location.kind) {
    case 'register':
    case 'memory':
    case 'caller-frame':
      return location;
    case 'frame':
      return frameBase(routine)?.kind === 'caller-frame'
        ? { kind: 'caller-frame', offset: location.offset }
        : undefined;
    case 'computed':
      return undefined;
  }
}

function frameBase({ entry, info }: Node): Location | undefined {
  const value = entry.values.get(attribute.frameBase);
  return value?.end === undefined ? undefined : readExpression(info.sections.info(), value.value, value.end);
}
