/** Programs and libraries as processes have them mapped: their functions by place in the file, also from separate debug files. */

import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

import { once } from '../once.ts';
import type { Mapping } from '../proc/maps.ts';
import { parseMaps } from '../proc/maps.ts';
import { buildId, debugLink } from './notes.ts';
import type { Elf } from './parse.ts';
import { addressOfOffset, bytesSource, parseElf, sectionType } from './parse.ts';
import { readElf } from './read.ts';
import type { ElfFunctions } from './symbols.ts';
import { functionCovering, readFunctions } from './symbols.ts';

export interface Image {
  /** The function at an offset of the file, and how far into it. */
  readonly functionAt: (fileOffset: number) => { readonly name: string; readonly offset: number } | undefined;
  /** In hexadecimal. */
  readonly buildId: () => string | undefined;
}

/** The file behind a mapping, read while its process lives or after; undefined if there is none any more, or it is no ELF file. */
export function readImage(process: number, mapping: Mapping): Image | undefined {
  if (mapping.path === '[vdso]') return readVdso();
  if (!mapping.path.startsWith('/')) return undefined;
  for (const path of imagePaths(process, mapping)) {
    const elf = readElf(path);
    if (elf.ok) return imageOf(elf.value, mapping.path);
  }
  return undefined;
}

/** The file as the process sees it; the mapping itself if the file was deleted; our own file of that name if it is the same one. */
function imagePaths(process: number, { path, start, end, identity, deleted }: Mapping): readonly string[] {
  const mapped = `/proc/${process}/map_files/${start.toString(16)}-${end.toString(16)}`;
  if (deleted) return [mapped];
  const inode = identity.split(' ')[1];
  return [`/proc/${process}/root${path}`, mapped, path].filter(
    (candidate) => candidate === mapped || inodeOf(candidate) === inode,
  );
}

function inodeOf(path: string): string | undefined {
  try {
    return statSync(path, { bigint: true }).ino.toString();
  } catch {
    return undefined;
  }
}

function imageOf(elf: Elf, path: string): Image {
  const functions = once(() => bestFunctions(elf, path));
  return {
    buildId: once(() => buildId(elf)),
    functionAt: (fileOffset) => {
      const address = addressOfOffset(elf, fileOffset);
      const found = address === undefined ? undefined : functionCovering(functions(), address);
      return address === undefined || found === undefined
        ? undefined
        : { name: found.name, offset: address - found.address };
    },
  };
}

/** A stripped program's own functions are only those that it shows to others; its debug file, if installed, knows all. */
function bestFunctions(elf: Elf, path: string): ElfFunctions {
  if (elf.sections.some(({ type }) => type === sectionType.symbolTable)) return readFunctions(elf);
  for (const debugPath of debugPaths(elf, path)) {
    const debug = readElf(debugPath);
    // A file of that name may belong to another build; where both have an id, the ids decide.
    if (!debug.ok || buildId(debug.value) !== buildId(elf)) continue;
    const functions = readFunctions(debug.value);
    if (functions.count > 0) return functions;
  }
  return readFunctions(elf);
}

const debugFolder = '/usr/lib/debug';

function debugPaths(elf: Elf, path: string): readonly string[] {
  const id = buildId(elf);
  const link = debugLink(elf);
  const folder = path.slice(0, path.lastIndexOf('/'));
  const byId = id === undefined ? [] : [`${debugFolder}/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`];
  const byLink =
    link === undefined
      ? []
      : [`${folder}/${link}`, `${folder}/.debug/${link}`, `${debugFolder}${folder}/${link}`];
  return [...byId, ...byLink];
}

/** The vDSO is the same for all processes of our own width; ours is read from our memory. */
function readVdso(): Image | undefined {
  let descriptor: number | undefined;
  try {
    const mapping = parseMaps(readFileSync('/proc/self/maps', 'utf8')).find(({ path }) => path === '[vdso]');
    if (mapping === undefined) return undefined;
    const bytes = Buffer.alloc(Number(mapping.end - mapping.start));
    descriptor = openSync('/proc/self/mem', 'r');
    readSync(descriptor, bytes, 0, bytes.length, mapping.start);
    const elf = parseElf(bytesSource(bytes));
    return elf.ok ? imageOf(elf.value, mapping.path) : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
