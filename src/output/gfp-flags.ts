/** GFP flags by name, for %gr. Bits as of Linux 6.0 and later (include/linux/gfp_types.h); those above depend on the kernel's configuration. */

import type { Integer } from '../types/value.ts';

/** Combinations first, the larger ones before those that they contain, so that the shortest reading wins. */
const names: readonly (readonly [mask: bigint, name: string])[] = [
  [0x100ccan, 'GFP_HIGHUSER_MOVABLE'],
  [0x100cc2n, 'GFP_HIGHUSER'],
  [0x100cc0n, 'GFP_USER'],
  [0x400cc0n, 'GFP_KERNEL_ACCOUNT'],
  [0xcc0n, 'GFP_KERNEL'],
  [0xc40n, 'GFP_NOFS'],
  [0x820n, 'GFP_ATOMIC'],
  [0xc00n, 'GFP_NOIO'],
  [0x800n, 'GFP_NOWAIT'],
  [0x1n, '__GFP_DMA'],
  [0x2n, '__GFP_HIGHMEM'],
  [0x4n, '__GFP_DMA32'],
  [0x8n, '__GFP_MOVABLE'],
  [0x10n, '__GFP_RECLAIMABLE'],
  [0x20n, '__GFP_HIGH'],
  [0x40n, '__GFP_IO'],
  [0x80n, '__GFP_FS'],
  [0x100n, '__GFP_ZERO'],
  [0x400n, '__GFP_DIRECT_RECLAIM'],
  [0x1000n, '__GFP_WRITE'],
  [0x2000n, '__GFP_NOWARN'],
  [0x4000n, '__GFP_RETRY_MAYFAIL'],
  [0x8000n, '__GFP_NOFAIL'],
  [0x10000n, '__GFP_NORETRY'],
  [0x20000n, '__GFP_MEMALLOC'],
  [0x40000n, '__GFP_COMP'],
  [0x80000n, '__GFP_NOMEMALLOC'],
  [0x100000n, '__GFP_HARDWALL'],
  [0x200000n, '__GFP_THISNODE'],
  [0x400000n, '__GFP_ACCOUNT'],
  [0x800000n, '__GFP_ZEROTAGS'],
];

/** Names joined with |; bits without a name in hexadecimal; `none` for no bits. */
export function gfpFlags(flags: Integer): string {
  let rest = BigInt.asUintN(32, BigInt(flags));
  if (rest === 0n) return 'none';
  const parts: string[] = [];
  for (const [mask, name] of names) {
    if ((rest & mask) !== mask) continue;
    parts.push(name);
    rest &= ~mask;
  }
  if (rest !== 0n) parts.push(`0x${rest.toString(16)}`);
  return parts.join('|');
}
