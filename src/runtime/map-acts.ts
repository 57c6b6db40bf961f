/** What a script does with its maps as wholes, in user space: shows, clears, zeroes them. */

import { diagnostic } from '../base/diagnostic.ts';
import type { SysError } from '../base/result.ts';
import type { EventHost } from '../builtins/event-host.ts';
import type { MapEntries } from '../types/map-entries.ts';
import type { MapSnapshot, Output } from '../output/output.ts';
import { compareLists } from '../types/compare-values.ts';
import type { Value } from '../types/value.ts';
import { callText } from './causes.ts';
import type { OpenMap } from './map-entries.ts';
import type { MapReading } from './read-map.ts';
import { clearMap, readMap, zeroMap } from './read-map.ts';
import type { ScriptMaps } from './script-maps.ts';

export interface MapActOptions {
  readonly output: Output;
  readonly maps: ScriptMaps;
  readonly reading: MapReading;
  /** Called behind what may take long. */
  readonly onLongAct: () => void;
}

type MapActs = Pick<EventHost, 'printMap' | 'printElement' | 'clearMap' | 'zeroMap'>;

export function mapActs({ output, maps, reading, onLongAct }: MapActOptions): MapActs {
  // Keys that are passed over are shown to nobody: texts that were cut don't count.
  const searching = { ...reading, decoding: { ...reading.decoding, onCut: () => undefined } };
  const snapshot = (map: OpenMap, way = reading): MapSnapshot | undefined => {
    const read = readMap(map, way);
    if (read.ok) return read.value;
    reportMapFailure(output, 'read', map, read.error);
    return undefined;
  };
  const change = (act: 'clear' | 'zero', doIt: typeof clearMap, symbol: string): void => {
    onLongAct();
    const map = maps.now(symbol);
    const done = doIt(map, reading);
    if (!done.ok) reportMapFailure(output, act, map, done.error);
  };
  return {
    printMap: (symbol, top, div, then) => {
      onLongAct();
      const print = (map: OpenMap): void => {
        const read = snapshot(map);
        if (read) output.map(read, { top, div });
      };
      if (!then) return print(maps.now(symbol));
      const taken = maps.take(symbol, then, print);
      if (!taken.ok) reportMapFailure(output, then, maps.now(symbol), taken.error);
    },
    printElement: (symbol, key) => {
      const entries = snapshot(maps.now(symbol), searching)?.entries;
      output.value(entries ? (valueOf(entries, key) ?? 0) : 0);
    },
    clearMap: (symbol) => change('clear', clearMap, symbol),
    zeroMap: (symbol) => change('zero', zeroMap, symbol),
  };
}

function valueOf(entries: MapEntries, key: readonly Value[]): Value | undefined {
  for (let index = 0; index < entries.count; index++)
    if (compareLists(entries.key(index), key) === 0) return entries.value(index);
  return undefined;
}

/** A map that can't be read or changed is told, not passed over: its numbers would be missed. */
export function reportMapFailure(output: Output, act: string, map: OpenMap, error: SysError): void {
  const name = map.plan.script?.name ?? map.plan.symbol;
  output.diagnostics([diagnostic('error', 'runtime-warning', `can't ${act} ${name}: ${callText(error)}`)]);
}
