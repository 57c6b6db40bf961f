/**
 * Our own object files: programs with what they call appended, references to maps, the licence, BTF made ready for the kernel.
 * Pure. Objects come from our compiler alone, so a malformed one is a fault of ours, not of the user.
 */

import { assert, present } from '../base/assert.ts';
import type { Result } from '../base/result.ts';
import { failed } from '../base/result.ts';
import { isDataSection, licenseSection, mapSection } from '../plan/object-sections.ts';
import type { Btf } from '../system/btf/parse.ts';
import type { ExtTables } from '../system/btf/ext.ts';
import { parseExt } from '../system/btf/ext.ts';
import { mapDefinition } from '../system/btf/map-definition.ts';
import { btfKind, idsOfKind, nameOf, parseBtf, partCount, stringAt } from '../system/btf/parse.ts';
import { coreRelocations } from '../system/co-re/relocation.ts';
import { coreResolver } from '../system/co-re/resolve.ts';
import type { Elf } from '../system/elf/parse.ts';
import { bytesSource, parseElf, sectionBytes, sectionNamed } from '../system/elf/parse.ts';
import { decodeRecord, record } from '../types/record.ts';
import { u16, u32, u64, u8 } from '../types/type.ts';
import { placedBtfExt } from './btf-ext.ts';
import type { ElfSymbol, Linker, ObjectProgram } from './link-program.ts';
import { linkSession } from './link-session.ts';
import { linkProgram, recordsIn, relocationsIn, symbolType } from './link-program.ts';
import { relocateFields } from './relocate-fields.ts';

export interface ObjectMap {
  readonly symbol: string;
  /** BTF ids of key and value; absent where the definition has none (the ring). */
  readonly btf?: { readonly keyType: number; readonly valueType: number };
}

/** Variables and constants of C, which all programs of the script share. */
export interface DataSection {
  readonly name: string;
  readonly contents: Uint8Array;
  /** Of the section's own record; absent where nothing in it has a type (texts). */
  readonly btfId?: number;
}

export interface ObjectFile {
  readonly license: string;
  /** By function name. */
  readonly programs: ReadonlyMap<string, ObjectProgram>;
  /** Two of them as one, for entries and returns; undefined if they are too long. The id is that of the kernel's function that tells which. */
  readonly session: (entry: string, returns: string, isReturnId: number) => ObjectProgram | undefined;
  readonly maps: ReadonlyMap<string, ObjectMap>;
  readonly data: readonly DataSection[];
  /** As the kernel wants it: sizes and offsets of the data sections filled in. */
  readonly btf?: Uint8Array;
  /** Why instructions could not be made that depend on the kernel's types (relocate-fields.ts). */
  readonly unresolved: readonly string[];
  /** A text among BTF's strings. */
  readonly textAt: (offset: number) => string;
}

/** The kernel's own types, then its modules'; or why they can't be read. */
export type KernelTypes = () => Result<Iterable<Btf>, string>;

/** Read an object that our compiler has made. The kernel's types are asked for if something depends on them. */
export function parseObject(
  bytes: Uint8Array,
  kernelTypes: KernelTypes = () => failed('the kernel has not been looked at'),
): ObjectFile {
  const parsed = parseElf(bytesSource(bytes));
  assert(parsed.ok, parsed.ok ? '' : `our object file: ${parsed.error}`);
  const elf = parsed.value;
  const symbols = readSymbols(elf);
  const btf = readBtf(elf, symbols);
  const mapNames = new Map(mapSymbols(symbols).map((symbol) => [symbol.offset, symbol.name]));
  const ext = readBtfExt(elf, btf);
  const unresolved: string[] = [];
  const relocate = ext && btf ? fieldRelocator(ext, btf.types, kernelTypes, unresolved) : () => undefined;
  const linker: Linker = {
    elf,
    symbols,
    mapNames,
    sections: new Map(),
    ext: ext && placedBtfExt(ext),
    relocate,
  };
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
    unresolved,
    data: dataSections(elf, btf?.types),
    maps: new Map(mapSymbols(symbols).map((symbol) => [symbol.name, objectMap(symbol, btf?.types)])),
    ...(btf && { btf: btf.bytes }),
    textAt: (offset) => (btf ? stringAt(btf.types, offset) : ''),
  };
}

const symbolEntry = record({ name: u32, info: u8, other: u8, section: u16, value: u64, size: u64 });

/** Of st_other: STV_HIDDEN. */
const hiddenVisibility = 2;

const isProgramSection = (name: string): boolean => name.startsWith('s_');

