/**
 * DOOR: from addresses of a program to lines of its source, and to the functions that were inlined there, by DWARF of versions 2 to 5.
 * What is damaged, or of a kind that we don't know, reads as absent.
 */

import type { DebugInfo } from './debug-info.ts';
import { unlessDamaged } from './debug-info.ts';
import type { InlinedCall } from './inlined.ts';
import { inlinedCallsAt } from './inlined.ts';
import type { SourcePlace } from './line-table.ts';
import type { Entry } from './unit.ts';

export type { SourcePlace } from './line-table.ts';

export interface InlinedFunction {
  /** Mangled, if its language does that. */
  readonly name: string;
  /** Where in it the code is from. */
  readonly place?: SourcePlace;
}

export interface SourceOf {
  /** Where in the function that the address lies in the code is from; of an inlined call, where that is made. */
  readonly place?: SourcePlace;
  /** The innermost first. */
  readonly inlined: readonly InlinedFunction[];
}

export interface SourceLines {
  /** By address as the file has it. Undefined if nothing is known of it. */
  at(address: number): SourceOf | undefined;
}

export function sourceLines(info: DebugInfo): SourceLines {
  return { at: (address) => unlessDamaged(() => sourceAt(info, address)) };
}

function sourceAt(info: DebugInfo, address: number): SourceOf | undefined {
  const lazy = info.unitAt(address);
  if (lazy === undefined) return undefined;
  const lines = lazy.lines();
  const calls = (): readonly InlinedCall[] => {
    const found = lazy.functionAt(address);
    return found === undefined ? [] : inlinedCallsAt(lazy.unit(), found.offset, address);
  };
  return arrange(unlessDamaged(calls) ?? [], lines?.at(address), {
    nameOf: (entry) => unlessDamaged(() => info.nameOf(entry, lazy.unit())) ?? '??',
    fileName: (file) => lines?.fileName(file),
  });
}

interface Naming {
  readonly nameOf: (entry: Entry) => string;
  readonly fileName: (file: number) => string | undefined;
}

/** The place of the code belongs to the innermost function; each call's place to the function that makes it. */
function arrange(calls: readonly InlinedCall[], place: SourcePlace | undefined, naming: Naming): SourceOf {
  let innermost = place;
  const inlined: InlinedFunction[] = [];
  for (const { entry, callFile, callLine } of calls.toReversed()) {
    inlined.push({ name: naming.nameOf(entry), ...(innermost && { place: innermost }) });
    const file = naming.fileName(callFile);
    innermost = file === undefined || callLine === 0 ? undefined : { file, line: callLine };
  }
  return { inlined, ...(innermost && { place: innermost }) };
}
