/** All probe kinds, by name and alias. */

import { begin, end } from './begin-end.ts';
import type { ProbeDefinition } from './define.ts';
import { fentry, fexit } from './fentry.ts';
import { hardware } from './hardware.ts';
import { iter } from './iter.ts';
import { kprobe, kretprobe } from './kprobe.ts';
import { rawtracepoint } from './rawtracepoint.ts';
import { self } from './self.ts';
import { software } from './software.ts';
import { bench, test } from './test-bench.ts';
import { interval, profile } from './timers.ts';
import { tracepoint } from './tracepoint.ts';
import { uprobe, uretprobe } from './uprobe.ts';
import { usdt } from './usdt.ts';
import { watchpoint } from './watchpoint.ts';

export const probes: readonly ProbeDefinition[] = [
  begin,
  end,
  self,
  test,
  bench,
  kprobe,
  kretprobe,
  fentry,
  fexit,
  uprobe,
  uretprobe,
  usdt,
  tracepoint,
  rawtracepoint,
  profile,
  interval,
  software,
  hardware,
  watchpoint,
  iter,
];

const byName: ReadonlyMap<string, ProbeDefinition> = new Map(
  probes.flatMap((probe) => [probe.name, ...probe.aliases].map((name) => [name, probe] as const)),
);

/** By name or alias, in any case (BEGIN is begin), but for those that differ by case alone: u is uprobe, U is usdt. */
export function findProbe(name: string): ProbeDefinition | undefined {
  return byName.get(name) ?? byName.get(name.toLowerCase());
}

export function probeNames(): readonly string[] {
  return [...byName.keys()];
}
