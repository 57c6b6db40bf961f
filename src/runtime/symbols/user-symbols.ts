/** Addresses of processes to names, through the files that they have mapped. What isn't known stays an address, never a guess. */

import type { SourcePlace } from '../../system/dwarf/source-lines.ts';
import type { Image } from '../../system/elf/image.ts';
import type { Mapping } from '../../system/proc/maps.ts';
import { perfMapEntryAt } from '../../system/proc/perf-map.ts';
import type { PerfMapFile } from '../../system/proc/read.ts';
import type { ByteText } from '../../types/value.ts';
import { byteText } from '../../types/value.ts';
import type { Place, SourceLine } from './place.ts';
import { unknownPlace } from './place.ts';
import type { AddressSpace } from './process-history.ts';
import type { Processes } from './processes.ts';

export interface UserSymbolsOptions {
  readonly processes: Processes;
  readonly image: (process: number, mapping: Mapping) => Image | undefined;
  /** What a just-in-time compiler has written down of a process's life since a time; `known` is what it said before. */
  readonly perfMap: (process: number, since: bigint, known?: PerfMapFile) => PerfMapFile | undefined;
  /** A symbol's name as people write it; undefined if it is that already. */
  readonly demangle?: (name: string) => string | undefined;
  /** Show lines of the source, and functions that were inlined. */
  readonly showsSource: boolean;
}

export interface UserSymbols {
  /** Functions, for the addresses of one stack: behind the first, all are those that calls return to. */
  functions(process: number, addresses: readonly bigint[]): readonly Place[];
  /** A function or a variable. */
  symbol(process: number, address: bigint): Place;
}

export function userSymbols(options: UserSymbolsOptions): UserSymbols {
  const known = new WeakMap<AddressSpace, Map<bigint, Place>>();
  const names = new Names(options);
  const functionIn = (process: number, space: AddressSpace, address: bigint, isReturn: boolean): Place => {
    const places = known.get(space) ?? new Map<bigint, Place>();
    known.set(space, places);
    const key = address * 2n + (isReturn ? 1n : 0n);
    const place = places.get(key) ?? names.functionAt(process, space, address, isReturn);
    if (place.fileOffset !== undefined && place.name !== undefined) places.set(key, place);
    return place;
  };
  const functions = (process: number, addresses: readonly bigint[]): readonly Place[] => {
    const space = spaceOf(options.processes, process, addresses);
    return addresses.map((address, index) =>
      space === undefined ? unknownPlace : functionIn(process, space, address, index > 0),
    );
  };
  return {
    functions,
    symbol: (process, address) => {
      const [place = unknownPlace] = functions(process, [address]);
      return place.name === undefined ? { ...place, ...names.variableAt(process, address) } : place;
    },
  };
}

/** A number may have stood for several processes and programs: the newest that has the most of these addresses mapped. */
function spaceOf(
  processes: Processes,
  process: number,
  addresses: readonly bigint[],
): AddressSpace | undefined {
  const found = fullest(processes.spacesOf(process), addresses);
  if (found.count === addresses.length || !processes.lookAgain(process)) return found.space;
  return fullest(processes.spacesOf(process), addresses).space;
}

function fullest(spaces: readonly AddressSpace[], addresses: readonly bigint[]) {
  let best: { readonly space: AddressSpace | undefined; readonly count: number } = {
    space: spaces[0],
    count: 0,
  };
  for (const space of spaces) {
    const count = addresses.filter((address) => space.mappingAt(address) !== undefined).length;
    if (count > best.count) best = { space, count };
    if (count === addresses.length) break;
  }
  return best;
}

const lineOf = (place: SourcePlace | undefined): { readonly place?: ByteText } =>
  place === undefined ? {} : { place: `${place.file}:${place.line}` };

/** Looks names up and remembers what files and just-in-time compilers said. */
class Names {
  readonly #options: UserSymbolsOptions;
  readonly #perfMaps = new WeakMap<AddressSpace, PerfMapFile>();
  readonly #demangled = new Map<string, string>();

  constructor(options: UserSymbolsOptions) {
    this.#options = options;
  }

  /**
   * A call that never returns may be the last instruction of its function, and the address behind it another's: what is asked for is the
   * call, one byte before.
   */
  functionAt(process: number, space: AddressSpace, address: bigint, isReturn: boolean): Place {
    const mapping = space.mappingAt(address);
    if (mapping === undefined) return unknownPlace;
    const back = isReturn ? 1 : 0;
    const place = this.#functionIn(process, mapping, address, back);
    return place.name === undefined
      ? { ...place, ...this.#compiledAt(process, space, address, back) }
      : place;
  }

  #functionIn(process: number, mapping: Mapping, address: bigint, back: number): Place {
    const fileOffset = Number(address - mapping.start) + mapping.fileOffset;
    const module = mapping.path === '' ? {} : { module: byteText(mapping.path) };
    const image = this.#options.image(process, mapping);
    if (image === undefined) return module;
    const place = { ...module, fileOffset, buildId: () => image.buildId() };
    const found = image.functionAt(fileOffset - back);
    if (found === undefined) return place;
    const named = { ...place, name: this.#readable(found.name), offset: found.offset + back };
    if (!this.#options.showsSource) return named;
    let source: SourceLine | undefined | 'unread' = 'unread';
    return {
      ...named,
      source: () => (source === 'unread' ? (source = this.#sourceAt(image, fileOffset - back)) : source),
    };
  }

  #sourceAt(image: Image, fileOffset: number): SourceLine | undefined {
    const found = image.sourceAt(fileOffset);
    return (
      found && {
        inlined: found.inlined.map(({ name, place }) => ({ name: this.#readable(name), ...lineOf(place) })),
        ...lineOf(found.place),
      }
    );
  }

  /** Variables lie in other mappings than code, which all follow from where the file's code is. */
  variableAt(process: number, address: bigint): Place {
    for (const space of this.#options.processes.spacesOf(process))
      for (const mapping of space.mappings()) {
        const image = this.#options.image(process, mapping);
        const bias = image?.biasOf(mapping.start, mapping.fileOffset);
        if (image === undefined || bias === undefined || address < bias) continue;
        const inFile = Number(address - bias);
        const found = image.covers(inFile) ? image.variableAt(inFile) : undefined;
        if (found !== undefined)
          return { name: this.#readable(found.name), offset: found.offset, module: byteText(mapping.path) };
      }
    return unknownPlace;
  }

  #compiledAt(process: number, space: AddressSpace, address: bigint, back: number): Place {
    const file = this.#options.perfMap(process, space.since, this.#perfMaps.get(space));
    if (file === undefined) return unknownPlace;
    this.#perfMaps.set(space, file);
    const found = perfMapEntryAt(file.map, Number(address) - back);
    return found === undefined
      ? unknownPlace
      : { name: found.name, offset: Number(address) - found.start, module: '[JIT]' };
  }

  #readable(name: string): string {
    const known = this.#demangled.get(name);
    if (known !== undefined) return known;
    const readable = byteText(this.#options.demangle?.(name) ?? '') || name;
    this.#demangled.set(name, readable);
    return readable;
  }
}
