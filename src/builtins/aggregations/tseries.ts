/** tseries: one value for each of the last intervals. A key has an entry for each of them, which are used in turn. */

import { present } from '../../base/assert.ts';
import { kernelFrom } from '../../plan/machine.ts';
import type { Layout } from '../../types/layout.ts';
import { layOut, slotOf } from '../../types/layout.ts';
import type { AggregateType } from '../../types/type.ts';
import { u64 } from '../../types/type.ts';
import type { Cell, Series } from '../define.ts';
import { defineAggregation } from '../define.ts';
import type { Emitter, Memory, Scalar } from '../emitter.ts';
import { isSigned, total, wideType } from './count.ts';

/** What becomes of several values of one interval; by default the last one stays. */
const ways = ['last', 'avg', 'sum', 'min', 'max'] as const;
type Way = (typeof ways)[number];

const intervalsMax = 1_000_000n;

/**
 * `interval` is its number since 1970 and one, so that it is never 0. `extra` tells of `last` when that was, of `avg` how many values there
 * were, of `min` and `max` that there was one.
 */
const cellOf = (type: AggregateType): Layout =>
  layOut([
    { name: 'interval', type: u64 },
    { name: 'value', type: wideType(type) },
    { name: 'extra', type: u64 },
  ]);

interface Shape {
  /** Nanoseconds. */
  readonly interval: bigint;
  /** How many intervals are kept. */
  readonly kept: bigint;
  readonly way: Way;
}

function shapeOf({ parameters: [interval = 1n, kept = 1n, way = 0n] }: AggregateType): Shape {
  return { interval, kept, way: present(ways[Number(way)], 'way') };
}

/** Adds a value to a cell of this interval. */
function addValue(out: Emitter, cell: Memory, value: Scalar, moment: Scalar, type: AggregateType): void {
  const [valueAt, extraAt] = ['value', 'extra'].map((name) => slotOf(cellOf(type), name).offset) as [
    number,
    number,
  ];
  const { way } = shapeOf(type);
  switch (way) {
    case 'last':
      out.store(cell, valueAt, value);
      return out.store(cell, extraAt, moment);
    case 'sum':
      return out.atomicAdd(cell, valueAt, value);
    case 'avg':
      out.atomicAdd(cell, valueAt, value);
      return out.atomicAdd(cell, extraAt, out.int(1));
    case 'min':
    case 'max': {
      const isBetter = out.compare(
        way === 'min' ? '<' : '>',
        value,
        out.load(cell, valueAt, 64),
        type.signed,
      );
      const isFirst = out.compare('==', out.load(cell, extraAt, 64), 0);
      return out.when(out.or(isBetter, isFirst), () => {
        out.store(cell, valueAt, value);
        out.store(cell, extraAt, out.int(1));
      });
    }
  }
}

/** All CPUs' cells of one interval. */
function merged(cells: readonly Cell[], type: AggregateType): bigint {
  const slots = (name: string): readonly bigint[] => cells.map((cell) => present(cell[name], name));
  const values = slots('value');
  const least = values.reduce((a, b) => (b < a ? b : a));
  const most = values.reduce((a, b) => (b > a ? b : a));
  switch (shapeOf(type).way) {
    case 'last': {
      const latest = slots('extra').reduce((a, b) => (b > a ? b : a));
      return present(cells.find(({ extra }) => extra === latest)?.value, 'latest value');
    }
    case 'sum':
      return total(cells, 'value', type);
    case 'avg':
      return total(cells, 'value', type) / slots('extra').reduce((a, b) => a + b, 0n);
    case 'min':
      return least;
    case 'max':
      return most;
  }
}

