/** The section .BTF.ext: records about instructions, in three tables (libbpf's btf.h, struct btf_ext_header). Pure. */

import { assert } from '../../base/assert.ts';
import { decodeRecord, record } from '../../types/record.ts';
import { u16, u32, u8 } from '../../types/type.ts';

const header = record({
  magic: u16,
  version: u8,
  flags: u8,
  headerBytes: u32,
  functionsOffset: u32,
  functionsBytes: u32,
  linesOffset: u32,
  linesBytes: u32,
  relocationsOffset: u32,
  relocationsBytes: u32,
});

/** The records of one kind. Offsets of instructions are in bytes, counted from their section's start. */
export interface ExtTable {
  readonly recordWords: number;
  /** By section. */
  readonly sections: ReadonlyMap<string, Uint32Array>;
}

export interface ExtTables {
  readonly functions: ExtTable;
  readonly lines: ExtTable;
  /** Of fields, types and enumerators, which depend on the kernel. */
  readonly relocations: ExtTable;
}

/** LLVM's headers have all of these fields since version 9. Names of sections stand among BTF's strings. */
export function parseExt(ext: Uint8Array, strings: Buffer): ExtTables {
  const start = decodeRecord(header, ext.subarray(0, header.size));
  assert(start.headerBytes >= header.size, '.BTF.ext tells of relocations');
  const table = (offset: number, bytes: number): ExtTable =>
    parseTable(ext.subarray(start.headerBytes + offset, start.headerBytes + offset + bytes), strings);
  return {
    functions: table(start.functionsOffset, start.functionsBytes),
    lines: table(start.linesOffset, start.linesBytes),
    relocations: table(start.relocationsOffset, start.relocationsBytes),
  };
}

/** A word with the records' size; then for each section its name, the number of records, the records. */
function parseTable(bytes: Uint8Array, strings: Buffer): ExtTable {
  const words = new Uint32Array(Uint8Array.from(bytes).buffer);
  const recordWords = (words[0] ?? 0) / 4;
  const sections = new Map<string, Uint32Array>();
  for (let at = 1; at + 1 < words.length;) {
    const nameOffset = words[at] ?? 0;
    const length = (words[at + 1] ?? 0) * recordWords;
    assert(at + 2 + length <= words.length, '.BTF.ext is whole');
    sections.set(
      strings.toString('latin1', nameOffset, strings.indexOf(0, nameOffset)),
      words.subarray(at + 2, at + 2 + length),
    );
    at += 2 + length;
  }
  return { recordWords, sections };
}
