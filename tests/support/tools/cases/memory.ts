/** Tools for memory. */

import { somewhere } from '../template.ts';
import type { ToolCase } from '../tool-case.ts';

export const memoryCases: readonly ToolCase[] = [
  {
    tool: 'faults',
    command: '{programs}/memory touches',
    prints: somewhere('@program[memory, touch_pages]: 100'),
  },
  {
    tool: 'leaks',
    command: '{programs}/memory leaks',
    parameters: ['/lib/x86_64-linux-gnu/libc.so.6'],
    prints: [
      ...somewhere('leak_here+#*\nleaks+#*\n...\n]: 1000', 'leak_zeroed+#*\nleaks+#*\n...\n]: 300'),
      ...somewhere('leak_grown+#*\nleaks+#*\n...\n]: 5000'),
    ],
  },
  {
    tool: 'heap',
    command: '{programs}/memory maps',
    prints: somewhere('@brk_bytes[memory,\n...\n]: #', '@mmap_bytes[memory,\n...\n]: 163840'),
  },
  {
    tool: 'kernelmemory',
    command: '{programs}/files opens',
    prints: somewhere('@allocations[*]: #', '@bytes[*]: #'),
  },
];
