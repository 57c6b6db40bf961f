/** The kernel's symbols and processes' mappings, read when asked for. Absence is a normal answer: processes end. */

import { readFileSync } from 'node:fs';

import type { Kallsyms } from './kallsyms.ts';
import { parseKallsyms } from './kallsyms.ts';
import type { Mapping } from './maps.ts';
import { parseMaps } from './maps.ts';

/** The kernel's symbols; none where the kernel was built without them. Takes some 100 ms: the kernel writes the text anew for each reader. */
export function readKallsyms(): Kallsyms {
  try {
    return parseKallsyms(readFileSync('/proc/kallsyms'));
  } catch {
    return parseKallsyms(Buffer.alloc(0));
  }
}

/** What a process has mapped; undefined if it is gone or not ours to see. */
export function readMaps(process: number): readonly Mapping[] | undefined {
  try {
    // A process that has ended but was not waited for has an empty list.
    const mappings = parseMaps(readFileSync(`/proc/${process}/maps`, 'utf8'));
    return mappings.length === 0 ? undefined : mappings;
  } catch {
    return undefined;
  }
}
