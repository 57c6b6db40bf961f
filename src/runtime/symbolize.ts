/**
 * Addresses to names: the kernel's from its symbol table, a process's from the files that it has mapped. Done when something is printed;
 * a process that has ended by then shows addresses unless it was remembered or printed before. What isn't known is an address, never a guess.
 */

import { assertNever } from '../base/assert.ts';
import type { Image } from '../system/elf/image.ts';
import { readImage } from '../system/elf/image.ts';
import { once } from '../system/once.ts';
import type { Kallsyms } from '../system/proc/kallsyms.ts';
import type { Mapping } from '../system/proc/maps.ts';
import { mappingAt } from '../system/proc/maps.ts';
import { perfMapEntryAt } from '../system/proc/perf-map.ts';
import type { PerfMapFile } from '../system/proc/read.ts';
import { processEpoch, readKallsyms, readMaps, readPerfMap } from '../system/proc/read.ts';
import type { StackMode } from '../types/type.ts';
import type { ByteText } from '../types/value.ts';
import { byteText } from '../types/value.ts';
import type { Words } from './decode.ts';
import type { StackFrame } from './read-stack.ts';

/** How processes are looked at; tests give their own. */
export interface ProcessReader {
  readonly epoch: (process: number) => string | undefined;
  readonly maps: (process: number) => readonly Mapping[] | undefined;
  readonly image: (process: number, mapping: Mapping) => Image | undefined;
  readonly perfMap: (process: number, known?: PerfMapFile) => PerfMapFile | undefined;
}

export interface Symbolizer extends Pick<Words, 'kernelSymbol' | 'userSymbol' | 'stackFrames'> {
  /** Note what a process has mapped, so that its addresses have names after it has ended. */
  remember(process: number): void;
}

export interface SymbolizerOptions {
  /** Read on first use; live-facts.ts can share the same. */
  readonly kallsyms?: () => Kallsyms;
  readonly processes?: ProcessReader;
}

const liveProcesses: ProcessReader = {
  epoch: processEpoch,
  maps: readMaps,
  image: readImage,
  perfMap: readPerfMap,
};

export function createSymbolizer(options: SymbolizerOptions = {}): Symbolizer {
  const kallsyms = options.kallsyms ?? once(readKallsyms);
  const users = userSymbols(options.processes ?? liveProcesses);
  return {
    kernelSymbol: (address) => kernelPlace(kallsyms(), address).name ?? hex(address),
    userSymbol: (process, address) => users(process)(address).name ?? hex(address),
    stackFrames: (type, process, frames) => {
      const placeOf = once(() =>
        type.space === 'kernel' ? (address: bigint) => kernelPlace(kallsyms(), address) : users(process),
      );
      return frames.map((frame) => frameText(type.mode, frame, (address) => placeOf()(address)));
    },
    remember: (process) => void users(process),
  };
}

/** What is known of an address. */
interface Place {
  readonly name?: ByteText;
  /** Bytes from the symbol's start. */
  readonly offset?: number;
  /** The file or the kernel's module. */
  readonly module?: ByteText;
  readonly buildId?: () => string | undefined;
  readonly fileOffset?: number;
}

const hex = (address: bigint | number): ByteText => `0x${address.toString(16)}`;

function frameText(mode: StackMode, frame: StackFrame, placeOf: (address: bigint) => Place): ByteText {
  if (typeof frame !== 'bigint') return `${frame.buildId} ${hex(frame.fileOffset)}`;
  switch (mode) {
    case 'bpftrace':
      return symbolText(frame, placeOf(frame));
    case 'perf': {
      const place = placeOf(frame);
      return `${frame.toString(16)} ${symbolText(frame, place)} (${place.module ?? '[unknown]'})`;
    }
    case 'raw':
      return frame.toString(16);
    case 'build_id':
      return buildIdText(frame, placeOf(frame));
    default:
      return assertNever(mode);
  }
}

