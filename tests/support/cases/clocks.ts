/** Runs that show what the clocks give. */

import { expect } from 'vitest';
import type { Case } from '../end-to-end.ts';

export const clockCases: readonly Case[] = [
  {
    title:
      'atomic time is the same by the kernel and by measuring, and every clock tells the same time of day',
    script: `begin {
        $apart = nsecs(sw_tai) - nsecs(tai); print($apart > -10000000 && $apart < 10000000);
        printf("%s %s %s\\n", strftime("%s", nsecs), strftime("%s", nsecs(tai)), strftime("%s", nsecs(sw_tai)));
        exit(); }`,
    prints: (stdout: string): void => {
      const [isClose, times = ''] = stdout.split('\n');
      expect(isClose).toBe('true');
      const seconds = times.split(' ').map(Number);
      expect(seconds).toHaveLength(3);
      expect(Math.min(...seconds)).toBeGreaterThan(1_700_000_000);
      expect(Math.max(...seconds) - Math.min(...seconds)).toBeLessThanOrEqual(1);
    },
  },
];
