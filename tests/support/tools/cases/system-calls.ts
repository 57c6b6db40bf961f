/** Tools for system calls and functions. */

import { somewhere } from '../template.ts';
import type { ToolCase } from '../tool-case.ts';

export const callCases: readonly ToolCase[] = [
  {
    tool: 'syscounts',
    command: '{programs}/files writes',
    prints: somewhere('@calls[files, write]: 8', '@calls[files, rmdir]: 1'),
  },
  {
    tool: 'calltimes',
    command: '{programs}/tasks rests',
    prints: somewhere('@ns[tasks, clock_nanosleep]: { .count = 3, .average = #, .total = # }'),
  },
  {
    tool: 'calltimes',
    command: '{programs}/tasks rests',
    parameters: ['--', '--hist'],
    prints: somewhere('@us[clock_nanosleep]:'),
  },
  {
    tool: 'callerrors',
    command: '{programs}/tasks errors',
    prints: somewhere(
      '@failed[tasks, kill, Invalid argument]: 1',
      '@failed[tasks, read, Bad file descriptor]: 3',
    ),
  },
  {
    tool: 'slowcalls',
    command: '{programs}/tasks rests',
    parameters: ['--', '--ms=19'],
    prints: `
      TIME COMM TID CALL MS RESULT
      ...
      #:#:# tasks # clock_nanosleep #.# 0
      #:#:# tasks # clock_nanosleep #.# 0
      #:#:# tasks # clock_nanosleep #.# 0
      ...`,
  },
  {
    tool: 'slowfunctions',
    command: '{programs}/files writes',
    parameters: ['vfs_write', '--', '--us=0'],
    lacks: { here: 'kprobes' },
    prints: `
      TIME COMM TID US RESULT
      #:#:# files # # 4096
      #:#:# files # # 4096
      #:#:# files # # 4096
      #:#:# files # # 4096
      #:#:# files # # 4096
      #:#:# files # # 4096
      #:#:# files # # 4096
      #:#:# files # # 4096
      @us[vfs_write]:
      ...`,
  },
  {
    tool: 'functiontimes',
    command: '{programs}/memory leaks',
    parameters: ['{programs}/memory', 'leak_here'],
    prints: '@slowest_us: #\n@us:\n...',
  },
  {
    tool: 'callers',
    command: '{programs}/files writes',
    parameters: ['vfs_write'],
    lacks: { here: 'kprobes' },
    prints: somewhere('@stacks[files,\nvfs_write+#\n...\n]: 8'),
  },
];
