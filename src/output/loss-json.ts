/** What could not be had, as members of JSON objects: lost events, missed runs, updates of full maps, texts without their end. */

import type { Integer } from '../types/value.ts';
import { byteText } from '../types/value.ts';
import { integerJson, objectJson, stringJson, textJson } from './json-text.ts';
import { cutText, mapFullText, missedText, totalOf } from './notices.ts';
import type { CutTexts, LostEvents, MapOverflow, MissedRuns, ProbeStats } from './output.ts';

type Members = readonly (readonly [name: string, value: string])[];

export function lostMembers(losses: readonly LostEvents[]): Members {
  const total = integerJson(totalOf(losses));
  const probes = losses.map(({ probe, count }) =>
    objectJson([
      ['probe', textJson(byteText(probe))],
      ['events', integerJson(count)],
    ]),
  );
  return [
    ['count', total],
    [
      'data',
      objectJson([
        ['events', total],
        ['probes', `[${probes.join(',')}]`],
      ]),
    ],
  ];
}

export const missedMembers = (runs: MissedRuns): Members =>
  toldMembers(integerJson(runs.count), missedText(runs), [
    ['probe', textJson(byteText(runs.probe))],
    ['runs', integerJson(runs.count)],
    ['cause', stringJson(runs.cause)],
  ]);

export const overflowMembers = (overflow: MapOverflow): Members =>
  toldMembers(integerJson(overflow.count), mapFullText(overflow), [
    ['map', stringJson(overflow.map)],
    ['updates', integerJson(overflow.count)],
    ['max_entries', String(overflow.entriesMax)],
  ]);

/** Numbers that the kernel doesn't count are null. */
export function statsMembers(stats: readonly ProbeStats[]): Members {
  const counted = (count: Integer | undefined): string => (count === undefined ? 'null' : integerJson(count));
  const probes = stats.map(({ probe, fired, ran, missed, delivered, dropped, lost, nsPerRun }) =>
    objectJson([
      ['probe', textJson(byteText(probe))],
      ['fired', counted(fired)],
      ['ran', counted(ran)],
      ['missed', counted(missed)],
      ['delivered', integerJson(delivered)],
      ['dropped', integerJson(dropped)],
      ['lost', integerJson(lost)],
      ['ns_per_run', counted(nsPerRun)],
    ]),
  );
  return [['data', objectJson([['probes', `[${probes.join(',')}]`]])]];
}

export const cutMembers = (cut: CutTexts): Members =>
  toldMembers(integerJson(cut.count), cutText(cut), [
    ['texts', integerJson(cut.count)],
    ['max_strlen', String(cut.bytesMax)],
  ]);

const toldMembers = (count: string, message: string, data: Members): Members => [
  ['count', count],
  ['msg', textJson(byteText(message))],
  ['data', objectJson(data)],
];
