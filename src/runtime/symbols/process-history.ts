/**
 * What processes had mapped, and when: by what the kernel tells of their lives, and by what /proc says of those that lived before.
 * A process that has ended stays known, so that its addresses still have names when they are printed. Pure.
 */

import type { Mapping } from '../../system/proc/maps.ts';
import type { ProcessRecord } from './process-records.ts';

/** The memory of a process from its start, or from an execution, to the next one. Mappings of code only. */
export interface AddressSpace {
  /** When it began, or was first seen: CLOCK_MONOTONIC, nanoseconds. */
  readonly since: bigint;
  /** The newest mapping at an address. */
  mappingAt(address: bigint): Mapping | undefined;
  /** All of them, the newest first; some may have been replaced by others. */
  mappings(): Iterable<Mapping>;
}

/** So many processes that have ended are kept; of more, the longest gone are forgotten. */
const endedMax = 1 << 15;
/** So many lives and executions are kept of one process number, which long runs see again and again. */
const spacesMax = 16;

export class ProcessHistory {
  readonly #lives = new Map<number, Space[]>();
  readonly #ended = new Set<number>();
  readonly #endedMax: number;

  constructor(limit = endedMax) {
    this.#endedMax = limit;
  }

  /** Records may come a little out of order: those of different CPUs do. */
  apply(happened: Exclude<ProcessRecord, { readonly kind: 'lost' }>): void {
    const { process, time } = happened;
    switch (happened.kind) {
      case 'mapped':
        this.#spaceAt(process, time).add(time, happened.mapping);
        return;
      case 'executed':
        this.#begin(process, new Space(time));
        return;
      case 'forked':
        this.#ended.delete(process);
        this.#begin(process, new Space(time, this.#newest(happened.parent, time)));
        return;
      case 'ended':
        this.#end(process);
    }
  }

  /** What /proc/PID/maps said at a time. */
  see(process: number, time: bigint, mappings: readonly Mapping[]): void {
    const space = this.#spaceAt(process, time);
    for (const mapping of mappings) {
      if (!mapping.executable || isSame(space.mappingAt(mapping.start), mapping)) continue;
      space.add(time, mapping);
    }
  }

  /** True from the first record of a process until it has ended. */
  isAlive(process: number): boolean {
    return this.#lives.has(process) && !this.#ended.has(process);
  }

  /** All that a process number stood for, the newest first. */
  spacesOf(process: number): readonly AddressSpace[] {
    return (this.#lives.get(process) ?? []).toReversed();
  }

  #newest(process: number, time: bigint): Space | undefined {
    return this.#lives.get(process)?.findLast(({ since }) => since <= time);
  }

  #spaceAt(process: number, time: bigint): Space {
    const known = this.#newest(process, time);
    if (known !== undefined) return known;
    const first = new Space(time);
    this.#begin(process, first);
    return first;
  }

  #begin(process: number, space: Space): void {
    const spaces = this.#lives.get(process) ?? [];
    this.#lives.set(process, spaces);
    const before = spaces.findLastIndex(({ since }) => since <= space.since);
    spaces[before]?.moveTo(space);
    spaces.splice(before + 1, 0, space);
    if (spaces.length > spacesMax) spaces.shift();
  }

  #end(process: number): void {
    if (!this.#lives.has(process)) return;
    this.#ended.add(process);
    if (this.#ended.size <= this.#endedMax) return;
    const [longestGone] = this.#ended;
    if (longestGone === undefined) return;
    this.#ended.delete(longestGone);
    this.#lives.delete(longestGone);
  }
}

const isSame = (known: Mapping | undefined, seen: Mapping): boolean =>
  known?.start === seen.start &&
  known.end === seen.end &&
  known.identity === seen.identity &&
  known.fileOffset === seen.fileOffset;

class Space implements AddressSpace {
  readonly since: bigint;
  /** Whose mappings it began with: those that were there at `since`. */
  readonly #parent: Space | undefined;
  /** Rising times. */
  readonly #added: { readonly time: bigint; readonly mapping: Mapping }[] = [];

  constructor(since: bigint, parent?: Space) {
    this.since = since;
    this.#parent = parent;
  }

  add(time: bigint, mapping: Mapping): void {
    const behind = this.#added.findLastIndex((other) => other.time <= time);
    this.#added.splice(behind + 1, 0, { time, mapping });
  }

  /** What was mapped after another space began belongs to that. */
  moveTo(later: Space): void {
    const first = this.#added.findIndex(({ time }) => time >= later.since);
    if (first < 0) return;
    for (const { time, mapping } of this.#added.splice(first)) later.add(time, mapping);
  }

  mappingAt(address: bigint): Mapping | undefined {
    return this.#mappingAt(address, undefined);
  }

  *mappings(): Generator<Mapping> {
    yield* this.#until(undefined);
  }

  /** Asked for every frame: a plain loop is several times faster than a generator. */
  #mappingAt(address: bigint, until: bigint | undefined): Mapping | undefined {
    for (let index = this.#added.length - 1; index >= 0; index--) {
      const added = this.#added[index];
      if (added === undefined || (until !== undefined && added.time > until)) continue;
      if (address >= added.mapping.start && address < added.mapping.end) return added.mapping;
    }
    return this.#parent === undefined ? undefined : this.#parent.#mappingAt(address, this.since);
  }

  *#until(until: bigint | undefined): Generator<Mapping> {
    for (const { time, mapping } of this.#added.toReversed())
      if (until === undefined || time <= until) yield mapping;
    if (this.#parent !== undefined) yield* this.#parent.#until(this.since);
  }
}
