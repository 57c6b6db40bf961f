/** The section .BTF.ext: which instructions begin a function, and which come from which line. Pure. */

import { assert } from '../base/assert.ts';
import { decodeRecord, record } from '../types/record.ts';
import { u16, u32, u8 } from '../types/type.ts';
import type { BtfRecords } from './bpf-api.ts';

/** Instructions of a section that were put into a program. */
export interface PlacedCode {
  readonly section: string;
  readonly from: number;
  readonly length: number;
  /** Where they stand in the program. */
  readonly at: number;
}

export interface BtfExt {
  /** Records of all placed code, counted in the program's instructions; undefined if there are none. */
  functionRecords(code: readonly PlacedCode[]): BtfRecords | undefined;
  lineRecords(code: readonly PlacedCode[]): BtfRecords | undefined;
}

/** Line and column share a word: 22 bits and 10 (include/uapi/linux/bpf.h, BPF_LINE_INFO_LINE_NUM). */
export interface LinePlace {
  /** Of the file's name, among BTF's strings. */
  readonly nameOffset: number;
  readonly line: number;
  readonly column: number;
}

const header = record({
  magic: u16,
  version: u8,
  flags: u8,
  headerBytes: u32,
  functionsOffset: u32,
  functionsBytes: u32,
  linesOffset: u32,
  linesBytes: u32,
});
const btfHeader = record({
  magic: u16,
  version: u8,
  flags: u8,
  headerBytes: u32,
  typesOffset: u32,
  typesBytes: u32,
  stringsOffset: u32,
  stringsBytes: u32,
});
const instructionBytes = 8;

/** The records of one kind, by section. Offsets are still in bytes, as in the file. */
interface Table {
  readonly recordWords: number;
  readonly sections: ReadonlyMap<string, Uint32Array>;
}

export function parseBtfExt(ext: Uint8Array, btf: Uint8Array): BtfExt {
  const start = decodeRecord(header, ext.subarray(0, header.size));
  const types = decodeRecord(btfHeader, btf.subarray(0, btfHeader.size));
  const strings = Buffer.from(btf.subarray(types.headerBytes + types.stringsOffset));
  const functions = parseTable(ext, start.headerBytes + start.functionsOffset, start.functionsBytes, strings);
  const lines = parseTable(ext, start.headerBytes + start.linesOffset, start.linesBytes, strings);
  return {
    functionRecords: (code) => placedRecords(functions, code),
    lineRecords: (code) => placedRecords(lines, code),
  };
}

/** A word with the records' size; then for each section its name, the number of records, the records. */
function parseTable(ext: Uint8Array, offset: number, bytes: number, strings: Buffer): Table {
  const words = new Uint32Array(Uint8Array.from(ext.subarray(offset, offset + bytes)).buffer);
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

/** Chunks come in rising order of their place, and records within a section rise too, so the result does, as the kernel demands. */
function placedRecords(table: Table, code: readonly PlacedCode[]): BtfRecords | undefined {
  const words: number[] = [];
  for (const { section, from, length, at } of code) {
    const records = table.sections.get(section) ?? new Uint32Array(0);
    for (let index = 0; index < records.length; index += table.recordWords) {
      const instruction = (records[index] ?? 0) / instructionBytes - from;
      if (instruction < 0 || instruction >= length) continue;
      words.push(instruction + at, ...records.subarray(index + 1, index + table.recordWords));
    }
  }
  if (words.length === 0) return undefined;
  const bytes = new Uint8Array(Uint32Array.from(words).buffer);
  return { recordBytes: table.recordWords * 4, count: words.length / table.recordWords, bytes };
}

/** The place in the source that an instruction comes from: that of the last line record at or before it. */
export function lineOfInstruction(lines: BtfRecords, instruction: number): LinePlace | undefined {
  const words = new Uint32Array(lines.bytes.buffer, lines.bytes.byteOffset, lines.bytes.length / 4);
  const recordWords = lines.recordBytes / 4;
  let found: LinePlace | undefined;
  for (let at = 0; at < words.length && (words[at] ?? 0) <= instruction; at += recordWords) {
    const place = words[at + 3] ?? 0;
    const nameOffset = words[at + 1] ?? 0;
    if (place >>> 10 > 0) found = { nameOffset, line: place >>> 10, column: place & 0x3ff };
  }
  return found;
}
