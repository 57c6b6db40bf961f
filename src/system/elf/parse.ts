/**
 * ELF files of 64 bits, little-endian: sections and segments. Reads only the parts that are asked for, since programs may be hundreds
 * of megabytes long; pure over whatever gives the bytes. What a broken file claims is checked: it reads as less, never as an exception.
 */

import type { Result } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';

/** Where a file's bytes come from. Gives fewer bytes than asked, or none, beyond the end. */
export interface ByteSource {
  readonly size: number;
  readonly read: (offset: number, length: number) => Buffer;
}

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  /** Index of the section that this one refers to: a symbol table's strings. */
  readonly link: number;
}

export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

export interface Elf {
  /** ET_EXEC (2), ET_DYN (3), ET_REL (1) … */
  readonly type: number;
  /** EM_X86_64 (62), EM_AARCH64 (183) … */
  readonly machine: number;
  readonly sections: readonly ElfSection[];
  readonly segments: readonly ElfSegment[];
  readonly source: ByteSource;
}

export const sectionType = {
  symbolTable: 2,
  note: 7,
  noBits: 8,
  dynamicSymbols: 11,
} as const;
export const segmentType = { load: 1, note: 4 } as const;

const headerBytes = 64;
const sectionHeaderBytes = 64;
const segmentHeaderBytes = 56;
/** e_phnum's value that says: look into the first section's header (PN_XNUM). */
const manySegments = 0xffff;

/** Bytes in memory as a source. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    size: buffer.length,
    read: (offset, length) => buffer.subarray(offset, offset + length),
  };
}

/** Read the tables of an ELF file. Fails with what it is instead, in words. */
export function parseElf(source: ByteSource): Result<Elf, string> {
  const header = source.read(0, headerBytes);
  if (header.length < 4 || header.readUInt32BE(0) !== 0x7f454c46) return failed('it is not an ELF file');
  if (header.length < headerBytes) return failed('it is cut short within its header');
  if (header[4] !== 2) return failed('it is not a 64-bit file');
  if (header[5] !== 1) return failed('it is not little-endian');
  const sections = readSections(source, header);
  const segments = readSegments(source, header, sections);
  return ok({
    type: header.readUInt16LE(16),
    machine: header.readUInt16LE(18),
    sections,
    segments,
    source,
  });
}

/** A 64-bit number that is exact as a double; what isn't can't be a place in a file, and becomes infinite: outside of everything. */
function wordAt(bytes: Buffer, offset: number): number {
  const value = bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * 2 ** 32;
  return Number.isSafeInteger(value) ? value : Infinity;
}

function tableAt(source: ByteSource, offset: number, count: number, entryBytes: number): Buffer {
  if (offset <= 0 || offset >= source.size) return Buffer.alloc(0);
  const fitting = Math.min(count, Math.floor((source.size - offset) / entryBytes));
  return source.read(offset, fitting * entryBytes);
}

interface RawSection extends Omit<ElfSection, 'name'> {
  readonly nameOffset: number;
  readonly info: number;
}

function readSections(
  source: ByteSource,
  header: Buffer,
): readonly (ElfSection & { readonly info: number })[] {
  const offset = wordAt(header, 40);
  if (header.readUInt16LE(58) !== sectionHeaderBytes) return [];
  const first = tableAt(source, offset, 1, sectionHeaderBytes);
  if (first.length < sectionHeaderBytes) return [];
  // Files with more sections than 16 bits count keep the true numbers in the first section's header.
  const zeroth = rawSection(first, 0);
  const count = header.readUInt16LE(60) || zeroth.size;
  const namesIndex = header.readUInt16LE(62) === 0xffff ? zeroth.link : header.readUInt16LE(62);
  const table = tableAt(source, offset, count, sectionHeaderBytes);
  const raw = entries(table, sectionHeaderBytes, rawSection);
  const names = raw[namesIndex];
  const strings = names === undefined ? Buffer.alloc(0) : contents(source, names);
  return raw.map(({ nameOffset, ...section }) => ({
    ...section,
    name: textAt(strings, nameOffset),
  }));
}

function entries<T>(table: Buffer, entryBytes: number, read: (table: Buffer, at: number) => T): readonly T[] {
  return Array.from({ length: Math.floor(table.length / entryBytes) }, (_, index) =>
    read(table, index * entryBytes),
  );
}

function rawSection(table: Buffer, at: number): RawSection {
  return {
    nameOffset: table.readUInt32LE(at),
    type: table.readUInt32LE(at + 4),
    flags: wordAt(table, at + 8),
    address: wordAt(table, at + 16),
    offset: wordAt(table, at + 24),
    size: wordAt(table, at + 32),
    link: table.readUInt32LE(at + 40),
    info: table.readUInt32LE(at + 44),
  };
}

function readSegments(
  source: ByteSource,
  header: Buffer,
  sections: readonly { readonly info: number }[],
): readonly ElfSegment[] {
  if (header.readUInt16LE(54) !== segmentHeaderBytes) return [];
  const stated = header.readUInt16LE(56);
  const count = stated === manySegments ? (sections[0]?.info ?? 0) : stated;
  const table = tableAt(source, wordAt(header, 32), count, segmentHeaderBytes);
  return entries(table, segmentHeaderBytes, (bytes, at) => ({
    type: bytes.readUInt32LE(at),
    flags: bytes.readUInt32LE(at + 4),
    offset: wordAt(bytes, at + 8),
    address: wordAt(bytes, at + 16),
    fileBytes: wordAt(bytes, at + 32),
    memoryBytes: wordAt(bytes, at + 40),
  }));
}

/** The NUL-terminated text at an offset of a string table; empty if it is outside. */
export function textAt(strings: Buffer, offset: number): string {
  const end = offset < strings.length ? strings.indexOf(0, offset) : -1;
  return end < 0 ? '' : strings.toString('latin1', offset, end);
}

/** The first section of a name. */
export function sectionNamed(elf: Elf, name: string): ElfSection | undefined {
  return elf.sections.find((section) => section.name === name);
}

/** What a section holds: as much as the file has of it, nothing for sections without bytes (.bss). */
export function sectionBytes(elf: Elf, section: ElfSection): Buffer {
  return contents(elf.source, section);
}

function contents(source: ByteSource, section: Pick<ElfSection, 'type' | 'offset' | 'size'>): Buffer {
  if (section.type === sectionType.noBits || section.offset >= source.size) return Buffer.alloc(0);
  return source.read(section.offset, Math.min(section.size, source.size - section.offset));
}

/** Where in the file the byte lies that is loaded at a virtual address; undefined if none is. */
export function fileOffsetOf(elf: Elf, address: number): number | undefined {
  const segment = elf.segments.find(
    ({ type, address: start, fileBytes }) =>
      type === segmentType.load && address >= start && address < start + fileBytes,
  );
  return segment === undefined ? undefined : address - segment.address + segment.offset;
}

/** The virtual address at which a byte of the file is loaded; undefined if it isn't. */
export function addressOfOffset(elf: Elf, fileOffset: number): number | undefined {
  const segment = elf.segments.find(
    ({ type, offset, fileBytes }) =>
      type === segmentType.load && fileOffset >= offset && fileOffset < offset + fileBytes,
  );
  return segment === undefined ? undefined : fileOffset - segment.offset + segment.address;
}