const symbolText = (address: bigint, { name, offset }: Place): ByteText =>
  name === undefined ? hex(address) : `${name}+${offset ?? 0}`;

/** Where the kernel could not read a file's build id at once (it was not in memory, kernel/bpf/stackmap.c), we can. */
function buildIdText(address: bigint, { buildId, fileOffset }: Place): ByteText {
  const id = buildId?.();
  return id === undefined || fileOffset === undefined ? address.toString(16) : `${id} ${hex(fileOffset)}`;
}

/** perf's own name for the kernel without modules. */
const kernelModule = '[kernel.kallsyms]';

function kernelPlace(kallsyms: Kallsyms, address: bigint): Place {
  const found = kallsyms.at(address);
  if (found === undefined) return {};
  const { name, offset, module } = found;
  return { name, offset, module: module === undefined ? kernelModule : `[${module}]` };
}

/** A process as it was when last looked at. */
interface KnownProcess {
  readonly epoch: string;
  mappings: readonly Mapping[];
  perfMap: PerfMapFile | undefined;
}

/** What finds the places of a process's addresses; one is asked for per stack, and so notices that the process has changed. */
function userSymbols(reader: ProcessReader): (process: number) => (address: bigint) => Place {
  const processes = new Map<number, KnownProcess>();
  const imageOf = imageCache(reader);
  return (process) => {
    const known = lookAt(process, processes, reader);
    if (known === undefined) return () => ({});
    return (address) => {
      const mapping = mappingOf(process, known, address, reader);
      if (mapping === undefined) return {};
      const place = placeInFile(imageOf(process, mapping), mapping, address);
      return place.name === undefined ? { ...place, ...jitPlace(process, known, address, reader) } : place;
    };
  };
}

function lookAt(
  process: number,
  processes: Map<number, KnownProcess>,
  reader: ProcessReader,
): KnownProcess | undefined {
  const known = processes.get(process);
  const epoch = reader.epoch(process);
  if (epoch === undefined || epoch === known?.epoch) return known;
  const mappings = reader.maps(process);
  if (mappings === undefined) return known?.epoch === epoch ? known : undefined;
  const fresh: KnownProcess = { epoch, mappings, perfMap: undefined };
  processes.set(process, fresh);
  return fresh;
}

/** Libraries may have been loaded since the process was last looked at. */
function mappingOf(
  process: number,
  known: KnownProcess,
  address: bigint,
  reader: ProcessReader,
): Mapping | undefined {
  const mapping = mappingAt(known.mappings, address);
  if (mapping !== undefined || reader.epoch(process) !== known.epoch) return mapping;
  known.mappings = reader.maps(process) ?? known.mappings;
  return mappingAt(known.mappings, address);
}

/** Files are known by device and inode: libc is read once, whoever has it mapped. */
function imageCache(reader: ProcessReader): ProcessReader['image'] {
  const images = new Map<string, Image | undefined>();
  return (process, mapping) => {
    const key = `${mapping.identity} ${mapping.path}`;
    if (images.has(key)) return images.get(key);
    const image = reader.image(process, mapping);
    // A file that can't be read through one process may be read through another.
    if (image !== undefined || !mapping.path.startsWith('/')) images.set(key, image);
    return image;
  };
}

function placeInFile(image: Image | undefined, mapping: Mapping, address: bigint): Place {
  const fileOffset = Number(address - mapping.start) + mapping.fileOffset;
  const module = mapping.path === '' ? {} : { module: byteText(mapping.path) };
  if (image === undefined) return module;
  return { ...module, fileOffset, buildId: image.buildId, ...image.functionAt(fileOffset) };
}

function jitPlace(process: number, known: KnownProcess, address: bigint, reader: ProcessReader): Place {
  known.perfMap = reader.perfMap(process, known.perfMap);
  const found = known.perfMap === undefined ? undefined : perfMapEntryAt(known.perfMap.map, Number(address));
  return found === undefined
    ? {}
    : { name: found.name, offset: Number(address) - found.start, module: '[JIT]' };
}
