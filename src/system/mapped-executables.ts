/** Programs and libraries that processes have mapped, by paths that we can open. */

import { readdirSync, readlinkSync } from 'node:fs';
import { foreignRoot } from './mount-root.ts';
import type { Mapping } from './proc/maps.ts';
import { readMaps } from './proc/read.ts';

/** A process's program first, then its libraries. Of all processes if none is given; each file once. */
export function mappedExecutables(process: number | undefined): readonly string[] {
  const found = new Map<string, string>();
  for (const pid of process === undefined ? processes() : [process]) {
    const root = foreignRoot(pid);
    const mapped = (readMaps(pid) ?? []).filter(isFile);
    for (const mapping of withProgramFirst(pid, mapped))
      if (!found.has(mapping.identity)) found.set(mapping.identity, pathOf(pid, root, mapping));
  }
  return [...found.values()];
}

const isFile = ({ executable, path }: Mapping): boolean => executable && path.startsWith('/');

/** The program need not be mapped first: that depends on addresses. */
function withProgramFirst(pid: number, mapped: readonly Mapping[]): readonly Mapping[] {
  const program = programOf(pid);
  const isProgram = ({ path, deleted }: Mapping): boolean =>
    `${path}${deleted ? ' (deleted)' : ''}` === program;
  return [...mapped.filter(isProgram), ...mapped.filter((mapping) => !isProgram(mapping))];
}

function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined; // it has ended, or is a thread of the kernel
  }
}

/** A file that was replaced since (by an update) still has its mapping. */
const pathOf = (pid: number, root: string, { path, deleted, start, end }: Mapping): string =>
  deleted ? `/proc/${pid}/map_files/${start.toString(16)}-${end.toString(16)}` : root + path;

function processes(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}
