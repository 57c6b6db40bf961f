/** Runs that must lose something, here and in guests: what was lost is told, exactly, and what matters gets through all the same. */

import { expect } from 'vitest';
import type { Finished, Place } from './end-to-end.ts';

/** One page: it is full after some hundred events. */
const smallestRing = { TSTRACE_PERF_RB_PAGES: '1' };

const isFlood = 'pid == cpid && args.count == 1';

interface LostByProbe {
  readonly total: number;
  readonly probes: Readonly<Record<string, number>>;
}

/** What stderr says of lost events. */
function lostIn({ stderr }: Finished): LostByProbe {
  const total = Number(/Total lost event count: (\d+)/.exec(stderr)?.[1] ?? 0);
  const probes = [...stderr.matchAll(/^(\S+) lost (\d+) events?$/gm)].map(
    ([, probe, count]) => [probe, Number(count)] as const,
  );
  return { total, probes: Object.fromEntries(probes) };
}

const reportedIn = ({ stderr }: Finished): number =>
  [...stderr.matchAll(/^Lost (\d+) events?$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);

/** While tstrace is stopped the ring fills, and nothing is taken from it: printed and lost events add up to what the flood sent. */
export async function checkForcedLoss(place: Place, writes: number): Promise<void> {
  const script = `tracepoint:syscalls:sys_enter_write /${isFlood}/ { printf("%d %d\\n", args.count, pid); @sent = count(); }`;
  const command = `${place.programs}/flood ${writes} held`;
  const finished = await place.tstrace(['-q', '-c', command, '-e', script], smallestRing);
  const printed = finished.stdout.match(/^1 \d+$/gm)?.length ?? 0;
  const { total, probes } = lostIn(finished);
  expect(total).toBeGreaterThan(0);
  expect({ status: finished.status, sum: printed + total, reported: reportedIn(finished), probes }).toEqual({
    status: 0,
    sum: writes,
    reported: total,
    probes: { 'tracepoint:syscalls:sys_enter_write': total },
  });
  expect(finished.stdout).toContain(`@sent: ${writes}`);
}

/** As fast as it can, with a timer that wants in between: printed events and reported losses add up to what the flood sent. */
export async function checkFlood(place: Place, writes: number): Promise<void> {
  const script = `tracepoint:syscalls:sys_enter_write /${isFlood}/ { printf("%d %d\\n", args.count, pid); @sent = count(); }
    interval:ms:1 { @ticks = count(); if (0) { exit(); } }`;
  const command = `${place.programs}/flood ${writes}`;
  const finished = await place.tstrace(['-q', '-c', command, '-e', script], smallestRing);
  const printed = finished.stdout.match(/^1 \d+$/gm)?.length ?? 0;
  const { total } = lostIn(finished);
  expect({ status: finished.status, sum: printed + total, reported: reportedIn(finished) }).toEqual({
    status: 0,
    sum: writes,
    reported: total,
  });
  expect(finished.stdout).toContain(`@sent: ${writes}`);
}

interface Line {
  readonly type: string;
  readonly count?: number;
  readonly data: unknown;
}

/** Lines of JSON of a type. */
const linesOf = ({ stdout }: Finished, type: string): readonly Line[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.type === type);

/** One probe sends twice as often as the other, and large records do not fit where small ones do: each has its own balance. */
export async function checkLossByProbe(place: Place, writes: number): Promise<void> {
  const script = `tracepoint:syscalls:sys_enter_write /${isFlood}/ { printf("in"); printf("in"); }
    tracepoint:syscalls:sys_exit_write /pid == cpid && args.ret == 1/ { printf("out %r", buf(curtask, 400)); }`;
  const command = `${place.programs}/flood ${writes} held`;
  const args = ['-f', 'json', '-c', command, '-e', script];
  const finished = await place.tstrace(args, smallestRing);
  const texts = linesOf(finished, 'printf').map(({ data }) => String(data));
  const [entered, left] = ['in', 'out'].map((word) => texts.filter((text) => text.startsWith(word)).length);
  const lostByProbe = {
    'tracepoint:syscalls:sys_enter_write': 2 * writes - (entered ?? 0),
    'tracepoint:syscalls:sys_exit_write': writes - (left ?? 0),
  };
  const total = 3 * writes - texts.length;
  expect(total).toBeGreaterThan(writes);
  const probes = Object.entries(lostByProbe).map(([probe, events]) => ({ probe, events }));
  expect(linesOf(finished, 'lost_events_total')).toEqual([
    { type: 'lost_events_total', count: total, data: { events: total, probes } },
  ]);
  expect(linesOf(finished, 'lost_events').reduce((sum, { count = 0 }) => sum + count, 0)).toBe(total);
  expect(lostIn(finished)).toEqual({ total, probes: lostByProbe });
}

/**
 * A raw tracepoint whose program sets it off again: the kernel does not run the program within itself, and counts that. So every
 * write fires it twice, and fired = printed + lost + missed.
 */
export async function checkMissedRuns(place: Place, writes: number): Promise<void> {
  const again = 'rawtracepoint:bpf_trace_printk';
  const script = `tracepoint:syscalls:sys_enter_write /${isFlood}/ { debugf("flood"); }
    ${again} /pid == cpid/ { debugf("again"); printf("ran"); @ran = count(); }`;
  const args = ['-f', 'json', '--no-warnings', '-c', `${place.programs}/flood ${writes} held`, '-e', script];
  const finished = await place.tstrace(args, smallestRing);
  const printed = linesOf(finished, 'printf').length;
  const { total, probes } = lostIn(finished);
  expect(probes).toEqual({ [again]: total });
  expect(total).toBeGreaterThan(0);
  expect(linesOf(finished, 'missed_runs')).toMatchObject([
    { count: writes, data: { probe: again, runs: writes, cause: 'recursion' } },
  ]);
  expect(printed + total + writes).toBe(2 * writes);
  expect(linesOf(finished, 'map').map(({ data }) => data)).toEqual([{ '@ran': writes }]);
  expect(finished.stderr).toContain(`${again} missed ${writes} runs`);
}

/** Seven keys want into maps of three entries, by each way there is to write; whoever is in stays in, and the rest is counted. */
export async function checkFullMaps(place: Place): Promise<void> {
  const script = `uprobe:${place.programs}/reader:add_up {
    @set[arg0] = arg0; @steps[arg0]++; @count[arg0 % 5] = count(); @hist = hist(arg0); @fits[arg0 % 3] = 1; }`;
  const args = ['-c', `${place.programs}/reader 7 1`, '-e', script];
  const [text, json] = [
    await place.tstrace(args, { TSTRACE_MAX_MAP_KEYS: '3' }),
    await place.tstrace(['-f', 'json', ...args], { TSTRACE_MAX_MAP_KEYS: '3' }),
  ];
  // Keys 0 to 6; modulo 5, keys 3 and 4 come too late once each; the buckets of hist are 0, 1, 2-3 and 4-7.
  const wanted = { '@count': 2, '@hist': 3, '@set': 4, '@steps': 4 };
  const full = [...text.stderr.matchAll(/WARNING: (@\w+) is full \(3 entries\): (\d+) updates? failed/g)];
  expect(Object.fromEntries(full.map(([, map, count]) => [map, Number(count)]))).toEqual(wanted);
  expect(linesOf(json, 'map_full').map(({ data }) => data)).toEqual(
    expect.arrayContaining(
      Object.entries(wanted).map(([map, updates]) => ({ map, updates, max_entries: 3 })),
    ),
  );
  expect(linesOf(json, 'map_full')).toHaveLength(Object.keys(wanted).length);
  for (const line of ['@set[2]: 2', '@steps[2]: 1', '@count[0]: 2', '@count[2]: 1'])
    expect(text.stdout.split('\n')).toContain(line);
  expect(text.stdout).not.toMatch(/@(set|steps|count)\[[3-9]\]/);
}

/** exit() of the script arrives while a flood fills the smallest ring. */
export async function checkExitInFlood(place: Place): Promise<void> {
  const script = `tracepoint:syscalls:sys_enter_write /pid == cpid/ { @n++; printf("%d\\n", args.count); if (@n == 20000) { exit(7); } }`;
  const command = `${place.programs}/flood 2000000000`;
  const finished = await place.tstrace(['-q', '-c', command, '-e', script], smallestRing);
  expect(finished.status).toBe(7);
}

interface ProbeRow {
  readonly probe: string;
  readonly fired: number;
  readonly ran: number;
  readonly missed: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly lost: number;
}

/** Each probe's numbers add up under a flood: fired = ran + missed, sent = delivered + lost, and what user space got is what was delivered. */
export async function checkStatistics(place: Place, writes: number): Promise<void> {
  const again = 'rawtracepoint:bpf_trace_printk';
  const put = `uprobe:${place.programs}/flood:put`;
  const script = `begin { printf("begun"); } ${put} { printf("put"); printf("twice"); debugf("flood"); }
    ${again} /pid == cpid/ { debugf("again"); printf("again"); } interval:ms:10 { @ticks = count(); }`;
  const args = ['--stats', '-f', 'json', '--no-warnings', '-c', `${place.programs}/flood ${writes} held`];
  const finished = await place.tstrace([...args, '-e', script], smallestRing);
  const texts = linesOf(finished, 'printf').map(({ data }) => String(data));
  const printed = (...words: readonly string[]): number =>
    texts.filter((text) => words.includes(text)).length;
  const [told] = linesOf(finished, 'probe_stats');
  const { probes } = told?.data as { readonly probes: readonly ProbeRow[] };
  const rowOf = (name: string): ProbeRow | undefined => probes.find(({ probe }) => probe === name);
  expect(probes.map(({ probe }) => probe)).toEqual(['begin', put, again, 'interval:ms:10']);
  expect(rowOf('begin')).toMatchObject({ fired: 1, ran: 1, missed: 0, delivered: 1, lost: 0 });
  expect(rowOf(put)).toMatchObject({
    fired: writes,
    ran: writes,
    missed: 0,
    delivered: printed('put', 'twice'),
  });
  expect(rowOf(again)).toMatchObject({ missed: writes, delivered: printed('again') });
  expect(sentBy(rowOf(put))).toBe(2 * writes);
  expect(sentBy(rowOf(again))).toBe(writes);
  for (const { fired, ran, missed, dropped } of probes) expect([fired, dropped]).toEqual([ran + missed, 0]);
  expect(rowOf(put)?.lost).toBeGreaterThan(0);
}

const sentBy = (row: ProbeRow | undefined): number => (row?.delivered ?? 0) + (row?.lost ?? 0);
