/** The kernel's symbols and processes' mappings, read when asked for. Absence is a normal answer: processes end. */

import { readFileSync, statSync } from 'node:fs';

import type { Kallsyms } from './kallsyms.ts';
import { parseKallsyms } from './kallsyms.ts';
import type { Mapping } from './maps.ts';
import { parseMaps } from './maps.ts';
import type { PerfMap } from './perf-map.ts';
import { parsePerfMap } from './perf-map.ts';

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

/**
 * What tells one life of a process from another: its start, and where its program begins. It changes when the number is used again,
 * and when the process executes another program. Undefined if the process is gone.
 */
export function processEpoch(process: number): string | undefined {
  try {
    return parseEpoch(readFileSync(`/proc/${process}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Fields 22 (start time), 26 (start of code) and 28 (start of stack) of proc_pid_stat(5), counted behind the name in parentheses. */
export function parseEpoch(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const chosen = [22, 26, 28].map((number) => fields[number - 3]);
  return chosen.every((field) => field !== undefined) ? chosen.join(' ') : undefined;
}

export interface PerfMapFile {
  readonly map: PerfMap;
  /** The file's size when it was read; it only grows. */
  readonly bytes: number;
}

/** A process's perf map, unless it is `known` already as it is; undefined if it has none. */
export function readPerfMap(process: number, known?: PerfMapFile): PerfMapFile | undefined {
  const path = `/proc/${process}/root/tmp/perf-${numberInside(process)}.map`;
  try {
    const bytes = statSync(path).size;
    if (known?.bytes === bytes) return known;
    return { map: parsePerfMap(readFileSync(path, 'latin1')), bytes };
  } catch {
    return known;
  }
}

/** The process's number in its own PID namespace, after which it names the file: the last of NSpid in /proc/PID/status. */
function numberInside(process: number): number {
  try {
    const numbers = /^NSpid:\s*(.*)$/m
      .exec(readFileSync(`/proc/${process}/status`, 'latin1'))?.[1]
      ?.split(/\s+/);
    return Number(numbers?.at(-1) ?? process);
  } catch {
    return process;
  }
}
