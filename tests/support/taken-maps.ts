/** print(@x) and clear(@x), over many intervals while all CPUs write: what was printed adds up to what there was. Here and in guests. */

import { expect } from 'vitest';
import type { Place } from './end-to-end.ts';

/** Sums of what was printed of each map: values of lines `@x: 5` and `@x[k]: 5`, counts of the rows below `@h:`. */
function sumsIn(stdout: string): Readonly<Record<string, bigint>> {
  const sums: Record<string, bigint> = {};
  let histogram = '';
  for (const line of stdout.split('\n')) {
    const [, headed, name = headed ?? '', value] = /^(?:(@\w+):|(@\w+)(?:\[.*\])?: (\d+))$/.exec(line) ?? [];
    if (headed !== undefined) histogram = headed;
    const row = /^\S.*?(\d+) \|/.exec(line)?.[1];
    const added = value ?? row;
    const to = value === undefined ? histogram : name;
    if (added !== undefined) sums[to] = (sums[to] ?? 0n) + BigInt(added);
  }
  return sums;
}

/** Each thread writes so often; keyed and scalar maps, per CPU and shared, are cleared or zeroed after each print. */
export async function checkTakenMaps(place: Place, threads: number, writes: number): Promise<void> {
  const script = `tracepoint:syscalls:sys_enter_write /pid == cpid && args.count == 1/ {
      @count = count(); @sum[cpu, tid] = sum(args.count); @n[cpu]++; @h = hist(args.count); @zeroed[tid] = count(); @all = count(); }
    interval:ms:100 { print(@count); print(@sum); print(@n); print(@h); print(@zeroed);
      clear(@count); clear(@sum); clear(@n); clear(@h); zero(@zeroed); @intervals = count(); }`;
  const command = `${place.programs}/crowd ${threads} ${writes}`;
  const { stdout, stderr, status } = await place.tstrace(['-q', '-c', command, '-e', script]);
  const { '@intervals': intervals = 0n, ...sums } = sumsIn(stdout);
  const all = BigInt(threads * writes);
  expect({ stderr, status, ...sums }).toEqual({
    stderr: '',
    status: 0,
    ...Object.fromEntries(['@count', '@sum', '@n', '@h', '@zeroed', '@all'].map((name) => [name, all])),
  });
  expect(Number(intervals)).toBeGreaterThan(1);
}
