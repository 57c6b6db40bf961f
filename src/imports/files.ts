/** PORT: the file system as imports see it. system/import-files.ts is the real one. */

import type { Result, SysError } from '../base/result.ts';
import { failed } from '../base/result.ts';

/** What is at a path, links followed. */
export interface PathFacts {
  readonly kind: 'file' | 'folder' | 'other';
  /** Absolute and without links: the same for all paths to it. */
  readonly realPath: string;
  /** Whether everybody may write to it, or put another in its place. */
  readonly isOpenToAll: boolean;
}

export interface ImportFiles {
  look(path: string): Result<PathFacts, SysError>;
  readText(path: string): Result<string, SysError>;
  /** Names of what is in a folder. */
  list(path: string): Result<readonly string[], SysError>;
}

const missing = (call: string): Result<never, SysError> =>
  failed({ kind: 'sys-error', call, errno: 2, name: 'ENOENT' });

/** For scripts that are known to import nothing. */
export const noFiles: ImportFiles = { look: missing, readText: missing, list: missing };
