/**
 * The files behind processes' mappings, each opened and read once, whoever has it mapped. A file can be held while its process lives: its
 * name may be gone, or mean another file, when its symbols are asked for.
 */

import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

import type { Mapping } from '../proc/maps.ts';
import { parseMaps } from '../proc/maps.ts';
import type { DebugFolder } from './debug-files.ts';
import type { Image } from './image.ts';
import { imageOf } from './image.ts';
import type { ByteSource } from './parse.ts';
import { bytesSource, parseElf } from './parse.ts';
import type { OpenFile } from './read.ts';
import { openFile } from './read.ts';

export interface MappedFiles {
  /** Opens the file behind a mapping, unless that has been done. */
  hold(process: number, mapping: Mapping): void;
  /** The same, and reads its symbols at once. */
  preload(process: number, mapping: Mapping): void;
  /** Undefined if the file can't be reached any more, or is no ELF file. */
  image(process: number, mapping: Mapping): Image | undefined;
  close(): void;
}

/** Descriptors are bounded; files beyond are opened when they are asked for, which mostly works too. */
const heldMax = 1024;

/** Equal for equal files, whatever their names; a name is part of it for those that have no number. */
const identityOf = ({ identity, path }: Mapping): string => `${identity} ${path}`;

const isFile = ({ path }: Mapping): boolean => path.startsWith('/') && !path.startsWith('//');

export function mappedFiles(folders: readonly DebugFolder[]): MappedFiles {
  const open = new Map<string, OpenFile>();
  const images = new Map<string, Image | undefined>();
  const hold = (process: number, mapping: Mapping): OpenFile | undefined => {
    const known = open.get(identityOf(mapping));
    if (known !== undefined || !isFile(mapping)) return known;
    const opened = openMapped(process, mapping);
    if (opened !== undefined) open.set(identityOf(mapping), opened);
    return opened;
  };
  const image = (process: number, mapping: Mapping): Image | undefined => {
    const identity = identityOf(mapping);
    const known = images.get(identity);
    if (known !== undefined || images.has(identity)) return known;
    const source = mapping.path === '[vdso]' ? vdsoBytes() : hold(process, mapping)?.source;
    const found = source && imageFrom(source, process, mapping, folders);
    // A file that can't be opened through one process may be through another.
    if (source !== undefined || !isFile(mapping)) images.set(identity, found);
    return found;
  };
  return {
    hold: (process, mapping) => {
      if (open.size < heldMax) hold(process, mapping);
    },
    preload: (process, mapping) => void image(process, mapping)?.functionAt(mapping.fileOffset),
    image,
    close: () => {
      for (const file of open.values()) file.close();
      open.clear();
    },
  };
}

function imageFrom(
  source: ByteSource,
  process: number,
  { path }: Mapping,
  folders: readonly DebugFolder[],
): Image | undefined {
  const elf = parseElf(source);
  return elf.ok ? imageOf(elf.value, path, { folders, root: `/proc/${process}/root` }) : undefined;
}

/** The file as the process sees it; the mapping itself if the file was deleted; our own file of that name if it is the same one. */
function openMapped(process: number, { path, start, end, identity, deleted }: Mapping): OpenFile | undefined {
  const mapped = `/proc/${process}/map_files/${start.toString(16)}-${end.toString(16)}`;
  const inode = identity.split(' ')[1];
  const named = deleted
    ? []
    : [`/proc/${process}/root${path}`, path].filter((name) => inodeOf(name) === inode);
  for (const name of [...named, mapped]) {
    // Devices can be mapped too; to open one can have effects.
    const opened = inodeOf(name) === undefined ? undefined : openFile(name);
    if (opened !== undefined) return opened;
  }
  return undefined;
}

/** Undefined for what is no regular file. */
function inodeOf(path: string): string | undefined {
  try {
    const stat = statSync(path, { bigint: true });
    return stat.isFile() ? stat.ino.toString() : undefined;
  } catch {
    return undefined;
  }
}

/** The vDSO is the same for all processes of our own width; ours is read from our memory. */
function vdsoBytes(): ByteSource | undefined {
  let descriptor: number | undefined;
  try {
    const mapping = parseMaps(readFileSync('/proc/self/maps', 'latin1')).find(
      ({ path }) => path === '[vdso]',
    );
    if (mapping === undefined) return undefined;
    const bytes = Buffer.alloc(Number(mapping.end - mapping.start));
    descriptor = openSync('/proc/self/mem', 'r');
    readSync(descriptor, bytes, 0, bytes.length, mapping.start);
    return bytesSource(bytes);
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
