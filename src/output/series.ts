/** Time series: a plot with a row for each interval, and their JSON. */

import type { ByteText, Value } from '../types/value.ts';
import { integerJson, textJson } from './json-text.ts';

export type Series = Extract<Value, { kind: 'series' }>;
type Point = Series['points'][number];

/** From one edge of the plot to the other. */
const plotColumns = 53;
const lastColumn = BigInt(plotColumns - 1);

const headings = { s: 'hh:mm:ss', ms: 'hh:mm:ss.ms', us: 'hh:mm:ss.us', ns: 'hh:mm:ss.ns' } as const;

interface Axis {
  readonly min: bigint;
  readonly max: bigint;
}

/** Each line with its break. */
export function seriesText({ precision, points }: Series): ByteText {
  const axis = axisOf(points);
  const timeColumns = points[0]?.time.length ?? 0;
  if (!axis) return '<no data>\n';
  const indent = ' '.repeat(timeColumns + 1);
  const edge = '_'.repeat(plotColumns - 2);
  const bounds = `${indent}${axis.min}${String(axis.max).padStart(plotColumns - String(axis.min).length)}`;
  return [
    bounds,
    `${headings[precision].padEnd(timeColumns)} |${edge}|`,
    ...points.map((point) => `${point.time} ${plotRow(point, axis)} ${point.value ?? '-'}`),
    `${indent}v${edge}v`,
    bounds,
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** Where all values are equal there is one to either side of them. */
function axisOf(points: readonly Point[]): Axis | undefined {
  const values = points.flatMap(({ value }) => value ?? []);
  const [first] = values;
  if (first === undefined) return undefined;
  const min = values.reduce((a, b) => (b < a ? b : a), first);
  const max = values.reduce((a, b) => (b > a ? b : a), first);
  return min === max ? { min: min - 1n, max: max + 1n } : { min, max };
}

const columnOf = (value: bigint, { min, max }: Axis): number =>
  Number(((value - min) * lastColumn) / (max - min));

function plotRow({ value }: Point, axis: Axis): string {
  const row = [...`|${' '.repeat(plotColumns - 2)}|`];
  if (axis.min < 0n && axis.max > 0n) row[columnOf(0n, axis)] = '.';
  if (value !== undefined) row[columnOf(value, axis)] = '*';
  return row.join('');
}

/** Intervals without a value are left out. */
export function seriesJson({ points }: Series): string {
  const members = points.flatMap(({ time, value }) =>
    value === undefined ? [] : [`{"interval_start":${textJson(time)},"value":${integerJson(value)}}`],
  );
  return `[${members.join(',')}]`;
}
