/**
 * Our own object files: programs with what they call appended, references to maps, the licence, BTF made ready for the kernel.
 * Pure. Objects come from our compiler alone, so a malformed one is a fault of ours, not of the user.
 */

import { assert, present } from '../base/assert.ts';
import type { Btf } from '../system/btf/parse.ts';
import { btfKind, kindOf, membersOf, nameOf, parseBtf, partCount, referredBy, wordOf } from '../system/btf/parse.ts';
import type { Elf } from '../system/elf/parse.ts';
import { bytesSource, parseElf, sectionBytes, sectionNamed } from '../system/elf/parse.ts';
import { decodeRecord, record } from '../types/record.ts';
import { u16, u32, u64, u8 } from '../types/type.ts';
import type { BtfRecords } from './bpf-api.ts';
import type { BtfExt } from './btf-ext.ts';
import { parseBtfExt } from './btf-ext.ts';

/** A 64-bit instruction as two words: opcode, registers and offset; then the immediate. */
const wordsPerInstruction = 2;
const instructionBytes = 8;

export interface MapReference {
  /** Index of the two-slot load whose immediate becomes the map's descriptor. */
  readonly instruction: number;
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

export interface ObjectMap {
  readonly symbol: string;
  /** BTF ids of key and value; absent where the definition has none (the ring). */
  readonly btf?: { readonly keyType: number; readonly valueType: number };
}

export interface ObjectFile {
  readonly license: string;
  /** By function name. */
  readonly programs: ReadonlyMap<string, ObjectProgram>;
  readonly maps: ReadonlyMap<string, ObjectMap>;
  /** As the kernel wants it: sizes and offsets of the data sections filled in. */
  readonly btf?: Uint8Array;
}

/** The instructions with each map's descriptor in its place. */
export function withMaps(program: ObjectProgram, descriptorOf: (symbol: string) => number): Uint8Array {
  const words = new Uint32Array(Uint8Array.from(program.instructions).buffer);
  for (const { instruction, symbol } of program.maps) words[instruction * wordsPerInstruction + 1] = descriptorOf(symbol);
  return new Uint8Array(words.buffer);
}

/** Read an object that our compiler has made. */
export function parseObject(bytes: Uint8Array): ObjectFile {
  const parsed = parseElf(bytesSource(bytes));
  assert(parsed.ok, parsed.ok ? '' : `our object file: ${parsed.error}`);
  const elf = parsed.value;
  const symbols = readSymbols(elf);
  const btf = readBtf(elf, symbols);
  const mapNames = new Map(mapSymbols(symbols).map((symbol) => [symbol.offset, symbol.name]));
  const linker: Linker = { elf, symbols, mapNames, sections: new Map(), ext: readBtfExt(elf) };
  const programs = symbols.filter((symbol) => symbol.type === symbolType.function && isProgramSection(symbol.section));
  return {
    license: licenseOf(elf),
    programs: new Map(programs.map((symbol) => [symbol.name, linkProgram(linker, symbol)])),
    maps: new Map(mapSymbols(symbols).map((symbol) => [symbol.name, objectMap(symbol, btf?.types)])),
    ...(btf && { btf: btf.bytes }),
  };
}

interface ElfSymbol {
  readonly name: string;
  readonly type: number;
  /** Name of the section that it lies in; empty if in none. */
  readonly section: string;
  /** Bytes from the section's start. */
  readonly offset: number;
  readonly bytes: number;
}

/** Low half of st_info. */
const symbolType = { object: 1, function: 2, section: 3 } as const;

const symbolEntry = record({ name: u32, info: u8, other: u8, section: u16, value: u64, size: u64 });
const relocationEntry = record({ offset: u64, type: u32, symbol: u32 });
const subprogramSection = '.text';
const mapSection = '.maps';

const isProgramSection = (name: string): boolean => name.startsWith('s_');

function readSymbols(elf: Elf): readonly ElfSymbol[] {
  const table = present(sectionNamed(elf, '.symtab'), 'the symbol table');
  const strings = sectionBytes(elf, present(elf.sections[table.link], "the symbols' strings"));
  return recordsIn(sectionBytes(elf, table), symbolEntry.size).map((bytes) => {
    const entry = decodeRecord(symbolEntry, bytes);
    return {
      name: strings.toString('latin1', entry.name, strings.indexOf(0, entry.name)),
      type: entry.info & 0xf,
      section: elf.sections[entry.section]?.name ?? '',
      offset: Number(entry.value),
      bytes: Number(entry.size),
    };
  });
}

function recordsIn(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

function licenseOf(elf: Elf): string {
  const section = present(sectionNamed(elf, 'license'), 'the licence');
  return sectionBytes(elf, section).toString('latin1').replace(/\0.*$/s, '');
}

const mapSymbols = (symbols: readonly ElfSymbol[]): readonly ElfSymbol[] =>
  symbols.filter((symbol) => symbol.section === mapSection && symbol.type === symbolType.object);

// ---- BTF

interface ObjectBtf {
  readonly bytes: Uint8Array;
  readonly types: Btf;
}

const btfHeader = record({ magic: u16, version: u8, flags: u8, headerBytes: u32, typesOffset: u32, typesBytes: u32 });

/**
 * LLVM leaves sizes and offsets of data sections to the linker, which we are: without them the kernel refuses the BTF
 * (kernel/bpf/btf.c, btf_datasec_check_meta).
 */
function readBtf(elf: Elf, symbols: readonly ElfSymbol[]): ObjectBtf | undefined {
  const section = sectionNamed(elf, '.BTF');
  if (section === undefined) return undefined;
  const bytes = Uint8Array.from(sectionBytes(elf, section));
  const parsed = parseBtf(bytes, 'tstrace');
  assert(parsed.ok, parsed.ok ? '' : `our object file: ${parsed.error}`);
  const types = parsed.value;
  const header = decodeRecord(btfHeader, bytes.subarray(0, btfHeader.size));
  const start = header.headerBytes + header.typesOffset;
  const words = new Uint32Array(bytes.buffer, start, header.typesBytes / 4);
  for (let id = types.firstId; id < types.endId; id++) {
    if (kindOf(types, id) === btfKind.section) fillSection(elf, symbols, types, id, words);
  }
  return { bytes, types };
}

/** A data section's record: name, info, size; then type, offset and size of each variable. */
function fillSection(elf: Elf, symbols: readonly ElfSymbol[], types: Btf, id: number, words: Uint32Array): void {
  const start = present(types.starts[id - types.firstId], 'a BTF record');
  const name = nameOf(types, id);
  words[start + 2] = present(sectionNamed(elf, name), `section ${name}`).size;
  for (let part = 0; part < partCount(types, id); part++) {
    const at = 3 + 3 * part;
    const variable = nameOf(types, wordOf(types, id, at));
    const symbol = present(
      symbols.find((candidate) => candidate.section === name && candidate.name === variable),
      `symbol ${variable}`,
    );
    words[start + at + 1] = symbol.offset;
    words[start + at + 2] = symbol.bytes;
  }
}

/** A map is defined as libbpf does it: a variable of a struct whose members `key` and `value` point to the types. */
function objectMap(symbol: ElfSymbol, types: Btf | undefined): ObjectMap {
  const definition = types && mapDefinition(types, symbol.name);
  if (types === undefined || definition === undefined) return { symbol: symbol.name };
  const pointee = (name: string): number | undefined => {
    const member = membersOf(types, definition).find((candidate) => candidate.name === name);
    return member && referredBy(types, member.type);
  };
  const keyType = pointee('key');
  const valueType = pointee('value');
  if (keyType === undefined || valueType === undefined) return { symbol: symbol.name };
  return { symbol: symbol.name, btf: { keyType, valueType } };
}

function mapDefinition(types: Btf, name: string): number | undefined {
  for (let id = types.firstId; id < types.endId; id++) {
    if (kindOf(types, id) === btfKind.variable && nameOf(types, id) === name) return referredBy(types, id);
  }
  return undefined;
}

function readBtfExt(elf: Elf): BtfExt | undefined {
  const ext = sectionNamed(elf, '.BTF.ext');
  const btf = sectionNamed(elf, '.BTF');
  return ext && btf && parseBtfExt(sectionBytes(elf, ext), sectionBytes(elf, btf));
}

// ---- Linking

interface Linker {
  readonly elf: Elf;
  readonly symbols: readonly ElfSymbol[];
  /** By offset in the maps' section. */
  readonly mapNames: ReadonlyMap<number, string>;
  /** Sections with code, as far as they were looked at. */
  readonly sections: Map<string, CodeSection>;
  readonly ext: BtfExt | undefined;
}

interface CodeSection {
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
const pseudo = { mapDescriptor: 1, call: 1, function: 4 } as const;

function linkProgram(linker: Linker, symbol: ElfSymbol): ObjectProgram {
  const program: Program = { chunks: [], words: [], maps: [], callbacks: 0 };
  const whole = codeSection(linker, symbol.section);
  assert(symbol.offset === 0, `program ${symbol.name} is the first function of its section`);
  place(linker, program, symbol.section, 0, whole.words.length / wordsPerInstruction);
  // Placing a chunk appends to the list, so this goes on until nothing new is called.
  for (const chunk of program.chunks) resolveChunk(linker, program, chunk);
  const functions = linker.ext?.functionRecords(program.chunks);
  return {
    name: symbol.name,
    instructions: new Uint8Array(Uint32Array.from(program.words).buffer),
    maps: program.maps,
    needsBtf: program.callbacks > 0,
    ...(functions && { functions }),
    ...lineRecords(linker, program, functions),
  };
}

/** The kernel wants a line for the first instruction of every function, or no lines at all. */
function lineRecords(linker: Linker, program: Program, functions: BtfRecords | undefined): { readonly lines?: BtfRecords } {
  const lines = functions && linker.ext?.lineRecords(program.chunks);
  if (functions === undefined || lines === undefined) return {};
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
  for (let at = from * wordsPerInstruction; at < (from + length) * wordsPerInstruction; at++) program.words.push(words[at] ?? 0);
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
    }
  }
}

/** A reference to a map, or to a function that a helper is to call back. */
function resolveLoad(linker: Linker, program: Program, instruction: number, symbol: ElfSymbol): void {
  const addend = program.words[instruction * wordsPerInstruction + 1] ?? 0;
  if (symbol.section === mapSection) {
    const map = present(linker.mapNames.get(symbol.offset + addend), 'the map of a reference');
    setSource(program, instruction, pseudo.mapDescriptor, 0);
    program.maps.push({ instruction, symbol: map });
    return;
  }
  assert(symbol.section === subprogramSection, `a reference into section ${symbol.section} that the loader can't resolve`);
  const target = placeFunction(linker, program, (symbol.offset + addend) / instructionBytes);
  setSource(program, instruction, pseudo.function, target - instruction - 1);
  program.callbacks++;
}

/** A call of a function of ours: relative to the next instruction, within its section unless a relocation says otherwise. */
function resolveCall(linker: Linker, program: Program, chunk: Chunk, index: number, symbol: ElfSymbol | undefined): void {
  const instruction = chunk.at + index;
  const relative = (program.words[instruction * wordsPerInstruction + 1] ?? 0) | 0;
  if (symbol === undefined) {
    const target = chunk.from + index + 1 + relative;
    if (target >= chunk.from && target < chunk.from + chunk.length) return;
    assert(chunk.section === subprogramSection, 'a call that leaves its section has a relocation');
    return setSource(program, instruction, pseudo.call, placeFunction(linker, program, target) - instruction - 1);
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
      candidate.type === symbolType.function && candidate.section === subprogramSection && candidate.offset === from * instructionBytes,
  );
  return place(linker, program, subprogramSection, from, present(symbol, 'a subprogram').bytes / instructionBytes).at;
}

function codeSection(linker: Linker, name: string): CodeSection {
  const known = linker.sections.get(name);
  if (known) return known;
  const bytes = sectionBytes(linker.elf, present(sectionNamed(linker.elf, name), `section ${name}`));
  const copy = Uint8Array.from(bytes);
  const section: CodeSection = { words: new Uint32Array(copy.buffer), relocations: relocationsOf(linker, name) };
  linker.sections.set(name, section);
  return section;
}

function relocationsOf(linker: Linker, name: string): CodeSection['relocations'] {
  const section = sectionNamed(linker.elf, `.rel${name}`);
  if (section === undefined) return new Map();
  return new Map(
    recordsIn(sectionBytes(linker.elf, section), relocationEntry.size).map((bytes) => {
      const entry = decodeRecord(relocationEntry, bytes);
      assert(entry.type === relocationType.load || entry.type === relocationType.call, `relocation of type ${entry.type} in ${name}`);
      const symbol = present(linker.symbols[entry.symbol], "a relocation's symbol");
      return [Number(entry.offset) / instructionBytes, { type: entry.type, symbol }];
    }),
  );
}
