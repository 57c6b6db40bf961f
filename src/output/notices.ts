/** What is told beside the output, on stderr, in text and JSON mode alike: attached probes, losses, incidents, diagnostics. */

import type { Diagnostic } from '../base/diagnostic.ts';
import type { Integer } from '../types/value.ts';
import { textOf } from '../types/value.ts';
import type { CutTexts, Incident, LostEvents, MapOverflow, MissedRuns, ProbeStats } from './output.ts';
import type { RenderOptions } from './render-diagnostic.ts';
import { statsText } from './stats-text.ts';
import { renderDiagnostics, renderMessage } from './render-diagnostic.ts';

export interface NoticeOptions extends RenderOptions {
  /** No chatter: errors, warnings and losses only. */
  readonly quiet: boolean;
  /** False mutes warnings, of compiling and of running. */
  readonly warnings: boolean;
  /** Writes to stderr. */
  readonly write: (text: string) => void;
}

export interface Notices {
  readonly options: NoticeOptions;
  attachedProbes(count: number): void;
  pinned(path: string): void;
  lost(count: Integer): void;
  lostTotal(losses: readonly LostEvents[]): void;
  missed(runs: MissedRuns): void;
  mapFull(overflow: MapOverflow): void;
  textsCut(cut: CutTexts): void;
  stats(stats: readonly ProbeStats[]): void;
  incident(incident: Incident): void;
  diagnostics(diagnostics: readonly Diagnostic[]): void;
}

export function createNotices(options: NoticeOptions): Notices {
  const { write } = options;
  const warn = (message: string) => write(renderMessage('warning', message, undefined, options));
  return {
    options,
    attachedProbes(count) {
      if (!options.quiet) write(`Attached ${counted(count, 'probe')}\n`);
    },
    pinned(path) {
      if (!options.quiet) write(`Program pinned to ${path}\n`);
    },
    lost(count) {
      write(`Lost ${counted(count, 'event')}\n`);
    },
    lostTotal(losses) {
      if (losses.length === 0) return;
      warn(`Total lost event count: ${totalOf(losses)}`);
      for (const { probe, count } of losses) write(`${probe} lost ${counted(count, 'event')}\n`);
    },
    missed(runs) {
      warn(missedText(runs));
    },
    mapFull(overflow) {
      write(renderMessage('warning', mapFullText(overflow), overflow.span, options));
      write(`HINT: ${mapFullHint(overflow)}\n`);
    },
    textsCut(cut) {
      if (!options.warnings) return;
      warn(cutText(cut));
      write(`HINT: ${cutHint}\n`);
    },
    stats: (stats) => write(statsText(stats)),
    incident(incident) {
      if (isShown(incident, options))
        write(renderMessage(severityOf(incident), incidentText(incident), incident.span, options));
    },
    diagnostics(diagnostics) {
      const shown = diagnostics.filter((diagnostic) => options.warnings || diagnostic.severity === 'error');
      if (shown.length > 0) write(renderDiagnostics(shown, options));
    },
  };
}

export const totalOf = (losses: readonly LostEvents[]): bigint =>
  losses.reduce((sum, { count }) => sum + BigInt(count), 0n);

/** Warnings can be muted; what errorf says can't. */
export function isShown(incident: Incident, options: Pick<NoticeOptions, 'warnings'>): boolean {
  return options.warnings || severityOf(incident) === 'error';
}

const severityOf = (incident: Incident): 'error' | 'warning' =>
  incident.kind === 'errorf' ? 'error' : 'warning';

export function incidentText(incident: Incident): string {
  const message = textOf(incident.message);
  return incident.kind === 'helper-error'
    ? `${message} (${incident.helper} returned ${incident.code})`
    : message.trimEnd();
}

export function missedText({ probe, count, cause }: MissedRuns): string {
  const why = {
    recursion: 'the probe fired again while its program was running on that CPU',
    overrun: 'the kernel had no room to run the probe',
  } as const;
  return `${probe} missed ${counted(count, 'run')}: ${why[cause]}`;
}

export function mapFullText({ map, count, entriesMax }: MapOverflow): string {
  return `${map} is full (${counted(entriesMax, 'entry', 'entries')}): ${counted(count, 'update')} failed`;
}

export function cutText({ count, bytesMax }: CutTexts): string {
  return `${counted(count, 'text')} had more than the ${bytesMax - 1} bytes that max_strlen allows, or just as many`;
}

const cutHint = 'Set TSTRACE_MAX_STRLEN to a larger number; str(POINTER, LENGTH) cuts without a word.';

const mapFullHint = ({ isDeclared }: MapOverflow): string =>
  isDeclared
    ? 'Declare it with more room, or use fewer different keys.'
    : 'Raise max_map_keys, or use fewer different keys.';

const counted = (count: Integer, one: string, many = `${one}s`): string =>
  `${count} ${BigInt(count) === 1n ? one : many}`;
