/** How large the ring is, and how much of it data events may take. Known when compiling: programs compare with it. */

import type { Machine } from '../plan/machine.ts';
import type { Settings } from '../plan/settings.ts';

const ringBytesMin = 256 * 1024;
const ringBytesMax = 16 * 1024 * 1024;
/** The ring's pages can't be swapped out, so it takes a small part of what is free. */
const memoryPerRingByte = 256;

/** Bytes: a power of two of pages, as the kernel demands, and at least a page for each CPU unless the user chose. */
export function ringBytesOf({ pageBytes, possibleCpus, memoryBytes }: Machine, { perfRbPages }: Settings): number {
  if (perfRbPages > 0) return pageBytes * powerOfTwoFrom(perfRbPages);
  const share = Math.min(ringBytesMax, Math.max(ringBytesMin, memoryBytes / memoryPerRingByte));
  return Math.max(2 ** Math.floor(Math.log2(share)), pageBytes * powerOfTwoFrom(possibleCpus));
}

/** Bytes that are kept for control events (exit, print, clear, zero): a quarter of a small ring, at most 16 KiB. */
export function controlHeadroomBytes(ringBytes: number): number {
  return Math.min(ringBytes / 4, 16 * 1024);
}

const powerOfTwoFrom = (least: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, least)));
