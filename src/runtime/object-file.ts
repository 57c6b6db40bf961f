/**
 * Our own object files: programs with what they call appended, references to maps, the licence, BTF made ready for the kernel.
 * Pure. Objects come from our compiler alone, so a malformed one is a fault of ours, not of the user.
 */

import { assert, present } from '../base/assert.ts';
import type { Btf } from '../system/btf/parse.ts';
import {
  btfKind,
  kindOf,
  membersOf,
  nameOf,
  parseBtf,
  partCount,
  referredBy,
  stringAt,
  wordOf,
} from '../system/btf/parse.ts';
import type { Elf } from '../system/elf/parse.ts';
import { bytesSource, parseElf, sectionBytes, sectionNamed } from '../system/elf/parse.ts';
import { decodeRecord, record } from '../types/record.ts';
import { u16, u32, u64, u8 } from '../types/type.ts';
import type { BtfExt } from './btf-ext.ts';
import { parseBtfExt } from './btf-ext.ts';
import type { ElfSymbol, Linker, ObjectProgram } from './link-program.ts';
import { linkSession } from './link-session.ts';
import { linkProgram, mapSection, recordsIn, symbolType } from './link-program.ts';

export interface ObjectMap {
  readonly symbol: string;
  /** BTF ids of key and value; absent where the definition has none (the ring). */
  readonly btf?: { readonly keyType: number; readonly valueType: number };
}

export interface ObjectFile {
  readonly license: string;
  /** By function name. */
  readonly programs: ReadonlyMap<string, ObjectProgram>;
  /** Two of them as one, for entries and returns; undefined if they are too long. The id is that of the kernel's function that tells which. */
  readonly session: (entry: string, returns: string, isReturnId: number) => ObjectProgram | undefined;
  readonly maps: ReadonlyMap<string, ObjectMap>;
  /** As the kernel wants it: sizes and offsets of the data sections filled in. */
  readonly btf?: Uint8Array;
  /** A text among BTF's strings. */
  readonly textAt: (offset: number) => string;
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
  const programs = symbols.filter(
    (symbol) => symbol.type === symbolType.function && isProgramSection(symbol.section),
  );
  const named = new Map(programs.map((symbol) => [symbol.name, symbol]));
  return {
    license: licenseOf(elf),
    session: (entry, returns, isReturnId) =>
      linkSession(
        linker,
        present(named.get(entry), `program ${entry}`),
        present(named.get(returns), `program ${returns}`),
        isReturnId,
      ),
    programs: new Map(programs.map((symbol) => [symbol.name, linkProgram(linker, symbol)])),
    maps: new Map(mapSymbols(symbols).map((symbol) => [symbol.name, objectMap(symbol, btf?.types)])),
    ...(btf && { btf: btf.bytes }),
    textAt: (offset) => (btf ? stringAt(btf.types, offset) : ''),
  };
}

const symbolEntry = record({ name: u32, info: u8, other: u8, section: u16, value: u64, size: u64 });

const isProgramSection = (name: string): boolean => name.startsWith('s_');

function readSymbols(elf: Elf): readonly ElfSymbol[] {
  const table = present(sectionNamed(elf, '.symtab'), 'the symbol table');
  const strings = sectionBytes(elf, present(elf.sections[table.link], "the symbols' strings"));
  return recordsIn(sectionBytes(elf, table), symbolEntry.size).map((bytes) => {
    const entry = decodeRecord(symbolEntry, bytes);
    return {
      name: strings.toString('latin1', entry.name, strings.indexOf(0, entry.name)),
      type: entry.info & 0xf,
      isLocal: entry.info >>> 4 === 0,
      section: elf.sections[entry.section]?.name ?? '',
      offset: Number(entry.value),
      bytes: Number(entry.size),
    };
  });
}

function licenseOf(elf: Elf): string {
  const section = present(sectionNamed(elf, 'license'), 'the licence');
  return sectionBytes(elf, section).toString('latin1').replace(/\0.*$/s, '');
}

const mapSymbols = (symbols: readonly ElfSymbol[]): readonly ElfSymbol[] =>
  symbols.filter((symbol) => symbol.section === mapSection && symbol.type === symbolType.object);

interface ObjectBtf {
  readonly bytes: Uint8Array;
  readonly types: Btf;
}

const btfHeader = record({
  magic: u16,
  version: u8,
  flags: u8,
  headerBytes: u32,
  typesOffset: u32,
  typesBytes: u32,
});

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
  const localFunctions = new Set(symbols.filter(isLocalFunction).map(({ name }) => name));
  for (let id = types.firstId; id < types.endId; id++) {
    const kind = kindOf(types, id);
    if (kind === btfKind.section) fillSection(elf, symbols, types, id, words);
    if (kind === btfKind.function && localFunctions.has(nameOf(types, id))) makeStatic(types, id, words);
  }
  return { bytes, types };
}

const isLocalFunction = ({ type, isLocal }: ElfSymbol): boolean => type === symbolType.function && isLocal;

/**
 * Functions of C that were linked in are local, but their debug information, from which LLVM makes BTF, was written before. The kernel
 * verifies global ones on their own, without what they are given (Documentation/bpf/verifier.rst); so libbpf does the same for hidden ones.
 */
function makeStatic(types: Btf, id: number, words: Uint32Array): void {
  // The second word of a record: its lower half is the linkage, 0 for static (include/uapi/linux/btf.h, BTF_INFO_VLEN).
  const at = present(types.starts[id - types.firstId], 'a BTF record') + 1;
  words[at] = (words[at] ?? 0) & ~0xffff;
}

/** A data section's record: name, info, size; then type, offset and size of each variable. */
function fillSection(
  elf: Elf,
  symbols: readonly ElfSymbol[],
  types: Btf,
  id: number,
  words: Uint32Array,
): void {
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
