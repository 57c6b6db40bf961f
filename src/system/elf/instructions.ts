/** Where the instructions of a function begin, as far as its bytes can be read as instructions. */

import type { Executable } from '../../probes/define.ts';
import type { Elf } from './parse.ts';

type NamedFunction = ReturnType<Executable['functions']>[number];

/** The function that holds a place of the file; `lengthOf` gives 0 for what is no instruction. */
export function instructionsAround(
  elf: Elf,
  functions: readonly NamedFunction[],
  fileOffset: number,
  lengthOf: (code: Uint8Array) => number,
): ReturnType<Executable['instructionsAround']> {
  const found = functions.find(
    ({ fileOffset: start, bytes }) => fileOffset >= start && fileOffset < start + bytes,
  );
  if (!found || found.fileOffset + found.bytes > elf.source.size) return undefined;
  const code = elf.source.read(found.fileOffset, found.bytes);
  const starts: number[] = [];
  for (let at = 0; at < code.length;) {
    starts.push(at);
    const length = lengthOf(code.subarray(at));
    if (length === 0) break;
    at += length;
  }
  return { start: found.fileOffset, starts };
}
