/** Files to import: those of a real folder, or made-up ones. */

import { join, posix } from 'node:path';

import type { SysError } from '../../src/base/result.ts';
import { failed, ok } from '../../src/base/result.ts';
import type { ImportFiles, PathFacts } from '../../src/imports/files.ts';
import { importFiles } from '../../src/system/import-files.ts';

/** The files of a folder, as if it were the working directory. */
export const filesIn = (folder: string): ImportFiles => ({
  look: (path) => importFiles.look(join(folder, path)),
  readText: (path) => importFiles.readText(join(folder, path)),
  list: (path) => importFiles.list(join(folder, path)),
});

/** A made-up file: its text, and what else is special about it. */
export interface MadeUpFile extends Partial<PathFacts> {
  readonly text?: string;
}

/** Made-up files by their paths; the folders in these are there too. */
export function madeUpFiles(files: Readonly<Record<string, string | MadeUpFile>>): ImportFiles {
  const known = new Map(
    Object.entries(files).map(([path, file]) => [path, typeof file === 'string' ? { text: file } : file]),
  );
  const within = (folder: string): readonly string[] =>
    [...known.keys()].filter((path) => posix.dirname(path) === posix.normalize(folder));
  const missing = failed({ kind: 'sys-error', call: 'open', errno: 2, name: 'ENOENT' } satisfies SysError);
  return {
    look: (path) => {
      const file = known.get(path);
      const isFolder = within(path).length > 0;
      if (!file && !isFolder) return missing;
      return ok({ kind: isFolder ? 'folder' : 'file', realPath: path, isOpenToAll: false, ...file });
    },
    readText: (path) => {
      const { text } = known.get(path) ?? {};
      return text === undefined ? missing : ok(text);
    },
    list: (path) => ok(within(path).map((file) => posix.basename(file))),
  };
}
