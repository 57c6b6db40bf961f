/** Paths with `*` in them. A star stands for any part of one name, as in a shell. */

import { existsSync, readdirSync } from 'node:fs';
import { hasWildcard, matcher } from '../base/wildcard.ts';

/** Paths that exist and match, in the order of their names. */
export function matchingPaths(pattern: string): readonly string[] {
  const names = pattern.split('/').filter((name, index) => name !== '' || index === 0);
  const [first = '', ...rest] = names;
  const start = pattern.startsWith('/') ? ['/'] : namesIn('.', first);
  return rest.reduce<readonly string[]>(
    (folders, name) => folders.flatMap((folder) => namesIn(folder, name).map((found) => join(folder, found))),
    start,
  );
}

/** Hidden files must be asked for, as in a shell. */
function namesIn(folder: string, pattern: string): readonly string[] {
  if (!hasWildcard(pattern)) return existsSync(join(folder, pattern)) ? [pattern] : [];
  const isName = matcher(pattern);
  return list(folder)
    .filter((name) => isName(name) && (!name.startsWith('.') || pattern.startsWith('.')))
    .sort();
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not a folder, or not ours to read
  }
}

const join = (folder: string, name: string): string =>
  folder === '/' ? `/${name}` : folder === '' ? name : `${folder}/${name}`;
