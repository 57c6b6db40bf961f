/** What an ELF file says about its debug information: the build id, and the link to a separate file. */

import type { Elf } from './parse.ts';
import { sectionBytes, sectionNamed, sectionType, segmentType, textAt } from './parse.ts';

interface ElfNote {
  readonly owner: string;
  readonly type: number;
  readonly description: Buffer;
}

/** NT_GNU_BUILD_ID */
const buildIdNote = 3;
/** A note section is small; a broken file may claim otherwise. */
const notesBytesMax = 1 << 20;

/** The build id in hexadecimal. Segments are looked at too, for files whose sections were stripped. */
export function buildId(elf: Elf): string | undefined {
  for (const bytes of noteAreas(elf)) {
    const note = parseNotes(bytes).find(({ owner, type }) => owner === 'GNU' && type === buildIdNote);
    if (note !== undefined && note.description.length > 0) return note.description.toString('hex');
  }
  return undefined;
}

function* noteAreas(elf: Elf): Generator<Buffer> {
  for (const section of elf.sections) {
    if (section.type === sectionType.note && section.size <= notesBytesMax) yield sectionBytes(elf, section);
  }
  for (const segment of elf.segments) {
    if (
      segment.type === segmentType.note &&
      segment.fileBytes <= notesBytesMax &&
      segment.offset < elf.source.size
    ) {
      yield elf.source.read(segment.offset, segment.fileBytes);
    }
  }
}

/** Notes one after the other: lengths of name and description, type, then both, each padded to four bytes. */
export function parseNotes(bytes: Buffer): readonly ElfNote[] {
  const notes: ElfNote[] = [];
  let at = 0;
  while (at + 12 <= bytes.length) {
    const nameStart = at + 12;
    const start = nameStart + padded(bytes.readUInt32LE(at));
    const length = bytes.readUInt32LE(at + 4);
    if (start + length > bytes.length) break;
    notes.push({
      owner: textAt(bytes.subarray(nameStart, start), 0),
      type: bytes.readUInt32LE(at + 8),
      description: bytes.subarray(start, start + length),
    });
    at = start + padded(length);
  }
  return notes;
}

const padded = (length: number): number => Math.ceil(length / 4) * 4;

export interface DebugLink {
  /** Of the file that holds the debug information, without a folder. */
  readonly name: string;
  /** CRC-32 of the whole file. */
  readonly checksum: number;
}

/** What .gnu_debuglink says: a name, padded to four bytes, and a checksum. */
export function debugLink(elf: Elf): DebugLink | undefined {
  const section = sectionNamed(elf, '.gnu_debuglink');
  if (section === undefined) return undefined;
  const bytes = sectionBytes(elf, section);
  const name = textAt(bytes, 0);
  const at = padded(name.length + 1);
  if (name === '' || name.includes('/') || at + 4 > bytes.length) return undefined;
  return { name, checksum: bytes.readUInt32LE(at) };
}

/** What .gnu_debugaltlink says: the path of a file that several keep their common entries in, and its build id. */
export function sharedLink(elf: Elf): { readonly path: string; readonly buildId: string } | undefined {
  const section = sectionNamed(elf, '.gnu_debugaltlink');
  if (section === undefined) return undefined;
  const bytes = sectionBytes(elf, section);
  const path = textAt(bytes, 0);
  return path === '' ? undefined : { path, buildId: bytes.toString('hex', path.length + 1) };
}
