/** Links a function of our object: appends what it calls, resolves relocations, notes references to maps. Pure. */

import { assert, present } from '../base/assert.ts';
import { kernelFunctionBase } from '../plan/helpers.ts';
import { isDataSection, mapSection, subprogramSection } from '../plan/object-sections.ts';
import type { Elf } from '../system/elf/parse.ts';
import { sectionBytes, sectionNamed } from '../system/elf/parse.ts';
import { decodeRecord, record } from '../types/record.ts';
import { u32, u64 } from '../types/type.ts';
import type { BtfRecords } from './bpf-api.ts';
import type { BtfExt } from './btf-ext.ts';

/** A 64-bit instruction as two words: opcode, registers and offset; then the immediate. */
const wordsPerInstruction = 2;
export const instructionBytes = 8;

export interface MapReference {
  /** Index of the two-slot load whose immediate becomes the map's descriptor. */
  readonly instruction: number;
  /** The map's, or the name of a section with data, which becomes a map. */
  readonly symbol: string;
}

/** A function and all that it calls, ready but for the maps' descriptors. */
export interface ObjectProgram {
  readonly name: string;
  readonly instructions: Uint8Array;
  readonly maps: readonly MapReference[];
  /** It hands a function of its own to a helper, which the kernel accepts with function records only. */
  readonly needsBtf: boolean;
  readonly functions?: BtfRecords;
  readonly lines?: BtfRecords;
}

export interface ElfSymbol {
  readonly name: string;
  readonly type: number;
  readonly isLocal: boolean;
  /** Name of the section that it lies in; empty if in none. */
  readonly section: string;
  /** Bytes from the section's start. */
  readonly offset: number;
  readonly bytes: number;
}

/** Low half of st_info. */
export const symbolType = { object: 1, function: 2, section: 3 } as const;

const relocationEntry = record({ offset: u64, type: u32, symbol: u32 });

/** The instructions with each map's descriptor in its place. */
export function withMaps(program: ObjectProgram, descriptorOf: (symbol: string) => number): Uint8Array {
  const words = new Uint32Array(Uint8Array.from(program.instructions).buffer);
  for (const { instruction, symbol } of program.maps)
    words[instruction * wordsPerInstruction + 1] = descriptorOf(symbol);
  return new Uint8Array(words.buffer);
}

export interface Linker {
  readonly elf: Elf;
  readonly symbols: readonly ElfSymbol[];
  /** By offset in the maps' section. */
  readonly mapNames: ReadonlyMap<number, string>;
  /** Sections with code, as far as they were looked at. */
  readonly sections: Map<string, CodeSection>;
  readonly ext: BtfExt | undefined;
  /** Makes a section's code fit the kernel. */
  readonly relocate: (section: string, words: Uint32Array) => void;
}

export interface CodeSection {
  readonly words: Uint32Array;
  /** By instruction. */
  readonly relocations: ReadonlyMap<number, { readonly type: number; readonly symbol: ElfSymbol }>;
}

/** A stretch of a section and where in the program it stands, in instructions. */
interface Chunk {
  readonly section: string;
  readonly from: number;
  readonly length: number;
  readonly at: number;
}

interface Program {
  readonly chunks: Chunk[];
  readonly words: number[];
  readonly maps: MapReference[];
  callbacks: number;
}

/** R_BPF_64_64 and R_BPF_64_32 (Documentation/bpf/llvm_reloc.rst). */
const relocationType = { load: 1, call: 10 } as const;
const opcode = { loadImmediate64: 0x18, call: 0x85 } as const;
/** Source registers with a meaning of their own (include/uapi/linux/bpf.h, BPF_PSEUDO_*). */
const pseudo = { mapDescriptor: 1, mapValue: 2, call: 1, kernelFunction: 2, function: 4 } as const;

/** What becomes one program with another: instructions in front of that, as words, and a function behind it, which only these lead to. */
export interface Join {
  readonly before: readonly number[];
  readonly behind: ElfSymbol;
}

