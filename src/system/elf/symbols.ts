/** The functions of an ELF file, by address and by name. Names stay bytes until they are asked for: large programs have 100,000s. */

import type { Elf, ElfSection } from './parse.ts';
import { fileOffsetOf, sectionBytes, sectionType, textAt } from './parse.ts';

export interface ElfFunction {
  readonly name: string;
  /** Virtual address as the file has it, before it is loaded anywhere. */
  readonly address: number;
  /** 0 if the file doesn't say. */
  readonly bytes: number;
}

/** Functions in rising order of their addresses; parallel arrays. */
export interface ElfFunctions {
  readonly count: number;
  readonly addresses: Float64Array;
  readonly sizes: Float64Array;
  readonly nameOffsets: Uint32Array;
  /** Which of `strings` a name stands in. */
  readonly tables: Uint8Array;
  /** Local, global or weak: the upper half of st_info. */
  readonly bindings: Uint8Array;
  readonly strings: readonly Buffer[];
}

const symbolBytes = 24;
/** Of 32 bits, in one symbol: name, kind, address (2), size (2). */
export const symbolWords = symbolBytes / 4;
/** Symbols beyond what 24 bits count are left out: see sortByAddress. */
const symbolsMax = 2 ** 24;
const addressLimit = 2 ** 40;
const globalBinding = 1;

/** Read the symbol tables of a file, or of several that complete each other. A file without symbols has no functions. */
export function readFunctions(...files: readonly Elf[]): ElfFunctions {
  return readSymbols(files, isFunction);
}

/** The same for variables. */
export function readVariables(...files: readonly Elf[]): ElfFunctions {
  return readSymbols(files, isVariable);
}

function readSymbols(files: readonly Elf[], isWanted: (word: number) => boolean): ElfFunctions {
  const tables = files.flatMap((elf) => symbolTables(elf).map((table) => ({ elf, table })));
  const strings = tables.map(({ elf, table }) => linkedStrings(elf, table));
  const words = tables.map(({ elf, table }) => wordsOf(elf, table));
  const places = findSymbols(words, isWanted);
  return gather(words, strings, places);
}

/** .dynsym repeats what .symtab has, unless that was stripped down to less. */
export function symbolTables(elf: Elf): readonly ElfSection[] {
  const full = elf.sections.filter(({ type }) => type === sectionType.symbolTable);
  const dynamic = elf.sections.filter(({ type }) => type === sectionType.dynamicSymbols);
  const bytes = (tables: readonly ElfSection[]): number => tables.reduce((sum, { size }) => sum + size, 0);
  return bytes(full) >= bytes(dynamic) && full.length > 0 ? full : [...full, ...dynamic];
}

export function linkedStrings(elf: Elf, table: ElfSection): Buffer {
  const section = elf.sections[table.link];
  return section === undefined ? Buffer.alloc(0) : sectionBytes(elf, section);
}

export function wordsOf(elf: Elf, table: ElfSection): Uint32Array {
  const bytes = sectionBytes(elf, table);
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const length = Math.floor(bytes.length / symbolBytes) * symbolWords;
  return new Uint32Array(aligned.buffer, aligned.byteOffset, length);
}

interface Places {
  /** Address in the upper 40 bits, index into `table` and `word` in the lower 24. */
  readonly keys: BigUint64Array;
  readonly table: Uint8Array;
  readonly word: Uint32Array;
}

/** Where the symbols that are wanted lie, sorted by address. A sort without a comparison function is ten times faster. */
function findSymbols(tables: readonly Uint32Array[], isWanted: (word: number) => boolean): Places {
  const total = Math.min(
    symbolsMax,
    tables.reduce((sum, words) => sum + words.length / symbolWords, 0),
  );
  const keys = new BigUint64Array(total);
  const halves = new Uint32Array(keys.buffer);
  const table = new Uint8Array(total);
  const word = new Uint32Array(total);
  let count = 0;
  for (const [index, words] of tables.entries()) {
    for (let at = 0; at < words.length && count < total; at += symbolWords) {
      if (!isWanted(words[at + 1] ?? 0)) continue;
      const address = (words[at + 2] ?? 0) + (words[at + 3] ?? 0) * 2 ** 32;
      if (address === 0 || address >= addressLimit) continue;
      halves[2 * count] = ((address & 0xff) << 24) | count;
      halves[2 * count + 1] = Math.floor(address / 256);
      table[count] = index;
      word[count++] = at;
    }
  }
  return { keys: keys.subarray(0, count).sort(), table, word };
}

/** st_info, st_other and st_shndx in one word: a defined STT_FUNC or STT_GNU_IFUNC. */
function isFunction(word: number): boolean {
  const type = word & 0xf;
  return (type === 2 || type === 10) && word >>> 16 !== 0;
}

