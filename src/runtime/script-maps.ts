/** The script's maps. One that is exchanged while the script runs is two: the programs use one of them, the other is empty. */

import { present } from '../base/assert.ts';
import type { Result, SysError } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { Emptying } from '../builtins/emitter.ts';
import { holdMap } from './create-maps.ts';
import type { LoadedMap } from './load.ts';
import type { OpenMap } from './map-entries.ts';
import type { MapReading } from './read-map.ts';
import { addZeros, clearMap } from './read-map.ts';

interface Pair {
  readonly slot: LoadedMap;
  used: OpenMap;
  spare: OpenMap;
}

export class ScriptMaps {
  readonly #maps: ReadonlyMap<string, LoadedMap>;
  readonly #reading: MapReading;
  readonly #pairs = new Map<string, Pair>();

  constructor(maps: ReadonlyMap<string, LoadedMap>, reading: MapReading) {
    this.#maps = maps;
    this.#reading = reading;
    for (const slot of maps.values()) {
      if (!slot.plan.holds) continue;
      const first = this.#map(slot.plan.holds.first);
      const { fd } = this.#map(slot.plan.holds.second);
      this.#pairs.set(first.plan.symbol, { slot, used: first, spare: { fd, plan: first.plan } });
    }
  }

  #map(symbol: string): LoadedMap {
    return present(this.#maps.get(symbol), `map ${symbol}`);
  }

  /** The one that programs use now. */
  now(symbol: string): OpenMap {
    return this.#pairs.get(symbol)?.used ?? this.#map(symbol);
  }

  /** All of them, by their names in the script. */
  all(): readonly OpenMap[] {
    const nameOf = ({ plan }: OpenMap): string => plan.script?.name ?? '';
    return [...this.#maps.keys()]
      .filter((symbol) => this.#map(symbol).plan.script !== undefined)
      .map((symbol) => this.now(symbol))
      .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  /**
   * Takes a map from the programs, which from now on fill its like, hands it to `read` when none of them uses it any more, and empties
   * it. With `zero` its keys go on to live in the other one.
   */
  take(symbol: string, emptying: Emptying, read: (map: OpenMap) => void): Result<void, SysError> {
    const pair = present(this.#pairs.get(symbol), `a map like ${symbol}`);
    const { used, spare } = pair;
    const exchanged = holdMap(this.#reading.api, pair.slot.fd, spare.fd);
    if (!exchanged.ok) return exchanged;
    pair.used = spare;
    pair.spare = used;
    read(used);
    const zeroed = emptying === 'zero' ? addZeros(used, spare, this.#reading) : ok(undefined);
    const cleared = clearMap(used, this.#reading);
    return zeroed.ok ? cleared : zeroed;
  }
}
