/** Makes small ELF files by hand: sections, functions in a symbol table, loaded segments. */

import { Buffer } from 'node:buffer';

export interface ElfDescription {
  readonly type?: number;
  readonly segments?: readonly {
    readonly type: number;
    readonly offset: number;
    readonly address: number;
    readonly bytes: number;
  }[];
  /** In `.symtab`. */
  readonly functions?: readonly SymbolDescription[];
  /** In `.dynsym`. */
  readonly dynamicFunctions?: readonly SymbolDescription[];
  readonly sections?: readonly SectionDescription[];
}

export interface SymbolDescription {
  readonly name: string;
  readonly address: number;
  readonly bytes?: number;
  /** 0 local, 1 global (usual here), 2 weak. */
  readonly binding?: number;
  /** 2, a function, unless said otherwise. */
  readonly type?: number;
  readonly undefined?: boolean;
}

interface SectionDescription {
  readonly name: string;
  readonly type: number;
  readonly bytes: Uint8Array;
  readonly address?: number;
  readonly link?: number;
}

const headerBytes = 64;
const segmentBytes = 56;

/** Build a file: header, segments' table, sections' bytes, sections' table. */
export function buildElf(description: ElfDescription): Buffer {
  const segments = description.segments ?? [];
  const bodies = sectionsOf(description);
  const names = stringTable([...bodies.map(({ name }) => name), '.shstrtab']);
  const all: readonly SectionDescription[] = [
    { name: '', type: 0, bytes: Buffer.alloc(0) },
    ...bodies,
    { name: '.shstrtab', type: 3, bytes: names.bytes },
  ];
  let offset = headerBytes + segments.length * segmentBytes;
  const placed = all.map((section) => {
    const at = offset;
    offset += Math.ceil(section.bytes.length / 8) * 8;
    return { ...section, at };
  });
  const file = Buffer.alloc(offset + all.length * 64);
  writeHeader(file, description.type ?? 3, segments.length, offset, all.length);
  segments.forEach((segment, index) => writeSegment(file, headerBytes + index * segmentBytes, segment));
  placed.forEach((section, index) => {
    file.set(section.bytes, section.at);
    const at = offset + index * 64;
    file.writeUInt32LE(names.offsetOf(section.name), at);
    file.writeUInt32LE(section.type, at + 4);
    file.writeBigUInt64LE(BigInt(section.address ?? 0), at + 16);
    file.writeBigUInt64LE(BigInt(section.at), at + 24);
    file.writeBigUInt64LE(BigInt(section.bytes.length), at + 32);
    file.writeUInt32LE(section.link ?? 0, at + 40);
  });
  return file;
}

function sectionsOf({
  functions,
  dynamicFunctions,
  sections,
}: ElfDescription): readonly SectionDescription[] {
  const list: SectionDescription[] = [];
  const add = (symbols: readonly SymbolDescription[] | undefined, name: string, type: number): void => {
    if (symbols === undefined) return;
    const strings = stringTable(symbols.map((symbol) => symbol.name));
    // Sections count from 1, and the strings stand right behind their table.
    list.push({ name, type, bytes: symbolTable(symbols, strings.offsetOf), link: list.length + 2 });
    list.push({ name: `${name}.strings`, type: 3, bytes: strings.bytes });
  };
  add(functions, '.symtab', 2);
  add(dynamicFunctions, '.dynsym', 11);
  return [...list, ...(sections ?? [])];
}

function stringTable(names: readonly string[]): {
  readonly bytes: Buffer;
  readonly offsetOf: (name: string) => number;
} {
  const text = `\0${[...new Set(names)].join('\0')}\0`;
  const offsetOf = (name: string): number => (name === '' ? 0 : text.indexOf(`\0${name}\0`) + 1);
  return { bytes: Buffer.from(text, 'latin1'), offsetOf };
}

function symbolTable(symbols: readonly SymbolDescription[], offsetOf: (name: string) => number): Buffer {
  const table = Buffer.alloc((symbols.length + 1) * 24);
  symbols.forEach((symbol, index) => {
    const at = (index + 1) * 24;
    table.writeUInt32LE(offsetOf(symbol.name), at);
    table.writeUInt8(((symbol.binding ?? 1) << 4) | (symbol.type ?? 2), at + 4);
    table.writeUInt16LE(symbol.undefined === true ? 0 : 1, at + 6);
    table.writeBigUInt64LE(BigInt(symbol.address), at + 8);
    table.writeBigUInt64LE(BigInt(symbol.bytes ?? 0), at + 16);
  });
  return table;
}

function writeHeader(
  file: Buffer,
  type: number,
  segments: number,
  sectionsAt: number,
  sections: number,
): void {
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(type, 16);
  file.writeUInt16LE(62, 18);
  file.writeBigUInt64LE(BigInt(headerBytes), 32);
  file.writeBigUInt64LE(BigInt(sectionsAt), 40);
  file.writeUInt16LE(segmentBytes, 54);
  file.writeUInt16LE(segments, 56);
  file.writeUInt16LE(64, 58);
  file.writeUInt16LE(sections, 60);
  file.writeUInt16LE(sections - 1, 62);
}

function writeSegment(
  file: Buffer,
  at: number,
  segment: NonNullable<ElfDescription['segments']>[number],
): void {
  file.writeUInt32LE(segment.type, at);
  file.writeBigUInt64LE(BigInt(segment.offset), at + 8);
  file.writeBigUInt64LE(BigInt(segment.address), at + 16);
  file.writeBigUInt64LE(BigInt(segment.bytes), at + 32);
  file.writeBigUInt64LE(BigInt(segment.bytes), at + 40);
}

/** A note: its owner's name, its type, its description. */
export function buildNote(owner: string, type: number, description: Uint8Array): Buffer {
  const name = Buffer.from(`${owner}\0`, 'latin1');
  const padded = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  const head = Buffer.alloc(12);
  [name.length, description.length, type].forEach((word, index) => head.writeUInt32LE(word, 4 * index));
  return Buffer.concat([head, padded(name), padded(description)]);
}
