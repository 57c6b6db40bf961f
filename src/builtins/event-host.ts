/** Port: all that the user-space half of a builtin may ask of the runtime. */

import type { Span } from '../base/span.ts';
import type { Emptying } from './emitter.ts';
import type { Type } from '../types/type.ts';
import type { ByteText, Integer, Value } from '../types/value.ts';

/** What a piece of output is, for JSON's `type`. */
export type TextKind = 'printf' | 'time' | 'join' | 'cat' | 'syscall';

export interface Packet {
  readonly nsecs: bigint;
  /** The first of its bytes, as many as could be had. */
  readonly bytes: Uint8Array;
  readonly length: number;
}

export interface EventHost {
  /** Output as it is. */
  text(kind: TextKind, text: ByteText): void;
  /** A message of the script's own, about a place in it. */
  report(kind: 'errorf' | 'warnf', message: ByteText, span: Span): void;
  /** A file as output, at most max_cat_bytes of it. `span` is where the script asks for it. */
  showFile(path: ByteText, span: Span): void;
  /** What a command prints as output; returns when it has ended. */
  runCommand(command: ByteText, span: Span): void;
  /** A packet, of `length` bytes in all, for a capture file; `nsecs` is the boot time at which it was seen. Relative paths count from where tstrace was started. */
  savePacket(path: ByteText, packet: Packet, span: Span): void;
  /** A value on a line of its own. */
  value(value: Value): void;
  /** A function that puts values into a printf format; prepared once per call in the script. `types` are the values': %x and %u need their widths. */
  formatter(format: ByteText, types: readonly Type[]): (values: readonly Value[]) => ByteText;
  /** Maps by their symbol in the plan: AT_x. top and div are 0 where not given. `then`: what is shown is taken out of the map, and nothing else. */
  printMap(symbol: string, top: number, div: number, then?: Emptying): void;
  /** The value that an aggregating map holds under one key, on a line of its own. */
  printElement(symbol: string, key: readonly Value[]): void;
  clearMap(symbol: string): void;
  zeroMap(symbol: string): void;
  /** Drops the watchpoints of an address. */
  unwatch(address: bigint, span: Span): void;
  /** Stop tracing: later events are not handled, end probes run, the process ends with this code. */
  exit(code: number): void;
  /** strftime of the wall clock now. */
  formatNow(format: ByteText): ByteText;
  /** A warning about a place of the script (index in plan.places). */
  warn(place: Integer): void;
  /** The same of a helper that has failed: its name without bpf_, and what it returned, a negative errno. */
  helperFailed(place: Integer, helper: string, code: number): void;
}