export function linkProgram(linker: Linker, symbol: ElfSymbol, join?: Join): ObjectProgram {
  const program: Program = { chunks: [], words: [...(join?.before ?? [])], maps: [], callbacks: 0 };
  placeWhole(linker, program, symbol);
  if (join) placeWhole(linker, program, join.behind);
  const joined = program.chunks.length;
  // Placing a chunk appends to the list, so this goes on until nothing new is called.
  for (const chunk of program.chunks) resolveChunk(linker, program, chunk);
  const records = recordsOf(linker, program, joined);
  return {
    name: symbol.name,
    instructions: new Uint8Array(Uint32Array.from(program.words).buffer),
    maps: program.maps,
    needsBtf: program.callbacks > 0,
    ...records,
  };
}

function placeWhole(linker: Linker, program: Program, symbol: ElfSymbol): void {
  assert(symbol.offset === 0, `program ${symbol.name} is the first function of its section`);
  const { words } = codeSection(linker, symbol.section);
  place(linker, program, symbol.section, 0, words.length / wordsPerInstruction);
}

/** Joined functions are one for the kernel, which begins where the program does: their first instruction gives it its name and line. */
function recordsOf(
  { ext }: Linker,
  { chunks }: Program,
  joined: number,
): Pick<ObjectProgram, 'functions' | 'lines'> {
  const first = { ...present(chunks[0], 'a placed function'), length: 1, at: 0 };
  const functions = ext?.functionRecords([first, ...chunks.slice(joined)]);
  const lines = functions && ext?.lineRecords(joined > 1 ? [first, ...chunks] : chunks);
  return { ...(functions && { functions }), ...(functions && lines && withLines(functions, lines)) };
}

/** The kernel wants a line for the first instruction of every function, or no lines at all. */
function withLines(functions: BtfRecords, lines: BtfRecords): { readonly lines?: BtfRecords } {
  const starts = new Set(firstWords(lines));
  return firstWords(functions).every((start) => starts.has(start)) ? { lines } : {};
}

function firstWords(records: BtfRecords): readonly number[] {
  const words = new Uint32Array(records.bytes.buffer, records.bytes.byteOffset, records.bytes.length / 4);
  return Array.from({ length: records.count }, (_, index) => words[(index * records.recordBytes) / 4] ?? 0);
}

function place(linker: Linker, program: Program, section: string, from: number, length: number): Chunk {
  const chunk: Chunk = { section, from, length, at: program.words.length / wordsPerInstruction };
  const { words } = codeSection(linker, section);
  for (let at = from * wordsPerInstruction; at < (from + length) * wordsPerInstruction; at++)
    program.words.push(words[at] ?? 0);
  program.chunks.push(chunk);
  return chunk;
}

function resolveChunk(linker: Linker, program: Program, chunk: Chunk): void {
  const { relocations } = codeSection(linker, chunk.section);
  for (let index = 0; index < chunk.length; index++) {
    const instruction = chunk.at + index;
    const head = program.words[instruction * wordsPerInstruction] ?? 0;
    const relocation = relocations.get(chunk.from + index);
    if ((head & 0xff) === opcode.loadImmediate64) {
      if (relocation) resolveLoad(linker, program, instruction, relocation.symbol);
      index++; // the load's second half is no instruction of its own
    } else if ((head & 0xff) === opcode.call && ((head >>> 12) & 0xf) === pseudo.call) {
      resolveCall(linker, program, chunk, index, relocation?.symbol);
    } else if ((head & 0xff) === opcode.call) resolveHelper(program, instruction);
  }
}

/** A reference to a map, to a variable, or to a function that a helper is to call back. */
function resolveLoad(linker: Linker, program: Program, instruction: number, symbol: ElfSymbol): void {
  const addend = program.words[instruction * wordsPerInstruction + 1] ?? 0;
  if (symbol.section === mapSection) {
    const map = present(linker.mapNames.get(symbol.offset + addend), 'the map of a reference');
    setSource(program, instruction, pseudo.mapDescriptor, 0);
    program.maps.push({ instruction, symbol: map });
    return;
  }
  if (isDataSection(symbol.section)) {
    setSource(program, instruction, pseudo.mapValue, 0);
    // The load's second half: where in the map's value.
    program.words[(instruction + 1) * wordsPerInstruction + 1] = symbol.offset + addend;
    program.maps.push({ instruction, symbol: symbol.section });
    return;
  }
  assert(
    symbol.section === subprogramSection,
    `a reference into section ${symbol.section} that the loader can't resolve`,
  );
  const target = placeFunction(linker, program, (symbol.offset + addend) / instructionBytes);
  setSource(program, instruction, pseudo.function, target - instruction - 1);
  program.callbacks++;
}

