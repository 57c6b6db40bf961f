/** The debug sections of a file, unpacked where they are packed, read when they are first asked for. */

import * as zlib from 'node:zlib';

import type { Elf, ElfSection } from '../elf/parse.ts';
import { sectionBytes, sectionNamed } from '../elf/parse.ts';

const names = [
  'abbrev',
  'addr',
  'info',
  'line',
  'line_str',
  'loc',
  'loclists',
  'ranges',
  'rnglists',
  'str',
  'str_offsets',
] as const;

export type DebugSection = (typeof names)[number];

/** What a section holds; nothing if the file has none of that name. */
export type DebugSections = Readonly<Record<DebugSection, () => Buffer>>;

export function hasDebugSection(elf: Elf, name: DebugSection): boolean {
  const section = sectionNamed(elf, `.debug_${name}`) ?? sectionNamed(elf, `.zdebug_${name}`);
  return section !== undefined && section.size > 0 && section.type !== noBits;
}

const noBits = 8;

/** A section longer than this, unpacked, is left out: it would have to be in memory as a whole. Browsers' are about half as long. */
const sectionBytesMax = 2 ** 30;
const unpackOptions = { maxOutputLength: sectionBytesMax };

export function debugSections(elf: Elf): DebugSections {
  const known = new Map<DebugSection, Buffer>();
  const section = (name: DebugSection) => (): Buffer => {
    const bytes = known.get(name) ?? readSection(elf, name);
    known.set(name, bytes);
    return bytes;
  };
  // The table's own keys; Object.fromEntries can't say so.
  return Object.fromEntries(names.map((name) => [name, section(name)])) as unknown as DebugSections;
}

function readSection(elf: Elf, name: DebugSection): Buffer {
  const section = sectionNamed(elf, `.debug_${name}`) ?? sectionNamed(elf, `.zdebug_${name}`);
  if (section === undefined || section.size > sectionBytesMax) return Buffer.alloc(0);
  const bytes = sectionBytes(elf, section);
  return section.name.startsWith('.z') ? unpackedOlder(bytes) : unpacked(section, bytes);
}

/** SHF_COMPRESSED: a header of 24 bytes says how (Elf64_Chdr). */
const compressedFlag = 0x800;
const headerBytes = 24;
const methods = { zlib: 1, zstd: 2 } as const;

function unpacked({ flags }: ElfSection, bytes: Buffer): Buffer {
  if ((flags & compressedFlag) === 0) return bytes;
  if (bytes.length < headerBytes) return Buffer.alloc(0);
  const packed = bytes.subarray(headerBytes);
  switch (bytes.readUInt32LE(0)) {
    case methods.zlib:
      return attempt(() => zlib.inflateSync(packed, unpackOptions));
    case methods.zstd:
      return attempt(() => unpackZstd(packed));
    default:
      return Buffer.alloc(0);
  }
}

/** Node can unpack zstd since 22.15; before, such sections are not read. */
function unpackZstd(packed: Buffer): Buffer {
  const { zstdDecompressSync } = zlib as {
    readonly zstdDecompressSync?: (bytes: Buffer, options: typeof unpackOptions) => Buffer;
  };
  return zstdDecompressSync?.(packed, unpackOptions) ?? Buffer.alloc(0);
}

/** GNU's older way: `ZLIB`, the length in eight bytes, the data. */
function unpackedOlder(bytes: Buffer): Buffer {
  return bytes.toString('latin1', 0, 4) === 'ZLIB'
    ? attempt(() => zlib.inflateSync(bytes.subarray(12), unpackOptions))
    : Buffer.alloc(0);
}

function attempt(unpack: () => Buffer): Buffer {
  try {
    return unpack();
  } catch {
    return Buffer.alloc(0);
  }
}
