/** Output as text. */

import type { MapEntry } from '../types/map-entries.ts';
import type { MapSnapshot, Output, TextKind } from './output.ts';
import type { Notices } from './notices.ts';
import { arrangeEntries } from './sort.ts';
import { trialText } from './trial-text.ts';
import { keyText, valueText } from './value-text.ts';
import type { Writer } from './writer.ts';

export function textOutput(writer: Writer, notices: Notices): Output {
  return {
    // Text has no place for it.
    from() {},
    text: (kind, text) => writer.write(endsLine.has(kind) ? `${text}\n` : text),
    value: (value) => writer.write(`${valueText(value)}\n`),
    map(map, options) {
      for (const entry of arrangeEntries(map, options)) writer.write(entryText(map, entry));
    },
    beginFinalMaps: () => writer.write('\n\n'),
    attachedProbes: (count) => notices.attachedProbes(count),
    pinned: (path) => notices.pinned(path),
    lost: (count) => notices.lost(count),
    lostTotal: (losses) => notices.lostTotal(losses),
    missed: (runs) => notices.missed(runs),
    mapFull: (overflow) => notices.mapFull(overflow),
    textsCut: (cut) => notices.textsCut(cut),
    stats: (stats) => notices.stats(stats),
    incident: (incident) => notices.incident(incident),
    diagnostics: (diagnostics) => notices.diagnostics(diagnostics),
    ...trialText(writer),
    idle: () => writer.idle(),
    finish: () => writer.finish(),
  };
}

/** What has a line break behind it that is none of its own. */
const endsLine: ReadonlySet<TextKind> = new Set(['join', 'syscall']);

/** One entry with its line break: `@x: 5`, `@x[1, foo]: 5`; a histogram has its name above and a blank line below. */
function entryText(map: MapSnapshot, { key, value }: MapEntry): string {
  const name = map.keyed ? `${map.name}[${keyText(key)}]` : map.name;
  if (typeof value === 'object' && (value?.kind === 'histogram' || value?.kind === 'series'))
    return `${name}:\n${valueText(value)}\n`;
  return `${name}: ${valueText(value)}\n`;
}
