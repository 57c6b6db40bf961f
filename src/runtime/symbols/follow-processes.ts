/**
 * Follows what all processes map, from before the first probe is attached: a process that lives ten milliseconds has ended long before its
 * addresses are printed. The kernel tells it through perf events of each CPU, which cost only where a process starts or maps code.
 */

import type { Result, SysError } from '../../base/result.ts';
import { ok } from '../../base/result.ts';
import type { Mapping } from '../../system/proc/maps.ts';
import type { PerfRecords, ReadableWatch } from '../bpf-api.ts';
import { ProcessHistory } from './process-history.ts';
import type { ProcessRecord } from './process-records.ts';
import { parseProcessRecord } from './process-records.ts';

export interface FollowOptions {
  readonly cpus: readonly number[];
  readonly open: (cpu: number) => Result<PerfRecords, SysError>;
  /** Processes that may live already. */
  readonly processes: () => readonly number[];
  /** What one of them has mapped now; undefined if it is gone. */
  readonly maps: (process: number) => readonly Mapping[] | undefined;
  /** CLOCK_MONOTONIC, nanoseconds: the clock of the records. */
  readonly now: () => bigint;
  /** Called for every mapping when it is new. */
  readonly onMapped: (process: number, mapping: Mapping) => void;
}

export interface FollowedProcesses {
  readonly history: ProcessHistory;
  /** Records that the kernel could not keep: mappings may be missing. */
  readonly lost: bigint;
  /** Takes in all that the kernel has told by now. */
  update(): void;
  close(): void;
}

/** Fails as opening a perf event does. The caller closes it. */
export function followProcesses(options: FollowOptions): Result<FollowedProcesses, SysError> {
  const opened: PerfRecords[] = [];
  for (const cpu of options.cpus) {
    const events = options.open(cpu);
    if (!events.ok) {
      for (const other of opened) other.close();
      return events;
    }
    opened.push(events.value);
  }
  const follower = new Follower(options, opened);
  follower.seeThoseThatLive();
  return ok(follower);
}

class Follower implements FollowedProcesses {
  readonly history = new ProcessHistory();
  readonly #options: FollowOptions;
  readonly #events: readonly PerfRecords[];
  readonly #watches: readonly ReadableWatch[];
  #lost = 0n;

  constructor(options: FollowOptions, events: readonly PerfRecords[]) {
    this.#options = options;
    this.#events = events;
    this.#watches = events.map((one) => one.watch(() => this.update()));
  }

  get lost(): bigint {
    return this.#lost;
  }

  /** Behind the opening of the events, so that nothing falls between. */
  seeThoseThatLive(): void {
    const { processes, maps, now } = this.#options;
    for (const process of processes()) {
      const mappings = maps(process);
      if (mappings !== undefined) this.history.see(process, now(), mappings);
    }
  }

  update(): void {
    const records: ProcessRecord[] = [];
    for (const events of this.#events)
      events.take((bytes) => {
        const parsed = parseProcessRecord(bytes);
        if (parsed !== undefined) records.push(parsed);
      });
    records.sort((a, b) => (a.time < b.time ? -1 : 1));
    for (const record of records) this.#apply(record);
  }

  #apply(record: ProcessRecord): void {
    if (record.kind === 'lost') {
      this.#lost += record.count;
      return;
    }
    this.history.apply(record);
    if (record.kind === 'mapped') this.#options.onMapped(record.process, record.mapping);
  }

  close(): void {
    for (const watch of this.#watches) watch.close();
    for (const events of this.#events) events.close();
  }
}
