/** Tools for processes, threads and signals. */

import type { ToolCase } from '../tool-case.ts';

export const processCases: readonly ToolCase[] = [
  {
    tool: 'execs',
    command: '{programs}/tasks execs',
    prints: `
      TIME COMM PID PPID ARGUMENTS
      #:#:# tasks # # */tasks execs
      #:#:# true # # true with two arguments
      #:#:# tasks # # ./absent: No such file or directory`,
  },
  {
    tool: 'lives',
    command: '{programs}/tasks ends',
    prints: `
      TIME COMM PID PPID MS ENDED BY
      #:#:# tasks # # # status 3
      #:#:# tasks # # # signal 9 (SIGKILL)
      #:#:# tasks # # # signal 11 (SIGSEGV)
      #:#:# tasks # # # status 0`,
  },
  {
    tool: 'signals',
    command: '{programs}/tasks signals',
    prints: `
      TIME FROM PID SIGNAL TO TID RESULT
      #:#:# tasks # SIGUSR1 tasks # delivered
      #:#:# tasks # SIGUSR1 tasks # delivered
      #:#:# tasks # SIGTERM tasks # delivered
      #:#:# tasks # SIGCHLD tasks # ignored
      #:#:# tasks # SIGCHLD * # *`,
  },
  {
    tool: 'threads',
    command: '{programs}/tasks threads execs',
    prints: `
      TIME CREATOR PID KIND TID FLAGS
      #:#:# tasks # thread # 0x3d0f00
      #:#:# tasks # thread # 0x3d0f00
      #:#:# tasks # thread # 0x3d0f00
      #:#:# tasks # process # 0x*
      #:#:# tasks # process # 0x*`,
  },
  {
    tool: 'identities',
    command: '{programs}/tasks identity',
    prints: `
      TIME COMM PID CALL RESULT UID GID
      #:#:# tasks # setgid done 0 65534
      #:#:# tasks # setuid done 65534 65534
      #:#:# tasks # setuid Operation not permitted 65534 65534`,
  },
  {
    tool: 'renames',
    command: '{programs}/tasks names',
    prints: `
      TIME TID FROM TO
      ...
      #:#:# # tasks other name
      #:#:# # other name tasks`,
  },
];
