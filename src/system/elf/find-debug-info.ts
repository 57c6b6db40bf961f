/** The debug information of a program or library: its own, or that of its debug file. */

import type { DebugInfo } from '../dwarf/debug-info.ts';
import { debugInfo } from '../dwarf/debug-info.ts';
import { debugSections, hasDebugSection } from '../dwarf/sections.ts';
import type { DebugSearch } from './best-symbols.ts';
import type { DebugFile } from './debug-files.ts';
import { debugFiles, sharedDebugFile } from './debug-files.ts';
import type { Elf } from './parse.ts';

/** `path` is where the file lies in its process's file system. Undefined if there is none. */
export function findDebugInfo(
  elf: Elf,
  path: string,
  { folders, root = '' }: DebugSearch,
): DebugInfo | undefined {
  const file = fileWithInfo({ elf, path: root + path }, debugFiles(elf, path, folders, root));
  if (file === undefined) return undefined;
  return debugInfo(debugSections(file.elf), () => {
    const shared = sharedDebugFile(file);
    return shared && debugSections(shared);
  });
}

function fileWithInfo(own: DebugFile, others: Iterable<DebugFile>): DebugFile | undefined {
  const hasInfo = ({ elf }: DebugFile): boolean => hasDebugSection(elf, 'info');
  if (hasInfo(own)) return own;
  for (const other of others) if (hasInfo(other)) return other;
  return undefined;
}
