/** What became of the firings of probes, as a table: a row for each, numbers flush right. */

import type { Integer } from '../types/value.ts';
import type { ProbeStats } from './output.ts';

const columns: readonly {
  readonly head: string;
  readonly value: (stats: ProbeStats) => Integer | undefined;
}[] = [
  { head: 'fired', value: ({ fired }) => fired },
  { head: 'ran', value: ({ ran }) => ran },
  { head: 'missed', value: ({ missed }) => missed },
  { head: 'delivered', value: ({ delivered }) => delivered },
  { head: 'dropped', value: ({ dropped }) => dropped },
  { head: 'lost', value: ({ lost }) => lost },
  { head: 'ns/run', value: ({ nsPerRun }) => nsPerRun },
];

/** What the kernel doesn't count. */
const unknown = '?';

export function statsText(stats: readonly ProbeStats[]): string {
  const rows = [
    ['PROBE', ...columns.map(({ head }) => head)],
    ...stats.map((row) => [row.probe, ...columns.map(({ value }) => String(value(row) ?? unknown))]),
  ];
  const widths = rows[0]?.map((_head, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths?.[column] ?? 0) : cell.padStart(widths?.[column] ?? 0);
  return rows.map((row) => `${row.map(pad).join('  ')}\n`).join('');
}
