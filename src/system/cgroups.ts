/** Control groups: ids of paths, and paths of ids. A group's id is its directory's inode number (kernel/cgroup/cgroup.c, cgroup_id). */

import { readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ByteText } from '../types/value.ts';
import { byteText } from '../types/value.ts';
import { matcher } from '../base/wildcard.ts';
import { once } from './once.ts';
import type { Mount } from './proc/mounts.ts';
import { parseMounts } from './proc/mounts.ts';

/** CGROUP_SUPER_MAGIC and CGROUP2_SUPER_MAGIC of include/uapi/linux/magic.h. */
const magics: ReadonlySet<number> = new Set([0x27e0eb, 0x63677270]);

/** The id of a group by its directory. */
export function cgroupId(path: string): bigint | 'not-found' | 'not-a-cgroup' {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!found) return 'not-found';
  return found.isDirectory() && magics.has(statfsSync(path).type) ? found.ino : 'not-a-cgroup';
}

interface Hierarchy {
  readonly name: string;
  readonly root: string;
}

/** Version 2 is one hierarchy of all controllers; of version 1 each has a mount of its own, named as systemd names its directory. */
const hierarchyOf = ({ type, path }: Mount): readonly Hierarchy[] => {
  if (type === 'cgroup2') return [{ name: 'unified', root: path }];
  return type === 'cgroup' ? [{ name: basename(path), root: path }] : [];
};

/** Paths of the groups of one hierarchy by id. One that has fired a probe and is not there has gone, and won't come back. */
class Paths {
  readonly #root: string;
  readonly #known = new Map<bigint, string | undefined>();

  constructor(root: string) {
    this.#root = root;
  }

  find(id: bigint): string | undefined {
    if (!this.#known.has(id)) this.#walk('/');
    if (!this.#known.has(id)) this.#known.set(id, undefined);
    return this.#known.get(id);
  }

  #walk(path: string): void {
    const inode = statSync(join(this.#root, path), { bigint: true, throwIfNoEntry: false })?.ino;
    if (inode !== undefined) this.#known.set(inode, path);
    for (const name of directoriesIn(join(this.#root, path))) this.#walk(join(path, name));
  }
}

/**
 * What finds a group's paths: hierarchy:/path for each hierarchy that has a group of that id and whose name matches the pattern (all if
 * it is empty), separated by commas; the id itself if there is none.
 */
export function cgroupPaths(): (id: bigint, pattern: ByteText) => ByteText {
  const hierarchies = once(() =>
    parseMounts(readText('/proc/self/mounts'))
      .flatMap(hierarchyOf)
      .map(({ name, root }) => ({ name, paths: new Paths(root) })),
  );
  return (id, pattern) => {
    const isWanted = matcher(pattern === '' ? '*' : pattern);
    const found = hierarchies()
      .filter(({ name }) => isWanted(name))
      .flatMap(({ name, paths }) => {
        const path = paths.find(id);
        return path === undefined ? [] : [byteText(`${name}:${path}`)];
      });
    // A hierarchy may be mounted at several places.
    return found.length === 0 ? String(id) : [...new Set(found)].join(',');
  };
}

function directoriesIn(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    // Gone meanwhile.
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
