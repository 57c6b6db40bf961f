/** The ring's size, asked for or chosen. */

import { expect, test } from 'vitest';
import { ringBytes } from '../../../src/plan/ring-size.ts';

const MiB = 1024 * 1024;

test.each([
  // wanted, free memory, CPUs, page → bytes
  [0, 1024 * MiB, 2, 4096, 4 * MiB],
  [0, 64 * 1024 * MiB, 2, 4096, 16 * MiB],
  [0, 0, 2, 4096, 256 * 1024],
  [0, 3000 * MiB, 2, 4096, 8 * MiB],
  [0, 0, 200, 4096, 256 * 4096],
  [1, 0, 2, 4096, 4096],
  [5 * 4096, 0, 2, 4096, 8 * 4096],
  [0, 0, 1, 65536, 256 * 1024],
])(
  'of %i bytes wanted, %i free, %i CPUs and pages of %i comes a ring of %i',
  (wanted, memoryBytes, possibleCpus, pageBytes, bytes) => {
    expect(ringBytes(wanted, { memoryBytes, machine: { possibleCpus, pageBytes } })).toBe(bytes);
  },
);
