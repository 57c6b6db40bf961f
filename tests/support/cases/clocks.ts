/** Runs that show what the clocks give. */

import { expect } from 'vitest';
import type { Case } from '../end-to-end.ts';

export const clockCases: readonly Case[] = [
  {
    title: 'time series take their time from a map, where the environment names one',
    options: ['-f', 'json'],
    environment: { BPFTRACE_DUMMY_TS_MAP: '@now' },
    script: `config = { unstable_tseries = enable; }
      begin { @now = (uint64)1000000000; @s = tseries(5, 1s, 3); @s = tseries(6, 1s, 3);
        @now = 2999999999; @s = tseries(7, 1s, 3); @now = 4000000000; @s = tseries(9, 1s, 3); exit(); }`,
    // Four intervals from the first on, of which three are kept: the value of the second one, none, and the newest.
    prints: (stdout: string): void => {
      const series = /^\{"type": "tseries".*$/m.exec(stdout)?.[0] ?? '';
      expect([...series.matchAll(/"value": ?"?(\d+)/g)].map(([, value]) => Number(value))).toEqual([7, 9]);
    },
  },
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
