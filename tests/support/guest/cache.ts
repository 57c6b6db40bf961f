/**
 * Where fetched and built things live between runs, and how they get there: built beside their place under a
 * temporary name and moved in whole, so that two processes that build the same thing cannot see a half of it.
 */
import { createHash } from 'node:crypto';
import { access, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository's top directory. This file may run from its own place or out of a bundle, so it looks upwards. */
export const repositoryRoot = findUpwards(import.meta.dirname, 'package-lock.json');

const pruneAgeMs = 3_600_000;

/** This room's own directory: the agent, the init script and the lock file lie there. */
export const guestSources = join(repositoryRoot, 'tests/support/guest');

export function cacheDirectory(): string {
  return join(process.env['TSTRACE_CACHE'] ?? join(repositoryRoot, '.cache'), 'guest');
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Make the file or directory `path` if it is not there: `build` fills a temporary path, which is then moved in. */
export async function buildOnce(
  path: string,
  build: (temporary: string) => Promise<void>,
): Promise<'built' | 'cached'> {
  if (await exists(path)) return 'cached';
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}-${Date.now()}.tmp`;
  try {
    await build(temporary);
    await rename(temporary, path).catch(async (error: unknown) => {
      // Another process was first; its directory is as good as ours.
      if (!(await exists(path))) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return 'built';
}

/** Remove what earlier versions left: entries of `directory` that begin with `prefix`, are not `keep`, and not new. */
export async function prune(directory: string, prefix: string, keep: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(prefix) || name === keep) continue;
    const path = join(directory, name);
    // Another process may be about to open what it has just built.
    const ageMs = Date.now() - ((await lstat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (ageMs > pruneAgeMs) await rm(path, { recursive: true, force: true });
  }
}

/** A short name for a content: equal parts give equal keys. */
export function keyOf(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** What stands for a file's or a directory's content in a key: names, sizes and times, without reading it. */
export async function fingerprint(path: string): Promise<readonly string[]> {
  const status = await lstat(path).catch(() => undefined);
  if (status === undefined) return [`${path} absent`];
  if (!status.isDirectory()) return [`${path} ${status.size} ${status.mtimeMs}`];
  const names = (await readdir(path)).sort();
  return (await Promise.all(names.map((name) => fingerprint(join(path, name))))).flat();
}

function findUpwards(from: string, name: string): string {
  if (existsSync(join(from, name)) && !from.includes('/node_modules')) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no ${name} above ${import.meta.dirname}`);
  return findUpwards(parent, name);
}