/** From the first interval of the key that has a value to the newest of all keys. */
function seriesOf(cells: readonly Cell[], newest: bigint, type: AggregateType): Series {
  const { interval, kept } = shapeOf(type);
  const byInterval = new Map<bigint, Cell[]>();
  for (const cell of cells) {
    const number = present(cell.interval, 'interval');
    // What is older than all that is kept lies where nothing newer has come since.
    if (number <= newest - kept) continue;
    byInterval.set(number, [...(byInterval.get(number) ?? []), cell]);
  }
  const numbers = [...byInterval.keys()];
  if (numbers.length === 0) return { interval, points: [] };
  const first = numbers.reduce((a, b) => (b < a ? b : a));
  const points = Array.from({ length: Number(newest - first) + 1 }, (_, index) => {
    const number = first + BigInt(index);
    const known = byInterval.get(number);
    return { start: (number - 1n) * interval, ...(known && { value: merged(known, type) }) };
  });
  return { interval, points };
}

export const tseries = defineAggregation({
  name: 'tseries',
  doc: 'Time series: a value for each of the last `count` intervals of so many nanoseconds. Of several values in one interval the last is kept, or their "avg", "sum", "min" or "max".',
  example: 'kretprobe:vfs_read { @bytes = tseries(retval, 1000000000, 20, "sum"); }',
  params: [
    { name: 'value', takes: ['integer'] },
    { name: 'interval', takes: ['number'] },
    { name: 'count', takes: ['number'] },
    { name: 'way', takes: ['text'], optional: true },
  ],
  check: ([, interval, count, way], { settings }, report, call) => {
    const hints = ['Say that you know: config = { unstable_tseries = enable; }'];
    if (settings.unstableTseries !== 'enable')
      report[settings.unstableTseries === 'error' ? 'error' : 'warning'](
        'unstable-feature',
        'tseries() may still change',
        call,
        { hints },
      );
    if (typeof interval?.constant === 'bigint' && interval.constant < 1n)
      report.error('bad-argument', 'An interval has at least 1 nanosecond', interval.span);
    if (typeof count?.constant === 'bigint' && (count.constant < 1n || count.constant > intervalsMax))
      report.error(
        'bad-argument',
        `There can be 1 to ${intervalsMax} intervals, not ${count.constant}`,
        count.span,
      );
    const names = ways.slice(1);
    if (way && !names.some((name) => name === way.constant))
      report.error('bad-argument', `tseries() knows no '${way.constant}'`, way.span, {
        hints: [`It knows ${names.join(', ')}.`],
      });
  },
  type: ([value, interval, count, way]) => ({
    kind: 'aggregate',
    name: 'tseries',
    signed: isSigned(value),
    parameters: [
      ...[interval, count].map((argument) =>
        typeof argument?.constant === 'bigint' ? argument.constant : 1n,
      ),
      BigInt(
        Math.max(
          0,
          ways.findIndex((name) => name === way?.constant),
        ),
      ),
    ],
  }),
  cell: cellOf,
  entriesOfKey: (type) => Number(shapeOf(type).kept),
  moment: (out) =>
    kernelFrom(out.machine, 6, 1)
      ? out.helper('ktime_get_tai_ns', [])
      : out.add(out.helper('ktime_get_ns', []), out.machine.taiOffsetNsecs),
  bucket: (_args, out, type, moment) => {
    const { interval, kept } = shapeOf(type);
    const number = out.divide(present(moment, 'moment'), interval);
    return out.subtract(number, out.multiply(out.divide(number, kept), kept));
  },
  update: ([argument], out, cell, type, moment) => {
    const [intervalAt, valueAt, extraAt] = cellOf(type).slots.map(({ offset }) => offset) as [
      number,
      number,
      number,
    ];
    const now = present(moment, 'moment');
    const number = out.add(out.divide(now, shapeOf(type).interval), 1);
    const value = out.wide(present(argument, 'value'));
    // The number comes last: an interrupt in between then begins the interval itself.
    out.when(out.compare('!=', out.load(cell, intervalAt, 64), number), () => {
      out.store(cell, valueAt, out.int(0));
      out.store(cell, extraAt, out.int(0));
      out.store(cell, intervalAt, number);
    });
    addValue(out, cell, value, now, type);
  },
  series: (keys, type) => {
    const newest = keys
      .flat()
      .reduce((latest, { interval = 0n }) => (interval > latest ? interval : latest), 0n);
    return keys.map((cells) => seriesOf(cells, newest, type));
  },
});
