/**
 * Where the debug information of a program lies that has none itself: in a file of its own, found by build id or by .gnu_debuglink in the
 * folders of --debuginfo. The rules are those of elfutils and GDB ("Separate Debug Files"); a file that belongs to another build is never taken.
 */

import { crc32 } from 'node:zlib';

import { buildId, debugLink, sharedLink } from './notes.ts';
import type { Elf } from './parse.ts';
import { readElf } from './read.ts';

/** A folder of --debuginfo: '' is the program's own, a relative one lies in that, an absolute one holds a tree of its own. */
export interface DebugFolder {
  readonly path: string;
  /** The file's checksum must be right although its build id is. */
  readonly checked: boolean;
}

/** `:.debug:/usr/lib/debug`; a `+` in front asks for the check. */
export function parseDebugFolders(text: string): readonly DebugFolder[] {
  return text.split(':').map((part) => ({ path: part.replace(/^[+-]/, ''), checked: part.startsWith('+') }));
}

export interface DebugFile {
  readonly elf: Elf;
  /** Where we have opened it. */
  readonly path: string;
}

export const usualDebugFolders = parseDebugFolders(':.debug:/usr/lib/debug');

/**
 * Debug files of a program that was opened as `path` (as its process names it), the likeliest first. `root` is where that process's file
 * system begins for us: empty, or /proc/PID/root.
 */
export function* debugFiles(
  elf: Elf,
  path: string,
  folders: readonly DebugFolder[],
  root = '',
): Generator<DebugFile> {
  const id = buildId(elf);
  for (const { path: candidate, checked } of candidates(elf, path, folders)) {
    for (const place of root === '' ? [''] : [root, '']) {
      const found = readElf(place + candidate);
      if (found.ok && belongs(elf, id, found.value, checked))
        yield { elf: found.value, path: place + candidate };
    }
  }
}

/** The file that several debug files keep common entries in (`dwz -m`), which names itself by a path and its build id. */
export function sharedDebugFile({ elf, path }: DebugFile): Elf | undefined {
  const link = sharedLink(elf);
  if (link === undefined) return undefined;
  const folder = path.slice(0, path.lastIndexOf('/'));
  const found = readElf(link.path.startsWith('/') ? link.path : `${folder}/${link.path}`);
  return found.ok && buildId(found.value) === link.buildId ? found.value : undefined;
}

function candidates(elf: Elf, path: string, folders: readonly DebugFolder[]): readonly DebugFolder[] {
  const id = buildId(elf);
  const link = debugLink(elf);
  const own = path.slice(0, path.lastIndexOf('/'));
  const byId = folders
    .filter((folder) => id !== undefined && folder.path.startsWith('/'))
    .map((folder) => ({
      ...folder,
      path: `${folder.path}/.build-id/${id?.slice(0, 2)}/${id?.slice(2)}.debug`,
    }));
  const byLink = folders
    .filter(() => link !== undefined)
    .map((folder) => ({ ...folder, path: `${folderFor(folder.path, own)}/${link?.name}` }))
    .filter((candidate) => candidate.path !== path);
  return [...byId, ...byLink];
}

function folderFor(folder: string, own: string): string {
  if (folder === '') return own;
  return folder.startsWith('/') ? folder + own : `${own}/${folder}`;
}

/** Where both have a build id these decide; else the checksum does, and always where it is asked for. */
function belongs(elf: Elf, id: string | undefined, debug: Elf, checked: boolean): boolean {
  const debugId = buildId(debug);
  if (id !== undefined && debugId !== undefined) {
    if (id !== debugId) return false;
    if (!checked) return true;
  }
  const link = debugLink(elf);
  return link !== undefined && checksumOf(debug) === link.checksum;
}

const pieceBytes = 1 << 20;

function checksumOf({ source }: Elf): number {
  let checksum = 0;
  for (let at = 0; at < source.size; at += pieceBytes)
    checksum = crc32(source.read(at, pieceBytes), checksum);
  return checksum;
}
