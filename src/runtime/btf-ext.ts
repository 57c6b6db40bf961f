/** Which instructions of a program begin a function, and which come from which line, as .BTF.ext says it of the object's code. Pure. */

import type { ExtTable, ExtTables } from '../system/btf/ext.ts';
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

const instructionBytes = 8;

/** Of the tables of .BTF.ext. */
export function placedBtfExt({ functions, lines }: ExtTables): BtfExt {
  return {
    functionRecords: (code) => placedRecords(functions, code),
    lineRecords: (code) => placedRecords(lines, code),
  };
}

/** Chunks come in rising order of their place, and records within a section rise too, so the result does, as the kernel demands. */
function placedRecords(table: ExtTable, code: readonly PlacedCode[]): BtfRecords | undefined {
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
