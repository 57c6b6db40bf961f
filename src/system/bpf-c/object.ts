/** An object file that clang has made of C for BPF: the functions that it offers, and what in it we can't take. */

import type { Result } from '../../base/result.ts';
import { failed, ok } from '../../base/result.ts';
import { isDataSection, licenseSection, mapSection, subprogramSection } from '../../plan/object-sections.ts';
import type { ExternalFunction, ExternalMap } from '../../sema/facts.ts';
import type { Btf } from '../btf/parse.ts';
import { btfKind, idsOfKind, nameOf, parseBtf, partCount, sectionVariables } from '../btf/parse.ts';
import { btfSignature } from '../btf/to-type.ts';
import type { Elf } from '../elf/parse.ts';
import { bytesSource, parseElf, sectionBytes, sectionNamed, textAt } from '../elf/parse.ts';
import { linkedStrings, symbolTables, symbolWords, wordsOf } from '../elf/symbols.ts';
import { importedMaps } from './imported-maps.ts';

export interface BpfObject {
  readonly functions: readonly Omit<ExternalFunction, 'span'>[];
  readonly maps: readonly ExternalMap[];
  /** What it calls itself licensed under, if it says so. */
  readonly license?: string;
  /** Names of what others may use, and of what others must offer. */
  readonly offered: readonly string[];
  readonly wanted: readonly string[];
}

/** Fails with what can't be taken, in words. */
export function readBpfObject(bytes: Uint8Array): Result<BpfObject, string> {
  const elf = parseElf(bytesSource(bytes));
  if (!elf.ok) return failed(elf.error);
  const unfit = unfitSection(elf.value);
  if (unfit !== undefined) return failed(unfit);
  const types = typesOf(elf.value);
  if (!types.ok) return types;
  const ofKernel = types.value && kernelThing(types.value);
  if (ofKernel !== undefined) return failed(ofKernel);
  const maps = types.value ? importedMaps(types.value) : ok([]);
  if (!maps.ok) return maps;
  const license = licenseOf(elf.value);
  return ok({
    functions: types.value ? functionsOf(types.value) : [],
    maps: maps.value,
    ...(license !== undefined && { license }),
    ...names(elf.value),
  });
}

/** Undefined where there is nothing that has a type. */
function typesOf(elf: Elf): Result<Btf | undefined, string> {
  const section = sectionNamed(elf, '.BTF');
  return section ? parseBtf(sectionBytes(elf, section), 'c') : ok(undefined);
}

/** Sections of what the kernel is to provide: its functions and variables, and how it was configured. */
const kernelSections: Readonly<Record<string, string>> = {
  '.ksyms': 'a function or variable of the kernel (__ksym)',
  '.kconfig': 'a setting of the kernel (__kconfig)',
};

function kernelThing(types: Btf): string | undefined {
  for (const section of idsOfKind(types, btfKind.section)) {
    const what = kernelSections[nameOf(types, section)];
    const [first] = sectionVariables(types, section);
    if (what !== undefined && first !== undefined) return `${what}, ${nameOf(types, first)}`;
  }
  return undefined;
}

const allocated = 0x2;
const executable = 0x4;

/** Functions stand in .text, data in sections of its own; programs need a place to be attached to. */
function unfitSection({ sections }: Elf): string | undefined {
  const unfit = sections.find(
    ({ name, flags, size }) => (flags & allocated) !== 0 && size > 0 && !isFit(name),
  );
  if (unfit) {
    const isProgram = (unfit.flags & executable) !== 0;
    return `a ${isProgram ? 'program' : 'variable in a section of its own'} (section ${unfit.name})`;
  }
  const withAddress = sections.find(
    ({ name, size }) => size > 0 && isDataSection(name.replace(/^\.rel/, '')) && name.startsWith('.rel'),
  );
  return (
    withAddress &&
    `a variable that begins with an address (section ${withAddress.name.slice('.rel'.length)}): BPF has none before it is loaded`
  );
}

const isFit = (name: string): boolean =>
  name === subprogramSection || name === licenseSection || name === mapSection || isDataSection(name);

function licenseOf(elf: Elf): string | undefined {
  const section = sectionNamed(elf, licenseSection);
  return section && textAt(sectionBytes(elf, section), 0);
}

/** Linkage of BTF_KIND_FUNC (include/uapi/linux/btf.h). */
const globalLinkage = 1;

function functionsOf(btf: Btf): BpfObject['functions'] {
  return idsOfKind(btf, btfKind.function)
    .filter((id) => partCount(btf, id) === globalLinkage)
    .flatMap((id) => {
      const signature = btfSignature(btf, id);
      return signature
        ? [{ name: nameOf(btf, id), parameters: signature.parameters, returns: signature.returns }]
        : [];
    });
}

/** st_info's upper half: 0 for local names. */
const localBinding = 0;

function names(elf: Elf): Pick<BpfObject, 'offered' | 'wanted'> {
  const [offered, wanted]: [string[], string[]] = [[], []];
  for (const table of symbolTables(elf)) {
    const words = wordsOf(elf, table);
    const strings = linkedStrings(elf, table);
    for (let at = 0; at < words.length; at += symbolWords) {
      const [name = 0, info = 0] = words.subarray(at, at + 2);
      if (name === 0 || ((info >>> 4) & 0xf) === localBinding) continue;
      // st_shndx 0: defined elsewhere.
      (info >>> 16 === 0 ? wanted : offered).push(textAt(strings, name));
    }
  }
  return { offered, wanted };
}
