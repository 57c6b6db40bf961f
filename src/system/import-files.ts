/** The file system, for imports. */

import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { textFromBytes } from '../base/script-bytes.ts';
import type { ImportFiles } from '../imports/files.ts';
import { attempt } from './attempt.ts';

const writableByOthers = 0o002;
const sticky = 0o1000;

export const importFiles: ImportFiles = {
  look: (path) =>
    attempt(`stat ${path}`, () => {
      const realPath = realpathSync(path);
      const found = statSync(realPath);
      return {
        kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other',
        realPath,
        isOpenToAll: isWritable(found) || isReplaceable(realPath),
      };
    }),
  readText: (path) => attempt(`open ${path}`, () => textFromBytes(readFileSync(path))),
  list: (path) => attempt(`open ${path}`, () => readdirSync(path)),
};

const isWritable = ({ mode }: { readonly mode: number }): boolean => (mode & writableByOthers) !== 0;

/** In a folder that everybody can write to, unless it is sticky, as /tmp is: then only who owns a file can replace it (inode(7)). */
function isReplaceable(realPath: string): boolean {
  const folder = statSync(dirname(realPath));
  return isWritable(folder) && (folder.mode & sticky) === 0;
}
