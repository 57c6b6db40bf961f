/** Where another process's files are, if it sees another file system than we do: containers. */

import { statSync } from 'node:fs';

/** What to put in front of the process's absolute paths: /proc/PID/root, or nothing if it sees what we see. */
export function foreignRoot(process: number | undefined): string {
  if (process === undefined) return '';
  try {
    const same = statSync(`/proc/${process}/ns/mnt`).ino === statSync('/proc/self/ns/mnt').ino;
    // A process may also have changed its root alone (chroot).
    return same && isOurRoot(process) ? '' : `/proc/${process}/root`;
  } catch {
    return '';
  }
}

function isOurRoot(process: number): boolean {
  const [ours, theirs] = [statSync('/'), statSync(`/proc/${process}/root/`)];
  return ours.ino === theirs.ino && ours.dev === theirs.dev;
}
