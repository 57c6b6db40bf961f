/** What events do when they arrive: implements the builtins' port EventHost over the output and the maps. */

import { present } from '../base/assert.ts';
import type { Result, SysError } from '../base/result.ts';
import type { Span } from '../base/span.ts';
import type { EventHost, Packet, TextKind } from '../builtins/event-host.ts';
import type { Output } from '../output/output.ts';
import type { Place } from '../plan/plan.ts';
import type { Type } from '../types/type.ts';
import type { ByteText, Integer, Value } from '../types/value.ts';
import { byteText, textOf } from '../types/value.ts';
import { fileCause } from './causes.ts';
import type { MapReading } from './read-map.ts';
import { mapActs } from './map-acts.ts';
import type { ScriptMaps } from './script-maps.ts';
import type { Dropping } from './watchpoints.ts';

/** What the host needs that only the outer world has. */
export interface HostWorld {
  /** printf: a format and its values' types to a function of the values. */
  readonly formatter: (format: ByteText, types: readonly Type[]) => (values: readonly Value[]) => ByteText;
  /** strftime of the wall clock. */
  readonly formatNow: (format: ByteText) => ByteText;
  /** The first bytes of a file. */
  readonly readHead: (path: ByteText, bytesMax: number) => Result<ByteText, SysError>;
  /** Adds a packet to a capture file. */
  readonly savePacket: (path: ByteText, packet: Packet) => Result<void, SysError>;
  /** What a command writes, run by sh -c; waits for its end. */
  readonly runShell: (command: ByteText) => Result<ByteText, SysError>;
}

export interface HostOptions {
  readonly output: Output;
  readonly world: HostWorld;
  /** How much of a file cat() shows. */
  readonly catBytesMax: number;
  readonly maps: ScriptMaps;
  readonly reading: MapReading;
  readonly places: readonly Place[];
  /** Called behind what may take long: maps, commands. */
  readonly onLongAct: () => void;
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
  const { output, world, places } = options;
  const told = new Map<number, { times: number; readonly tell: Telling }>();
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
  /** Told of once, and not tried again. */
  const brokenFiles = new Set<ByteText>();
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
      options.onLongAct();
    },
    savePacket(path, packet, span) {
      if (brokenFiles.has(path)) return;
      const saved = world.savePacket(path, packet);
      if (saved.ok) return;
      brokenFiles.add(path);
      const message = byteText(`No packets are written to ${textOf(path)}: ${fileCause(saved.error)}`);
      output.incident({ kind: 'runtime-error', message, span });
    },
    value: (value) => output.value(value),
    ...mapActs(options),
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
