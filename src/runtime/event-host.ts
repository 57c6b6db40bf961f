/** What events do when they arrive: implements the builtins' port EventHost over the output and the maps. */

import { present } from '../base/assert.ts';
import { diagnostic } from '../base/diagnostic.ts';
import type { Result, SysError } from '../base/result.ts';
import type { Span } from '../base/span.ts';
import type { EventHost, TextKind } from '../builtins/event-host.ts';
import type { MapSnapshot, Output } from '../output/output.ts';
import type { Place } from '../plan/plan.ts';
import { compareLists } from '../types/compare-values.ts';
import type { Type } from '../types/type.ts';
import type { ByteText, Integer, Value } from '../types/value.ts';
import { byteText, textOf } from '../types/value.ts';
import { callText, fileCause } from './causes.ts';
import type { OpenMap } from './map-entries.ts';
import type { MapReading } from './read-map.ts';
import { clearMap, readMap, zeroMap } from './read-map.ts';
import type { Dropping } from './watchpoints.ts';

/** What the host needs that only the outer world has. */
export interface HostWorld {
  /** printf: a format and its values' types to a function of the values. */
  readonly formatter: (format: ByteText, types: readonly Type[]) => (values: readonly Value[]) => ByteText;
  /** strftime of the wall clock. */
  readonly formatNow: (format: ByteText) => ByteText;
  /** The first bytes of a file. */
  readonly readHead: (path: ByteText, bytesMax: number) => Result<ByteText, SysError>;
  /** What a command writes, run by sh -c; waits for its end. */
  readonly runShell: (command: ByteText) => Result<ByteText, SysError>;
}

export interface HostOptions {
  readonly output: Output;
  readonly world: HostWorld;
  /** How much of a file cat() shows. */
  readonly catBytesMax: number;
  readonly maps: ReadonlyMap<string, OpenMap>;
  readonly reading: MapReading;
  readonly places: readonly Place[];
  /** Called by unwatch(). */
  readonly onUnwatch: (address: bigint) => Dropping;
  /** Called by exit(). */
  readonly onExit: (code: number) => void;
}

const undropped: Readonly<Record<Exclude<Dropping, 'dropped'>, string>> = {
  'none-there': 'The script has no watchpoint at this address',
  kept: 'Kernels before 5.15 keep a watchpoint until the end',
};

/** Tells something about a place, with a suffix to the message. */
type Telling = (suffix: string) => void;

export interface Host extends EventHost {
  /** How often each place has warned, beyond the first time, which was shown: told at the end. */
  reportRepeatedWarnings(): void;
}

export function eventHost(options: HostOptions): Host {
  const { output, world, maps, reading, places } = options;
  const told = new Map<number, { times: number; readonly tell: Telling }>();
  const mapOf = (symbol: string): OpenMap => present(maps.get(symbol), `map ${symbol}`);
  const snapshot = (symbol: string): MapSnapshot | undefined => {
    const map = mapOf(symbol);
    const read = readMap(map, reading);
    if (read.ok) return read.value;
    reportMapFailure(output, 'read', map, read.error);
    return undefined;
  };
  /** A probe that fires a million times a second would warn as often: once is enough, the number follows at the end. */
  const tellOnce = (place: Integer, tell: Telling): void => {
    const index = Number(place);
    const known = told.get(index);
    if (known) known.times++;
    else {
      told.set(index, { times: 1, tell });
      tell('');
    }
  };
  const placeOf = (place: Integer): Place => present(places[Number(place)], `place ${place}`);
  /** Output of a kind, or why there is none, at a place of the script. */
  const textOrFailure = (kind: TextKind, what: string, span: Span, got: Result<ByteText, SysError>): void => {
    if (got.ok) return output.text(kind, got.value);
    const message = byteText(`${what}: ${fileCause(got.error)}`);
    output.incident({ kind: 'runtime-error', message, span });
  };
  return {
    formatter: world.formatter,
    formatNow: world.formatNow,
    text: (kind, text) => output.text(kind, text),
    report: (kind, message, span) => output.incident({ kind, message, span }),
    showFile: (path, span) =>
      textOrFailure('cat', `Can't show ${textOf(path)}`, span, world.readHead(path, options.catBytesMax)),
    runCommand(command, span) {
      // What was printed before it stands before what the command prints itself.
      output.idle();
      textOrFailure('syscall', `Can't run ${textOf(command)}`, span, world.runShell(command));
    },
    value: (value) => output.value(value),
    printMap: (symbol, top, div) => {
      const read = snapshot(symbol);
      if (read) output.map(read, { top, div });
    },
    printElement: (symbol, key) => {
      const found = snapshot(symbol)?.entries.find((entry) => compareLists(entry.key, key) === 0);
      output.value(found?.value ?? 0);
    },
    clearMap: (symbol) => {
      const cleared = clearMap(mapOf(symbol), reading);
      if (!cleared.ok) reportMapFailure(output, 'clear', mapOf(symbol), cleared.error);
    },
    zeroMap: (symbol) => {
      const zeroed = zeroMap(mapOf(symbol), reading);
      if (!zeroed.ok) reportMapFailure(output, 'zero', mapOf(symbol), zeroed.error);
    },
    unwatch(address, span) {
      const dropping = options.onUnwatch(address);
      if (dropping === 'dropped') return;
      const message = byteText(`${undropped[dropping]}: 0x${address.toString(16)}`);
      output.incident({ kind: 'runtime-error', message, span });
    },
    exit: options.onExit,
    warn: (place) =>
      tellOnce(place, (suffix) => {
        const { message, span } = placeOf(place);
        output.incident({ kind: 'runtime-error', message: byteText(message + suffix), span });
      }),
    helperFailed: (place, helper, code) =>
      tellOnce(place, (suffix) => {
        const { message, span } = placeOf(place);
        output.incident({ kind: 'helper-error', message: byteText(message + suffix), helper, code, span });
      }),
    reportRepeatedWarnings: () => {
      for (const { times, tell } of told.values()) if (times > 1) tell(` (${times} times in all)`);
    },
  };
}

/** A map that can't be read or changed is told, not passed over: its numbers would be missed. */
export function reportMapFailure(output: Output, act: string, map: OpenMap, error: SysError): void {
  const name = map.plan.script?.name ?? map.plan.symbol;
  output.diagnostics([diagnostic('error', 'runtime-warning', `can't ${act} ${name}: ${callText(error)}`)]);
}
