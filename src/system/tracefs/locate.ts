/** Finds where tracefs is mounted. */

import { existsSync, readFileSync } from 'node:fs';

import { parseMounts } from '../proc/mounts.ts';

const usualPlaces = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

/** The folder of tracefs; undefined if it isn't mounted (or not for us to see). */
export function locateTracefs(): string | undefined {
  return [...usualPlaces, ...mountedPlaces()].find((folder) => existsSync(`${folder}/events`));
}

function mountedPlaces(): readonly string[] {
  try {
    return parseMounts(readFileSync('/proc/mounts', 'latin1'))
      .filter(({ type }) => type === 'tracefs')
      .map(({ path }) => path);
  } catch {
    return [];
  }
}
