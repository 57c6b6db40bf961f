/** Tracepoints and traceable functions, from tracefs. Each read may be refused: then `denied`, not nothing. */

import { readdirSync, readFileSync } from 'node:fs';

import type { TracepointFormat } from './format.ts';
import { parseFormat } from './format.ts';

export interface EventName {
  readonly category: string;
  readonly event: string;
}

/** Categories that are no tracepoints: ftrace's own records can't be attached to. */
const notTracepoints = new Set(['ftrace']);

/** Every tracepoint, in the order of their names. */
export function listEvents(tracefs: string): readonly EventName[] {
  return subfolders(`${tracefs}/events`)
    .filter((category) => !notTracepoints.has(category))
    .flatMap((category) =>
      subfolders(`${tracefs}/events/${category}`).map((event) => ({
        category,
        event,
      })),
    );
}

function subfolders(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

const plainName = /^[\w.-]+$/;

/** A tracepoint's format; undefined if there is no such tracepoint. */
export function readFormat(
  tracefs: string,
  category: string,
  event: string,
): TracepointFormat | 'denied' | undefined {
  if (!plainName.test(category) || !plainName.test(event)) return undefined;
  try {
    return parseFormat(readFileSync(`${tracefs}/events/${category}/${event}/format`, 'latin1'));
  } catch (error) {
    return isRefusal(error) ? 'denied' : undefined;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');
}

export interface TraceableFunction {
  readonly name: string;
  readonly module?: string;
}

/** The functions that the kernel lets be traced; undefined if it doesn't tell (not built in, or locked down). */
export function readTraceableFunctions(tracefs: string): readonly TraceableFunction[] | undefined {
  try {
    return parseTraceableFunctions(readFileSync(`${tracefs}/available_filter_functions`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Lines of `name`, or `name [module]`. Entries of functions that are gone are skipped (kernel/trace/ftrace.c, FTRACE_INVALID_FUNCTION). */
export function parseTraceableFunctions(text: string): readonly TraceableFunction[] {
  const functions: TraceableFunction[] = [];
  for (const line of text.split('\n')) {
    const [name, module] = line.split(/[ \t]+/, 2);
    if (name === undefined || name === '' || name.startsWith('__ftrace_invalid_address__')) continue;
    functions.push(module === undefined ? { name } : { name, module: module.replace(/^\[|\]$/g, '') });
  }
  return functions;
}

/** A function that can be traced, and where it is. */
export interface TraceablePlace {
  readonly address: bigint;
  readonly module?: string;
}

/** Where traceable functions are, by name: many times less to read than all symbols. Undefined if the kernel doesn't tell (before 6.5). */
export function readTraceablePlaces(
  tracefs: string,
): ReadonlyMap<string, readonly TraceablePlace[]> | undefined {
  try {
    return parseTraceablePlaces(readFileSync(`${tracefs}/available_filter_functions_addrs`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Lines of available_filter_functions with an address before each. */
export function parseTraceablePlaces(text: string): ReadonlyMap<string, readonly TraceablePlace[]> {
  const places = new Map<string, TraceablePlace[]>();
  for (const line of text.split('\n')) {
    const [address = '', name, module] = line.split(/[ \t]+/, 3);
    if (name === undefined || !/^[0-9a-f]{16}$/.test(address) || /^0+$/.test(address)) continue;
    const place = {
      address: BigInt(`0x${address}`),
      ...(module !== undefined && { module: module.replace(/^\[|\]$/g, '') }),
    };
    const others = places.get(name);
    if (others) others.push(place);
    else places.set(name, [place]);
  }
  return places;
}

/** Of a module, or `vmlinux`, if one is given. */
export function traceableNamed(
  places: ReturnType<typeof readTraceablePlaces>,
  name: string,
  module?: string,
): readonly TraceablePlace[] | undefined {
  const named = places && (places.get(name) ?? []);
  return named?.filter((place) => module === undefined || (place.module ?? 'vmlinux') === module);
}
