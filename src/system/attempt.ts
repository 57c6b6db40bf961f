/** Calls of node:fs as results. */

import { constants } from 'node:os';

import type { Result, SysError } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';

/** node:fs throws; here it gives a result with the errno by its name. */
export function attempt<T>(call: string, act: () => T): Result<T, SysError> {
  try {
    return ok(act());
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    if (code === undefined || errno === undefined) throw error;
    const number = Math.abs(errno);
    const text = Object.entries(constants.errno).find(([, value]) => value === number)?.[0] ?? code;
    return failed({ kind: 'sys-error', call, errno: number, name: text });
  }
}
