/** Tools for memory. */

import { expect } from 'vitest';
import { somewhere } from '../template.ts';
import type { ToolCase } from '../tool-case.ts';

export const memoryCases: readonly ToolCase[] = [
  {
    tool: 'faults',
    command: '{programs}/memory touches',
    prints: (stdout: string): void => {
      const found = [...stdout.matchAll(/^ *@program\[memory, touch_pages\]: (\d+)$/gm)];
      const faults = found.reduce((sum, [, count]) => sum + Number(count), 0);
      // A hundred pages of data, and the page of the function's own code if it was not there yet.
      expect([100, 101]).toContain(faults);
    },
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
  {
    tool: 'oomkills',
    command: '{programs}/memory hog',
    lacks: { here: 'kprobes' },
    prints: 'TIME ASKED BY PID VICTIM PID KIB CGROUP\n#:#:# memory # memory # # deeds',
  },
];
