/** Port: what can be shown. output/text.ts and output/json.ts do it; nobody else decides how anything looks. */

import type { Diagnostic } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { ByteText, Integer, Value } from '../types/value.ts';
import type { MapEntries } from '../types/map-entries.ts';

/** What a piece of output is, for JSON's `type`. */
export type TextKind = 'printf' | 'time' | 'join' | 'cat' | 'syscall';

/** A map as it was when read. */
export interface MapSnapshot {
  /** As written: @x. */
  readonly name: string;
  readonly keyed: boolean;
  readonly entries: MapEntries;
}

export interface MapOptions {
  /** Only the last so many of the sorted entries; 0 for all. */
  readonly top?: number;
  /** Values are divided by it; 0 counts as 1. */
  readonly div?: Integer;
}

/** Something that went wrong at a place in the script while it ran. */
export type Incident =
  | { readonly kind: 'errorf' | 'warnf' | 'runtime-error'; readonly message: ByteText; readonly span?: Span }
  | {
      readonly kind: 'helper-error';
      readonly message: ByteText;
      /** Without bpf_: map_update_elem. */
      readonly helper: string;
      /** What it returned, a negative errno. */
      readonly code: number;
      readonly span?: Span;
    };

/** Events of a probe that did not fit into the ring. */
export interface LostEvents {
  /** As `probe` prints it, or with the wildcard where one program serves many places. */
  readonly probe: string;
  readonly count: Integer;
}

/** Runs of a probe that the kernel left out. */
export interface MissedRuns {
  /** As `probe` prints it. */
  readonly probe: string;
  readonly count: Integer;
  /** `recursion`: the program was running on that CPU already. `overrun`: the kernel had no room to run the probe. */
  readonly cause: 'recursion' | 'overrun';
}

/** What became of a probe's firings, and of the events that its program has sent. What the kernel doesn't count is absent. */
export interface ProbeStats {
  /** As in LostEvents. */
  readonly probe: string;
  /** ran + missed. */
  readonly fired?: Integer;
  readonly ran?: Integer;
  /** Runs that the kernel left out, whyever. */
  readonly missed?: Integer;
  /** Events that arrived and were handled. */
  readonly delivered: Integer;
  /** Events that arrived behind an exit(), where nothing is handled. */
  readonly dropped: Integer;
  /** Events that did not fit into the ring. */
  readonly lost: Integer;
  readonly nsPerRun?: Integer;
}

/** Updates of a map that failed because it was full. */
export interface MapOverflow {
  readonly map: string;
  readonly count: Integer;
  /** How many entries the map can hold. */
  readonly entriesMax: number;
  /** The script says itself how many. */
  readonly isDeclared: boolean;
  /** The place in the script that updates it. */
  readonly span: Span;
}

/** Texts that were shown without their end. */
export interface CutTexts {
  readonly count: Integer;
  /** max_strlen. */
  readonly bytesMax: number;
}

/** What is told of the event that something comes from: names and values, in their order. */
export type Origin = readonly (readonly [name: string, value: Value])[];

/** How a test came out. */
export interface TestResult {
  /** test:halves. */
  readonly name: string;
  readonly durationNs: number;
  readonly passed: boolean;
  /** What it printed and told, as text. */
  readonly output: ByteText;
}

/** What a bench has measured; one that left itself out has not. */
export interface BenchResult {
  /** bench:count. */
  readonly name: string;
  readonly measured?: { readonly averageNs: number; readonly repeats: number };
}

/** Of runs that test or measure. */
export interface TrialOutput {
  testsBegin(count: number): void;
  testBegins(name: string): void;
  testEnds(result: TestResult): void;
  /** All that were run; `left` were not, since somebody stopped the run. */
  testsEnd(results: readonly TestResult[], left: number): void;
  benchesBegin(): void;
  benchEnds(result: BenchResult): void;
}

export interface Output extends TrialOutput {
  /** What follows comes from this event; from none if it is empty. */
  from(origin: Origin): void;
  /** Output as it is. */
  text(kind: TextKind, text: ByteText): void;
  /** A value on a line of its own. */
  value(value: Value): void;
  map(map: MapSnapshot, options?: MapOptions): void;
  /** Called once, before the maps that are printed at exit. */
  beginFinalMaps(): void;

  attachedProbes(count: number): void;
  /** An iterator was left there. */
  pinned(path: string): void;
  /** Events lost since the last report. */
  lost(count: Integer): void;
  /** All events lost, at the end, by probe; says nothing if there were none. */
  lostTotal(losses: readonly LostEvents[]): void;
  missed(runs: MissedRuns): void;
  mapFull(overflow: MapOverflow): void;
  textsCut(cut: CutTexts): void;
  /** At the end, if it was asked for. */
  stats(stats: readonly ProbeStats[]): void;
  incident(incident: Incident): void;
  /** Of compiling, loading and attaching. */
  diagnostics(diagnostics: readonly Diagnostic[]): void;

  /** Nothing more to do for now: what was gathered goes out, if the buffering mode allows. */
  idle(): void;
  /** The end: everything goes out. */
  finish(): void;
}
