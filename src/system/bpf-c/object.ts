/** An object file that clang has made of C for BPF: the functions that it offers, and what in it we can't take. */

import type { Result } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import type { ExternalFunction } from '../../sema/facts.ts';
import { decodeRecord, record } from '../../types/record.ts';
import { u16, u32, u8 } from '../../types/type.ts';
import type { Btf } from '../btf/parse.ts';
import { btfKind, kindOf, nameOf, parseBtf, partCount } from '../btf/parse.ts';
import { btfSignature } from '../btf/to-type.ts';
import type { Elf } from '../elf/parse.ts';
import { bytesSource, parseElf, sectionBytes, sectionNamed, textAt } from '../elf/parse.ts';
import { linkedStrings, symbolTables, symbolWords, wordsOf } from '../elf/symbols.ts';

export interface BpfObject {
  readonly functions: readonly Omit<ExternalFunction, 'span'>[];
  /** Names of functions that others must offer. */
  readonly wanted: readonly string[];
}

/** Fails with what can't be taken, in words. */
export function readBpfObject(bytes: Uint8Array): Result<BpfObject, string> {
  const elf = parseElf(bytesSource(bytes));
  if (!elf.ok) return failed(elf.error);
  const unfit = unfitSection(elf.value) ?? relocations(elf.value);
  if (unfit !== undefined) return failed(unfit);
  const section = sectionNamed(elf.value, '.BTF');
  // Without functions there are no types.
  if (!section) return ok({ functions: [], wanted: [] });
  const btf = parseBtf(sectionBytes(elf.value, section), 'c');
  return btf.ok
    ? ok({ functions: functionsOf(btf.value), wanted: undefinedNames(elf.value) })
    : failed(btf.error);
}

const allocated = 0x2;
const executable = 0x4;

/** Functions stand in .text; data of any kind would need maps of their own, programs a place to be attached to. */
function unfitSection({ sections }: Elf): string | undefined {
  const unfit = sections.find(
    ({ name, flags, size }) => (flags & allocated) !== 0 && size > 0 && name !== '.text',
  );
  if (!unfit) return undefined;
  if (unfit.name === 'license') return 'a licence: it is set by license in the config block of the script';
  if (unfit.name === '.maps') return 'a map';
  return (unfit.flags & executable) !== 0
    ? `a program (section ${unfit.name})`
    : `a variable or text outside of its functions (section ${unfit.name})`;
}

/** The head of .BTF.ext, as far as relocations of fields (include/linux/btf.h of libbpf, struct btf_ext_header). */
const extHeader = record({
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

function relocations(elf: Elf): string | undefined {
  const section = sectionNamed(elf, '.BTF.ext');
  if (!section || section.size < extHeader.size) return undefined;
  const { headerBytes, relocationsBytes } = decodeRecord(
    extHeader,
    sectionBytes(elf, section).subarray(0, extHeader.size),
  );
  return headerBytes >= extHeader.size && relocationsBytes > 0
    ? 'fields whose offsets are looked up when loading (preserve_access_index, as vmlinux.h has it): read them in the script, and pass their values'
    : undefined;
}

/** Linkage of BTF_KIND_FUNC (include/uapi/linux/btf.h). */
const globalLinkage = 1;

function functionsOf(btf: Btf): BpfObject['functions'] {
  const functions: Omit<ExternalFunction, 'span'>[] = [];
  for (let id = btf.firstId; id < btf.endId; id++) {
    if (kindOf(btf, id) !== btfKind.function || partCount(btf, id) !== globalLinkage) continue;
    const signature = btfSignature(btf, id);
    if (!signature) continue;
    const { parameters, returns } = signature;
    functions.push({ name: nameOf(btf, id), parameters, returns });
  }
  return functions;
}

function undefinedNames(elf: Elf): readonly string[] {
  return symbolTables(elf).flatMap((table) => {
    const words = wordsOf(elf, table);
    const strings = linkedStrings(elf, table);
    const names: string[] = [];
    for (let at = 0; at < words.length; at += symbolWords) {
      const [name = 0, info = 0] = words.subarray(at, at + 2);
      // st_shndx 0: defined elsewhere.
      if (name !== 0 && info >>> 16 === 0) names.push(textAt(strings, name));
    }
    return names;
  });
}