/** Functions of the kernel itself are called by their BTF id. */
function resolveHelper(program: Program, instruction: number): void {
  const number = program.words[instruction * wordsPerInstruction + 1] ?? 0;
  if (number >= kernelFunctionBase)
    setSource(program, instruction, pseudo.kernelFunction, number - kernelFunctionBase);
}

/** A call of a function of ours: relative to the next instruction, within its section unless a relocation says otherwise. */
function resolveCall(
  linker: Linker,
  program: Program,
  chunk: Chunk,
  index: number,
  symbol: ElfSymbol | undefined,
): void {
  const instruction = chunk.at + index;
  const relative = (program.words[instruction * wordsPerInstruction + 1] ?? 0) | 0;
  if (symbol === undefined) {
    const target = chunk.from + index + 1 + relative;
    if (target >= chunk.from && target < chunk.from + chunk.length) return;
    assert(chunk.section === subprogramSection, 'a call that leaves its section has a relocation');
    return setSource(
      program,
      instruction,
      pseudo.call,
      placeFunction(linker, program, target) - instruction - 1,
    );
  }
  assert(symbol.section === subprogramSection, `a call into section ${symbol.section}`);
  const target = symbol.offset / instructionBytes + relative + 1;
  setSource(program, instruction, pseudo.call, placeFunction(linker, program, target) - instruction - 1);
}

function setSource(program: Program, instruction: number, source: number, immediate: number): void {
  const at = instruction * wordsPerInstruction;
  program.words[at] = ((program.words[at] ?? 0) & ~0xf000) | (source << 12);
  program.words[at + 1] = immediate;
}

/** Where in the program the subprogram stands that begins at this instruction of .text; appended if it isn't there yet. */
function placeFunction(linker: Linker, program: Program, from: number): number {
  const placed = program.chunks.find((chunk) => chunk.section === subprogramSection && chunk.from === from);
  if (placed) return placed.at;
  const symbol = linker.symbols.find(
    (candidate) =>
      candidate.type === symbolType.function &&
      candidate.section === subprogramSection &&
      candidate.offset === from * instructionBytes,
  );
  return place(
    linker,
    program,
    subprogramSection,
    from,
    present(symbol, 'a subprogram').bytes / instructionBytes,
  ).at;
}

function codeSection(linker: Linker, name: string): CodeSection {
  const known = linker.sections.get(name);
  if (known) return known;
  const bytes = sectionBytes(linker.elf, present(sectionNamed(linker.elf, name), `section ${name}`));
  const words = new Uint32Array(Uint8Array.from(bytes).buffer);
  linker.relocate(name, words);
  const section: CodeSection = {
    words,
    relocations: codeRelocations(linker, name),
  };
  linker.sections.set(name, section);
  return section;
}

function codeRelocations(linker: Linker, name: string): CodeSection['relocations'] {
  const relocations = relocationsIn(linker.elf, linker.symbols, name);
  return new Map(
    [...relocations].map(([offset, relocation]) => {
      const { type } = relocation;
      const isKnown = type === relocationType.load || type === relocationType.call;
      assert(isKnown, `relocation of type ${type} in ${name}`);
      return [offset / instructionBytes, relocation];
    }),
  );
}

/** Relocations of a section, by the offset in bytes that they are for. */
export function relocationsIn(
  elf: Elf,
  symbols: readonly ElfSymbol[],
  name: string,
): ReadonlyMap<number, { readonly type: number; readonly symbol: ElfSymbol }> {
  const section = sectionNamed(elf, `.rel${name}`);
  if (section === undefined) return new Map();
  return new Map(
    recordsIn(sectionBytes(elf, section), relocationEntry.size).map((bytes) => {
      const entry = decodeRecord(relocationEntry, bytes);
      const symbol = present(symbols[entry.symbol], "a relocation's symbol");
      return [Number(entry.offset), { type: entry.type, symbol }];
    }),
  );
}

export function recordsIn(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
