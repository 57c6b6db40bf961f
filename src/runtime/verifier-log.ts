/** The verifier's log as a value: what is wrong in one or two lines, where in the script, and what it means in plain words. Pure. */

import type { Sources } from '../base/source-file.ts';
import { offsetAt } from '../base/source-file.ts';
import type { Span } from '../base/span.ts';
import type { BtfRecords, KernelLog } from './bpf-api.ts';
import type { LinePlace } from './btf-ext.ts';
import { lineOfInstruction } from './btf-ext.ts';
import { explainComplaint } from './verifier-complaints.ts';

export interface VerifierReport {
  /** The program's name in the object, and the probe's in the script. */
  readonly program: string;
  readonly probe: string;
  /** The complaint itself: one line, two where the last makes no sense without the one before. */
  readonly summary: readonly string[];
  /** What it means and what to do, for complaints that we know. */
  readonly explanation?: string;
  readonly lines: readonly string[];
  /** Bytes that the kernel had to say beyond what we kept; 0 if the log is whole, undefined if the kernel doesn't say how many. */
  readonly cutBytes: number | undefined;
  /** The instruction at which the verifier gave up. */
  readonly instruction?: number;
  /** Where in the script it comes from: the instruction's line, else the attach point. */
  readonly span: Span;
}

export interface VerifiedProgram {
  readonly name: string;
  readonly probe: string;
  readonly span: Span;
  readonly lines?: BtfRecords;
}

/** Where in the script a line and a column are, both counted from 1. */
export type PlaceToSpan = (place: LinePlace) => Span | undefined;

/** One character long, for that is all that the instruction knows. `nameAt` gives names of files, which have `./` before them. */
export function placesIn(sources: Sources, nameAt: (offset: number) => string): PlaceToSpan {
  return ({ nameOffset, line, column }) => {
    const source = sources.named(nameAt(nameOffset).replace(/^\.\//, ''));
    if (!source) return undefined;
    const start = offsetAt(source, { line, column });
    return start === undefined ? undefined : { file: source.name, start, end: start + 1 };
  };
}

/** `cut` says whether the kernel refused to write all of it. */
export function verifierReport(
  program: VerifiedProgram,
  log: KernelLog,
  cut: boolean,
  toSpan: PlaceToSpan,
): VerifierReport {
  const lines = logLines(log.text);
  const instruction = lastInstruction(lines);
  const place =
    instruction === undefined || !program.lines ? undefined : lineOfInstruction(program.lines, instruction);
  const summary = summarise(lines);
  const span = (place && toSpan(place)) ?? program.span;
  const explanation = explainComplaint(lines, span.file.endsWith('.bpf.c'));
  return {
    program: program.name,
    probe: program.probe,
    summary,
    ...(explanation !== undefined && { explanation }),
    lines,
    cutBytes: cutBytes(log, cut),
    ...(instruction !== undefined && { instruction }),
    span,
  };
}

function cutBytes(log: KernelLog, cut: boolean): number | undefined {
  if (!cut) return 0;
  return log.trueBytes === undefined ? undefined : Math.max(0, log.trueBytes - log.text.length - 1);
}

function logLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** What the verifier adds behind its complaint: how much it did, and of a loop what it looked like before and after. */
const statistics =
  /^(processed \d+ insns|verification time|stack depth|max_states_per_insn|insns processed|(cur|old) state:)/;

/** The complaint is the last line that isn't statistics. One that speaks of registers or is indented belongs to the line before it. */
function summarise(lines: readonly string[]): readonly string[] {
  const said = lines.filter((line) => !statistics.test(line));
  const last = said.at(-1);
  if (last === undefined) return [];
  const before = said.at(-2);
  const needsMore = /^(R\d|\t)/.test(last) || /^(The register R\d|mark_precise)/.test(last);
  return needsMore && before !== undefined ? [before, last] : [last];
}

/** Instructions are shown as `12: (85) call bpf_map_lookup_elem#1`. */
function lastInstruction(lines: readonly string[]): number | undefined {
  for (let index = lines.length - 1; index >= 0; index--) {
    const shown = /^(\d+): \([0-9a-f]{2}\)/.exec(lines[index] ?? '');
    if (shown?.[1] !== undefined) return Number(shown[1]);
  }
  return undefined;
}
