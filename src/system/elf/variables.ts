/** Symbols of an ELF file by name: variables, and functions too where either will do. */

import type { Elf } from './parse.ts';
import { textAt } from './parse.ts';
import { linkedStrings, symbolTables, symbolWords, wordsOf } from './symbols.ts';

/** STT_OBJECT; variables of threads (STT_TLS) have no address of their own. */
const objectType = 1;
/** STT_FUNC. */
const functionType = 2;

export interface NamedSymbol {
  /** Virtual, as the file has it. */
  readonly address: number;
  readonly bytes: number;
}

/** Virtual address of the first defined variable of that name, as the file has it. */
export const variableAddress = (elf: Elf, name: string): number | undefined =>
  firstNamed(elf, name, [objectType])?.address;

/** The first variable or function of that name that is defined. */
export const symbolNamed = (elf: Elf, name: string): NamedSymbol | undefined =>
  firstNamed(elf, name, [objectType, functionType]);

function firstNamed(elf: Elf, name: string, types: readonly number[]): NamedSymbol | undefined {
  for (const table of symbolTables(elf)) {
    const strings = linkedStrings(elf, table);
    const words = wordsOf(elf, table);
    const wide = (at: number): number => (words[at] ?? 0) + (words[at + 1] ?? 0) * 2 ** 32;
    for (let at = 0; at < words.length; at += symbolWords) {
      const kind = words[at + 1] ?? 0;
      const isDefined = types.includes(kind & 0xf) && kind >>> 16 !== 0;
      if (isDefined && textAt(strings, words[at] ?? 0) === name)
        return { address: wide(at + 2), bytes: wide(at + 4) };
    }
  }
  return undefined;
}
