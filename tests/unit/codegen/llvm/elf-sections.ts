/** Just enough of ELF to say what lies in an object: section names, their bytes, and symbols by section. Independent of our own reader. */

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly bytes: Buffer;
}

export function elfSections(object: Uint8Array): ReadonlyMap<string, ElfSection> {
  const file = Buffer.from(object);
  if (file.toString('latin1', 0, 4) !== '\x7fELF') throw new Error('no ELF file');
  const headersAt = Number(file.readBigUInt64LE(40));
  const count = file.readUInt16LE(60);
  const headers = Array.from({ length: count }, (_, index) => file.subarray(headersAt + index * 64));
  const bytesOf = (header: Buffer): Buffer => {
    const start = Number(header.readBigUInt64LE(24));
    return file.subarray(start, start + Number(header.readBigUInt64LE(32)));
  };
  const names = bytesOf(headers[file.readUInt16LE(62)] ?? Buffer.alloc(64));
  const sections = headers.map((header) => ({
    name: textAt(names, header.readUInt32LE(0)),
    type: header.readUInt32LE(4),
    bytes: bytesOf(header),
  }));
  return new Map(sections.map((section) => [section.name, section]));
}

/** e_machine: 247 is BPF. */
export function elfMachine(object: Uint8Array): number {
  return Buffer.from(object).readUInt16LE(18);
}

export function textAt(table: Buffer, offset: number): string {
  return table.toString('utf8', offset, table.indexOf(0, offset));
}
