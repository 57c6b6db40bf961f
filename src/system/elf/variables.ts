/** Variables of an ELF file by name. */

import type { Elf } from './parse.ts';
import { textAt } from './parse.ts';
import { linkedStrings, symbolTables, symbolWords, wordsOf } from './symbols.ts';

/** STT_OBJECT; variables of threads (STT_TLS) have no address of their own. */
const objectType = 1;

/** Virtual address of the first defined variable of that name, as the file has it. */
export function variableAddress(elf: Elf, name: string): number | undefined {
  for (const table of symbolTables(elf)) {
    const strings = linkedStrings(elf, table);
    const words = wordsOf(elf, table);
    for (let at = 0; at < words.length; at += symbolWords) {
      const kind = words[at + 1] ?? 0;
      const isDefined = (kind & 0xf) === objectType && kind >>> 16 !== 0;
      if (isDefined && textAt(strings, words[at] ?? 0) === name)
        return (words[at + 2] ?? 0) + (words[at + 3] ?? 0) * 2 ** 32;
    }
  }
  return undefined;
}
