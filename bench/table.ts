/** Measured numbers as a table in Markdown: medians, and the ratio of runs side by side. */

import type { Measured } from './measurement.ts';
import { median, pairRatios } from './statistics.ts';
import type { Tracer } from './tracers.ts';

export function header(tracers: readonly Tracer[]): string {
  const [ours, ...others] = tracers.map(({ name }) => name);
  const columns = ['', '', ours ?? '', ...others.flatMap((name) => [name, `ratio (from – to)`])];
  return `${row(columns)}\n${row(columns.map((_, index) => (index < 2 ? '---' : '--:')))}`;
}

export function rows({ measurement, series, refusals }: Measured, tracers: readonly Tracer[]): string {
  const [ours, ...others] = tracers;
  const own = ours && series.get(ours);
  return measurement.figures
    .map(({ label, digits }, figure) => {
      const cell = (tracer: Tracer | undefined): string => {
        const values = tracer && series.get(tracer)?.[figure];
        return values === undefined ? 'failed' : median(values).toFixed(digits);
      };
      const compared = others.flatMap((other) => {
        const [mine, theirs] = [own?.[figure], series.get(other)?.[figure]];
        const ratio = mine && theirs && pairRatios(mine, theirs);
        const comparable = ratio !== undefined && Number.isFinite(ratio.median);
        return [
          cell(other),
          comparable ? `${short(ratio.median)} (${short(ratio.min)} – ${short(ratio.max)})` : '',
        ];
      });
      return row([figure === 0 ? measurement.title : '', label, cell(ours), ...compared]);
    })
    .concat([...refusals].map(([tracer, reason]) => row([`${tracer.name} failed`, firstLine(reason)])))
    .join('\n');
}

const short = (ratio: number): string => ratio.toFixed(2);
const firstLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