function readSymbols(elf: Elf): readonly ElfSymbol[] {
  const table = present(sectionNamed(elf, '.symtab'), 'the symbol table');
  const strings = sectionBytes(elf, present(elf.sections[table.link], "the symbols' strings"));
  return recordsIn(sectionBytes(elf, table), symbolEntry.size).map((bytes) => {
    const entry = decodeRecord(symbolEntry, bytes);
    return {
      name: strings.toString('latin1', entry.name, strings.indexOf(0, entry.name)),
      type: entry.info & 0xf,
      isLocal: entry.info >>> 4 === 0 || entry.other === hiddenVisibility,
      section: elf.sections[entry.section]?.name ?? '',
      offset: Number(entry.value),
      bytes: Number(entry.size),
    };
  });
}

function licenseOf(elf: Elf): string {
  const section = present(sectionNamed(elf, licenseSection), 'the licence');
  return sectionBytes(elf, section).toString('latin1').replace(/\0.*$/s, '');
}

const mapSymbols = (symbols: readonly ElfSymbol[]): readonly ElfSymbol[] =>
  symbols.filter((symbol) => symbol.section === mapSection && symbol.type === symbolType.object);

interface ObjectBtf {
  readonly bytes: Uint8Array;
  readonly types: Btf;
}

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
  assert(types.words.buffer === bytes.buffer, 'types are changed in place');
  const places = relocationsIn(elf, symbols, '.BTF');
  for (const id of idsOfKind(types, btfKind.section)) fillSection(elf, places, types, id);
  const localFunctions = new Set(symbols.filter(isLocalFunction).map(({ name }) => name));
  for (const id of idsOfKind(types, btfKind.function))
    if (localFunctions.has(nameOf(types, id))) makeStatic(types, id);
  return { bytes, types };
}

const isLocalFunction = ({ type, isLocal }: ElfSymbol): boolean => type === symbolType.function && isLocal;

/**
 * Functions of C that were linked in are hidden, but their debug information, from which LLVM makes BTF, was written before. The kernel
 * verifies global ones on their own, without what they are given (Documentation/bpf/verifier.rst); so libbpf does the same for hidden ones.
 */
function makeStatic(types: Btf, id: number): void {
  // The second word of a record: its lower half is the linkage, 0 for static (include/uapi/linux/btf.h, BTF_INFO_VLEN).
  const at = startOf(types, id) + 1;
  types.words[at] = (types.words[at] ?? 0) & ~0xffff;
}

/** A data section's record: name, info, size; then type, offset and size of each variable. The offset is a relocation of .BTF. */
function fillSection(
  elf: Elf,
  places: ReadonlyMap<number, { readonly symbol: ElfSymbol }>,
  types: Btf,
  id: number,
): void {
  const { words } = types;
  const start = startOf(types, id);
  const name = nameOf(types, id);
  words[start + 2] = present(sectionNamed(elf, name), `section ${name}`).size;
  for (let part = 0; part < partCount(types, id); part++) {
    const at = start + 3 + 3 * part + 1;
    const { symbol } = present(places.get(words.byteOffset + 4 * at), `place of a variable in ${name}`);
    words[at] = symbol.offset + (words[at] ?? 0);
  }
}

const startOf = (types: Btf, id: number): number => present(types.starts[id - types.firstId], 'a BTF record');

/** Sections with variables and constants, as they are to be when programs begin. */
function dataSections(elf: Elf, types: Btf | undefined): ObjectFile['data'] {
  const typed = types ? idsOfKind(types, btfKind.section) : [];
  const sections = elf.sections.filter(({ name, size }) => size > 0 && isDataSection(name));
  return sections.map((section) => {
    const { name, size } = section;
    const contents = new Uint8Array(size);
    contents.set(sectionBytes(elf, section));
    const btfId = typed.find((id) => types && nameOf(types, id) === name);
    return { name, contents, ...(btfId !== undefined && { btfId }) };
  });
}

function objectMap({ name }: ElfSymbol, types: Btf | undefined): ObjectMap {
  const variable = types && idsOfKind(types, btfKind.variable).find((id) => nameOf(types, id) === name);
  if (types === undefined || variable === undefined) return { symbol: name };
  const definition = mapDefinition(types, variable);
  const [keyType, valueType] = [definition.types.get('key'), definition.types.get('value')];
  if (keyType === undefined || valueType === undefined) return { symbol: name };
  return { symbol: name, btf: { keyType, valueType } };
}

function readBtfExt(elf: Elf, btf: ObjectBtf | undefined): ExtTables | undefined {
  const ext = sectionNamed(elf, '.BTF.ext');
  return ext && btf && parseExt(sectionBytes(elf, ext), btf.types.strings);
}

function fieldRelocator(
  { relocations }: ExtTables,
  own: Btf,
  kernelTypes: KernelTypes,
  unresolved: string[],
): Linker['relocate'] {
  const resolve = coreResolver(own, kernelTypes);
  return (section, words) =>
    relocateFields(words, coreRelocations(relocations, section, own), resolve, unresolved);
}
