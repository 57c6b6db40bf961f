/** USDT probes of a program or library: the notes that <sys/sdt.h> and its likes leave in .note.stapsdt. */

import type { UsdtSite } from '../../probes/define.ts';
import { parseNotes } from './notes.ts';
import type { Elf } from './parse.ts';
import { fileOffsetOf, sectionBytes, sectionNamed } from './parse.ts';

/** NT_STAPSDT. */
const usdtNote = 3;
const addressBytes = 8;
/** Address of the instruction, address of .stapsdt.base when the file was linked, address of the semaphore. */
const addressesBytes = 3 * addressBytes;

/** All sites, in the order of the notes. Sites whose code isn't loaded from the file are left out: nothing can be attached there. */
export function usdtSites(elf: Elf): readonly UsdtSite[] {
  const notes = sectionNamed(elf, '.note.stapsdt');
  if (notes === undefined) return [];
  const base = sectionNamed(elf, '.stapsdt.base')?.address;
  return parseNotes(sectionBytes(elf, notes))
    .filter(({ owner, type, description }) => isUsdt(owner, type) && description.length > addressesBytes)
    .flatMap(({ description }) => siteOf(elf, description, base));
}

const isUsdt = (owner: string, type: number): boolean => owner === 'stapsdt' && type === usdtNote;

function siteOf(elf: Elf, description: Buffer, base: number | undefined): readonly UsdtSite[] {
  const [address = 0, linkedBase = 0, semaphore = 0] = [0, 1, 2].map((index) =>
    Number(description.readBigUInt64LE(index * addressBytes)),
  );
  // Prelinking moves sections, but not what notes say of them.
  const moved = base === undefined || linkedBase === 0 ? 0 : base - linkedBase;
  const fileOffset = fileOffsetOf(elf, address + moved);
  if (fileOffset === undefined) return [];
  const counter = semaphore === 0 ? undefined : fileOffsetOf(elf, semaphore + moved);
  const [provider = '', name = '', args = ''] = description.toString('latin1', addressesBytes).split('\0');
  return [
    {
      provider,
      name,
      address: address + moved,
      fileOffset,
      arguments: args,
      ...(counter !== undefined && { semaphore: counter }),
    },
  ];
}
