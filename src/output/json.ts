/** Output as JSON: one object a line, in UTF-8. */

import { lineColumnAt } from '../base/source-file.ts';
import type { Span } from '../base/span.ts';
import type { Value } from '../types/value.ts';
import { byteText } from '../types/value.ts';
import { integerJson, objectJson, stringJson, textJson } from './json-text.ts';
import { cutMembers, lostMembers, missedMembers, overflowMembers, statsMembers } from './loss-json.ts';
import type { NoticeOptions, Notices } from './notices.ts';
import { isShown } from './notices.ts';
import type { MapEntry } from '../types/map-entries.ts';
import type { Incident, MapOptions, MapSnapshot, Output } from './output.ts';
import { arrangeEntries } from './sort.ts';
import { trialJson } from './trial-json.ts';
import { keyJson, valueJson } from './value-json.ts';
import type { Writer } from './writer.ts';

/** Notices stand on stderr as in text mode; those that are events are lines of the stream too. */
export function jsonOutput(writer: Writer, notices: Notices): Output {
  /** Of the event that lines come from: behind what they have anyhow. Written once for all of its lines. */
  let origins: readonly (readonly [string, string])[] = [];
  let tail = '';
  const line = (type: string, members: readonly (readonly [string, string])[]) =>
    writer.write(`${objectJson([['type', stringJson(type)], ...members])}\n`);
  const counted = (type: string, noun: string, count: string) =>
    line(type, [
      ['count', count],
      ['data', objectJson([[noun, count]])],
    ]);
  return {
    from(origin) {
      origins = origin.map(([name, value]) => [name, valueJson(value)]);
      tail = origins.map(([name, value]) => `, "${name}": ${value}`).join('');
    },
    text: (kind, text) => writer.write(`{"type": "${kind}", "data": ${textJson(text)}${tail}}\n`),
    value: (value) => line('value', [['data', valueJson(value)], ...origins]),
    map: (map, options) => writeMap(writer, map, options, tail),
    beginFinalMaps() {},
    attachedProbes(count) {
      notices.attachedProbes(count);
      if (!notices.options.quiet) counted('attached_probes', 'probes', String(count));
    },
    pinned: (path) => notices.pinned(path),
    lost(count) {
      notices.lost(count);
      counted('lost_events', 'events', integerJson(count));
    },
    lostTotal(losses) {
      if (losses.length === 0) return;
      notices.lostTotal(losses);
      line('lost_events_total', lostMembers(losses));
    },
    missed(runs) {
      notices.missed(runs);
      line('missed_runs', missedMembers(runs));
    },
    mapFull(overflow) {
      notices.mapFull(overflow);
      line('map_full', [...overflowMembers(overflow), ...placeMembers(overflow.span, notices.options)]);
    },
    textsCut(cut) {
      notices.textsCut(cut);
      if (notices.options.warnings) line('texts_cut', cutMembers(cut));
    },
    stats: (stats) => line('probe_stats', statsMembers(stats)),
    incident(incident) {
      notices.incident(incident);
      if (isShown(incident, notices.options))
        line(incidentType(incident), [...incidentMembers(incident, notices.options), ...origins]);
    },
    diagnostics: (diagnostics) => notices.diagnostics(diagnostics),
    ...trialJson(line),
    idle: () => writer.idle(),
    finish: () => writer.finish(),
  };
}

const incidentType = (incident: Incident): string => incident.kind.replace('-', '_');

function incidentMembers(incident: Incident, options: NoticeOptions): readonly (readonly [string, string])[] {
  const helper = incident.kind === 'helper-error';
  return [
    ['msg', textJson(incident.message)],
    ...(helper
      ? ([
          ['helper', stringJson(incident.helper)],
          ['retcode', String(incident.code)],
        ] as const)
      : []),
    ...placeMembers(incident.span, options),
  ];
}

function placeMembers(
  span: Span | undefined,
  options: NoticeOptions,
): readonly (readonly [string, string])[] {
  if (span === undefined) return [];
  const source = options.source(span.file);
  if (source === undefined) return [['filename', textJson(byteText(span.file))]];
  const { line, column } = lineColumnAt(source, span.start);
  return [
    ['filename', textJson(byteText(span.file))],
    ['line', String(line)],
    ['col', String(column)],
  ];
}

/** Entry by entry: a large map must not become one string of many megabytes first. `tail` are members behind the map. */
function writeMap(writer: Writer, map: MapSnapshot, options: MapOptions | undefined, tail: string): void {
  let before = '';
  for (const entry of arrangeEntries(map, options)) {
    if (before === '')
      writer.write(`{"type": "${mapType(entry.value)}", "data": {"${map.name}": ${map.keyed ? '{' : ''}`);
    writer.write(before + (map.keyed ? memberJson(entry) : valueJson(entry.value)));
    before = ', ';
  }
  if (before !== '') writer.write(`${map.keyed ? '}}' : '}'}${tail}}\n`);
}

const memberJson = ({ key, value }: MapEntry): string => `${keyJson(key)}: ${valueJson(value)}`;

/** The line's type is that of its first value. */
function mapType(value: Value): string {
  if (typeof value !== 'object' || value === null) return 'map';
  if (value.kind === 'histogram') return 'hist';
  if (value.kind === 'series') return 'tseries';
  return value.kind === 'stats' ? 'stats' : 'map';
}
