/** A program or library as processes have it mapped: its functions by place in the file, its variables by address. */

import type { SourceOf } from '../dwarf/source-lines.ts';
import { sourceLines } from '../dwarf/source-lines.ts';
import { once } from '../once.ts';
import type { DebugSearch } from './best-symbols.ts';
import { symbolFiles } from './best-symbols.ts';
import { findDebugInfo } from './find-debug-info.ts';
import { buildId } from './notes.ts';
import type { Elf } from './parse.ts';
import { addressOfOffset, segmentType } from './parse.ts';
import type { ElfFunctions } from './symbols.ts';
import { functionCovering, readFunctions, readVariables } from './symbols.ts';

export interface SymbolPlace {
  /** As the file has it: mangled, if its language does that. */
  readonly name: string;
  /** Bytes from the symbol's start. */
  readonly offset: number;
}

export interface Image {
  /** The function at an offset of the file. */
  functionAt(fileOffset: number): SymbolPlace | undefined;
  /** What of the source the code at an offset of the file is from; undefined without debug information. */
  sourceAt(fileOffset: number): SourceOf | undefined;
  /** The variable at an address as the file has it, before it is loaded anywhere. */
  variableAt(address: number): SymbolPlace | undefined;
  /** What was added to all of the file's addresses when it was loaded, seen from where a byte of its code was mapped. */
  biasOf(mappedAt: bigint, fileOffset: number): bigint | undefined;
  /** True if some segment, zeroed memory included, is loaded at an address as the file has it. */
  covers(address: number): boolean;
  /** In hexadecimal. */
  buildId(): string | undefined;
}

/** Nothing is read before it is asked for. `path` is where the file lies in its process's file system. */
export function imageOf(elf: Elf, path: string, search: DebugSearch): Image {
  const files = once(() => symbolFiles(elf, path, search));
  const functions = once(() => readFunctions(...files()));
  const variables = once(() => readVariables(...files()));
  const lines = once(() => {
    const info = findDebugInfo(elf, path, search);
    return info && sourceLines(info);
  });
  const addressOf = (fileOffset: number): number | undefined => addressOfOffset(elf, fileOffset);
  return {
    functionAt: (fileOffset) => {
      const address = addressOf(fileOffset);
      return address === undefined ? undefined : placeIn(functions(), address);
    },
    sourceAt: (fileOffset) => {
      const address = addressOf(fileOffset);
      return address === undefined ? undefined : lines()?.at(address);
    },
    variableAt: (address) => placeIn(variables(), address),
    biasOf: (mappedAt, fileOffset) => biasOf(elf, mappedAt, fileOffset),
    covers: (address) =>
      elf.segments.some(
        ({ type, address: start, memoryBytes }) =>
          type === segmentType.load && address >= start && address < start + memoryBytes,
      ),
    buildId: once(() => buildId(elf)),
  };
}

/** Mappings begin at whole pages, and so perhaps before the segment that they are of. */
function biasOf({ segments }: Elf, mappedAt: bigint, fileOffset: number): bigint | undefined {
  const code = segments.find(
    ({ type, flags, offset, fileBytes }) =>
      type === segmentType.load && (flags & executableFlag) !== 0 && fileOffset < offset + fileBytes,
  );
  return code && mappedAt - BigInt(fileOffset - code.offset + code.address);
}

/** PF_X */
const executableFlag = 1;

function placeIn(symbols: ElfFunctions, address: number): SymbolPlace | undefined {
  const found = functionCovering(symbols, address);
  return found && { name: found.name, offset: address - found.address };
}
