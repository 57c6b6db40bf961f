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

/**
 * A process's perf map, unless it is `known` already as it is; undefined if it has none. The file outlives its process, whose number may
 * later be another's: without the process it is taken only if it was written to after `since` (CLOCK_MONOTONIC, nanoseconds).
 */
export function readPerfMap(pid: number, since: bigint, known?: PerfMapFile): PerfMapFile | undefined {
  const inside = numberInside(pid);
  return inside === undefined
    ? readPerfMapFile(`/tmp/perf-${pid}.map`, wallTimeMs(since), known)
    : readPerfMapFile(`/proc/${pid}/root/tmp/perf-${inside}.map`, 0, known);
}

function readPerfMapFile(path: string, sinceMs: number, known?: PerfMapFile): PerfMapFile | undefined {
  try {
    const { size: bytes, mtimeMs } = statSync(path);
    if (known?.bytes === bytes || mtimeMs < sinceMs) return known;
    return { map: parsePerfMap(readFileSync(path, 'latin1')), bytes };
  } catch {
    return known;
  }
}

/** Times of files are those of the last tick. */
const tickMs = 10;

const wallTimeMs = (monotonic: bigint): number =>
  Date.now() - Number((process.hrtime.bigint() - monotonic) / 1_000_000n) - tickMs;

/** The process's number in its own PID namespace, after which it names the file: the last of NSpid in /proc/PID/status. Undefined if it has ended. */
function numberInside(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    if (/^State:\s*[ZX]/m.test(status)) return undefined;
    const numbers = /^NSpid:\s*(.*)$/m.exec(status)?.[1]?.split(/\s+/);
    return Number(numbers?.at(-1) ?? pid);
  } catch {
    return undefined;
  }
}
