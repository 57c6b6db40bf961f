/** Names of users, from the text of /etc/passwd (man 5 passwd). Other sources of names are not asked. */

import { readFileSync } from 'node:fs';
import type { ByteText } from '../../types/value.ts';

/** By id; of several names for one the first. */
export function parsePasswd(text: ByteText): ReadonlyMap<number, ByteText> {
  const names = new Map<number, ByteText>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name === undefined || name === '' || uid === undefined || !/^\d+$/.test(uid)) continue;
    if (!names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}

/** Empty where the file can't be read. */
export function readUserNames(): ReadonlyMap<number, ByteText> {
  try {
    return parsePasswd(readFileSync('/etc/passwd', 'latin1'));
  } catch {
    return new Map();
  }
}
