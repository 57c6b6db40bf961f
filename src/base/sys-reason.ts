/** Why a call on a file failed, in words. */

import type { SysError } from './result.ts';

const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not',
  EISDIR: 'it is a directory',
  ELOOP: 'its links lead in a circle',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'its path leads through a file',
  EROFS: 'the file system is read-only',
};

/** The commonest causes in words, all of them by name. */
export const reasonOf = ({ name }: SysError): string =>
  words[name] === undefined ? name : `${words[name]} (${name})`;
