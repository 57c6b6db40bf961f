/** How large the ring buffer is: decided when compiling, since programs know how much room to leave in it. */

import type { Machine } from './machine.ts';

const ringBytesFloor = 256 * 1024;
const ringBytesCeiling = 16 * 1024 * 1024;
/** The ring's pages can't be swapped out, so it takes a small part of what is free. */
const memoryPerRingByte = 256;

/**
 * Size of the ring in bytes: a power of two of pages, as the kernel demands. `wanted` bytes, or by itself: a 256th of the free
 * memory, from 256 KiB to 16 MiB, and at least a page for each CPU.
 */
export function ringBytes(
  wanted: number,
  options: { readonly machine: Pick<Machine, 'pageBytes' | 'possibleCpus'>; readonly memoryBytes: number },
): number {
  const { pageBytes, possibleCpus } = options.machine;
  if (wanted > 0) return pageBytes * powerOfTwoFrom(wanted / pageBytes);
  const share = Math.min(ringBytesCeiling, Math.max(ringBytesFloor, options.memoryBytes / memoryPerRingByte));
  const pages = 2 ** Math.floor(Math.log2(share / pageBytes));
  return pageBytes * Math.max(pages, powerOfTwoFrom(possibleCpus));
}

function powerOfTwoFrom(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, least)));
}
