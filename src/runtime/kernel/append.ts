/** Files that are written by a command and by us through one open file description: fcntl(2). */

import { declareLibc } from '../../ffi/koffi.ts';

const fcntl = declareLibc('fcntl', 'int', ['int', 'int', 'int']);

const getFlags = 3; // F_GETFL
const setFlags = 4; // F_SETFL
const append = 0o2000; // O_APPEND

/**
 * Makes each write to these descriptors go to the end of its file, until the function that it gives is called. Else a command's writes could
 * land on ours: write(2) takes turns at the position that both share, but copy_file_range(2), which cat and cp use, does not (fs/read_write.c
 * takes f_pos without its lock). Pipes and terminals have no position, and take it or refuse it without harm.
 */
export function appendTo(fds: readonly number[]): () => void {
  const changed = fds
    .map((fd) => ({ fd, flags: fcntl(fd, getFlags, 0) }))
    .filter(
      ({ fd, flags }) => flags >= 0 && (flags & append) === 0 && fcntl(fd, setFlags, flags | append) === 0,
    );
  return () => {
    for (const { fd, flags } of changed) fcntl(fd, setFlags, flags);
  };
}