/** The same for STT_OBJECT. Thread-local variables (STT_TLS) have no address of their own. */
const isVariable = (word: number): boolean => (word & 0xf) === 1 && word >>> 16 !== 0;

function gather(words: readonly Uint32Array[], strings: readonly Buffer[], places: Places): ElfFunctions {
  const count = places.keys.length;
  const halves = new Uint32Array(places.keys.buffer, places.keys.byteOffset, 2 * count);
  const functions = {
    count,
    addresses: new Float64Array(count),
    sizes: new Float64Array(count),
    nameOffsets: new Uint32Array(count),
    tables: new Uint8Array(count),
    bindings: new Uint8Array(count),
    strings,
  };
  for (let index = 0; index < count; index++) {
    const place = (halves[2 * index] ?? 0) & 0xffffff;
    const table = places.table[place] ?? 0;
    const symbol = words[table];
    const at = places.word[place] ?? 0;
    if (symbol === undefined) continue;
    functions.addresses[index] = (symbol[at + 2] ?? 0) + (symbol[at + 3] ?? 0) * 2 ** 32;
    functions.sizes[index] = (symbol[at + 4] ?? 0) + (symbol[at + 5] ?? 0) * 2 ** 32;
    functions.nameOffsets[index] = symbol[at] ?? 0;
    functions.tables[index] = table;
    functions.bindings[index] = ((symbol[at + 1] ?? 0) >>> 4) & 0xf;
  }
  return functions;
}

export function functionAt(functions: ElfFunctions, index: number): ElfFunction {
  return {
    name: nameAt(functions, index),
    address: functions.addresses[index] ?? 0,
    bytes: functions.sizes[index] ?? 0,
  };
}

function nameAt(functions: ElfFunctions, index: number): string {
  const strings = functions.strings[functions.tables[index] ?? 0];
  const start = functions.nameOffsets[index] ?? 0;
  return strings === undefined ? '' : withoutVersion(textAt(strings, start));
}

/** Version suffixes (`@GLIBC_2.2.5`, in .symtab of old linkers) are no part of the name. */
function withoutVersion(name: string): string {
  const version = name.indexOf('@');
  return version > 0 ? name.slice(0, version) : name;
}

/** All functions, one entry for a name and address, in rising order of addresses. */
export function listFunctions(functions: ElfFunctions): readonly ElfFunction[] {
  const texts = functions.strings.map((strings) => strings.toString('latin1'));
  const list: ElfFunction[] = [];
  let firstOfAddress = 0;
  for (let index = 0; index < functions.count; index++) {
    const name = nameIn(texts[functions.tables[index] ?? 0] ?? '', functions.nameOffsets[index] ?? 0);
    const address = functions.addresses[index] ?? 0;
    if (list[firstOfAddress]?.address !== address) firstOfAddress = list.length;
    if (name === '' || hasName(list, firstOfAddress, name)) continue;
    list.push({ name, address, bytes: functions.sizes[index] ?? 0 });
  }
  return list;
}

function nameIn(text: string, start: number): string {
  const end = text.indexOf('\0', start);
  return end < 0 ? '' : withoutVersion(text.slice(start, end));
}

function hasName(list: readonly ElfFunction[], from: number, name: string): boolean {
  for (let index = from; index < list.length; index++) if (list[index]?.name === name) return true;
  return false;
}

/** Functions may lie within larger ones (hand-written assembly); so far back one that covers an address is looked for. */
const enclosingMax = 16;

/** The function that an address (of the file) lies in; one of unknown size reaches to the next. */
export function functionCovering(functions: ElfFunctions, address: number): ElfFunction | undefined {
  let low = 0;
  let high = functions.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((functions.addresses[middle] ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  for (let index = low - 1; index >= Math.max(0, low - enclosingMax); index--) {
    const start = functions.addresses[index] ?? 0;
    const size = functions.sizes[index] ?? 0;
    const reaches = size === 0 ? start === functions.addresses[low - 1] : address < start + size;
    if (reaches) return functionAt(functions, bestAlias(functions, index));
  }
  return undefined;
}

/** Of several names for one address: a global one with a size before others, the first of them in the file. */
function bestAlias(functions: ElfFunctions, index: number): number {
  const address = functions.addresses[index];
  let best = index;
  for (let at = index; at >= 0 && functions.addresses[at] === address; at--) {
    if (aliasRank(functions, at) >= aliasRank(functions, best)) best = at;
  }
  return best;
}

const aliasRank = (functions: ElfFunctions, index: number): number =>
  (functions.bindings[index] === globalBinding ? 2 : 0) + ((functions.sizes[index] ?? 0) > 0 ? 1 : 0);

/** Offset in the file of a function's first byte: what uprobes want. */
export function functionFileOffset(elf: Elf, found: ElfFunction): number | undefined {
  return fileOffsetOf(elf, found.address);
}
