/** The fullest symbol table that there is for a program: its own, that of its debug file, or the small one that distributions pack into it. */

import type { Result } from '../../base/result.ts';
import { unpackXz } from '../xz.ts';
import type { DebugFolder } from './debug-files.ts';
import { debugFiles } from './debug-files.ts';
import type { Elf } from './parse.ts';
import { bytesSource, parseElf, sectionBytes, sectionNamed, sectionType } from './parse.ts';

const hasFullTable = (elf: Elf): boolean =>
  elf.sections.some(({ type, size }) => type === sectionType.symbolTable && size > 0);

export interface DebugSearch {
  readonly folders: readonly DebugFolder[];
  /** Where the file system of the program's process begins for us: empty, or /proc/PID/root. */
  readonly root?: string;
}

/**
 * Files whose symbol tables together are the fullest, for symbols.ts. `path` is where the program lies in its process's file system.
 * A stripped program's own table names only what it shows to others.
 */
export function symbolFiles(elf: Elf, path: string, { folders, root = '' }: DebugSearch): readonly Elf[] {
  if (hasFullTable(elf)) return [elf];
  for (const { elf: debug } of debugFiles(elf, path, folders, root)) if (hasFullTable(debug)) return [debug];
  const packed = miniDebug(elf);
  return packed === undefined ? [elf] : [elf, packed];
}

/** .gnu_debugdata ("MiniDebugInfo"): a packed ELF file with the symbols of functions that .dynsym has not. */
function miniDebug(elf: Elf): Elf | undefined {
  const section = sectionNamed(elf, '.gnu_debugdata');
  const unpacked = section === undefined ? undefined : unpackXz(sectionBytes(elf, section));
  const parsed: Result<Elf, string> | undefined =
    unpacked === undefined ? undefined : parseElf(bytesSource(unpacked));
  return parsed?.ok === true ? parsed.value : undefined;
}
