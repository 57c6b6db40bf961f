/**
 * How calls pass values of a type, as far as both conventions that we know agree (System V for x86-64, 3.2.3; AAPCS64, 6.8): the language's
 * type alone does not tell, since floating-point numbers and objects of C++ have places of their own.
 */

import type { Passing } from '../../probes/define.ts';
import type { Node } from './entries.ts';
import { childNodes, numberOf } from './entries.ts';
import { isFloating, typeNode } from './types.ts';
import type { Unit } from './unit.ts';
import { attribute, tag } from './unit.ts';

const registerBytes = 8;
/** Larger ones are passed in memory. */
const structBytesMax = 16;

const unknown: Passing = { kind: 'unknown' };

/** Of a value that a function of a unit takes; languages other than C and C++ have conventions of their own. */
export const passingIn = (unit: Unit, type: Node | undefined): Passing =>
  cLanguages.has(unit.root.values.get(attribute.language)?.value ?? 0) ? passingOf(type) : unknown;

/** DW_LANG_*: C from C89 to C23, C++ from C++98 to C++23, Objective-C and Objective-C++. */
const cLanguages: ReadonlySet<number> = new Set([
  0x01, 0x02, 0x0c, 0x1d, 0x2c, 0x3e, 0x04, 0x19, 0x1a, 0x21, 0x2b, 0x2e, 0x3a, 0x10, 0x11,
]);

function passingOf(type: Node | undefined): Passing {
  if (type === undefined) return unknown;
  switch (type.entry.tag) {
    case tag.pointerType:
    case tag.referenceType:
    case tag.rvalueReferenceType:
      return { kind: 'registers', count: 1 };
    case tag.enumerationType:
    case tag.baseType:
      return passingOfNumber(type);
    default:
      return isStruct(type) ? passingOfStruct(type) : unknown;
  }
}

function passingOfNumber(type: Node): Passing {
  const bytes = numberOf(type, attribute.byteSize) ?? 0;
  if (bytes === 0 || bytes > registerBytes) return unknown;
  return isFloating(type) ? { kind: 'vector' } : { kind: 'registers', count: 1 };
}

/** DW_CC_pass_by_value: since DWARF 5, of C++ classes that are passed as C would. */
const passedByValue = 5;

function passingOfStruct(type: Node): Passing {
  const bytes = numberOf(type, attribute.byteSize) ?? 0;
  if (bytes === 0 || !isPassedAsInC(type)) return unknown;
  if (bytes > structBytesMax) return { kind: 'memory', bytes };
  return isOfIntegers(type) ? { kind: 'registers', count: bytes > registerBytes ? 2 : 1 } : unknown;
}

/** Nesting that sources have; deeper ones would be a fault of the file. */
const nestingMax = 16;

/** True of what is nothing but members, all of which are so too: no functions, no bases. */
function isPassedAsInC(type: Node, depth = 0): boolean {
  if (numberOf(type, attribute.callingConvention) === passedByValue) return true;
  if (depth === nestingMax) return false;
  for (const child of childNodes(type)) {
    const { tag: kind } = child.entry;
    if (kind === tag.subprogram || kind === tag.inheritance) return false;
    const of = kind === tag.member ? typeNode(child) : undefined;
    if (of !== undefined && isStruct(of) && !isPassedAsInC(of, depth + 1)) return false;
  }
  return true;
}

const isStruct = ({ entry }: Node): boolean =>
  entry.tag === tag.structureType || entry.tag === tag.unionType || entry.tag === tag.classType;

function isOfIntegers(type: Node): boolean {
  for (const child of childNodes(type)) {
    if (child.entry.tag !== tag.member) continue;
    if (passingOf(typeNode(child)).kind !== 'registers') return false;
  }
  return true;
}
