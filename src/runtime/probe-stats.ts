/**
 * What became of each firing of each probe, for --stats: fired = ran + missed, and of the events that a program has sent, sent =
 * delivered + dropped + lost. Numbers that the kernel doesn't count are absent, not 0.
 */

import type { Result, SysError } from '../base/result.ts';
import type { ProbeStats } from '../output/output.ts';
import type { Machine } from '../plan/machine.ts';
import { kernelFrom } from '../plan/machine.ts';
import type { Attachment, EventPlan } from '../plan/plan.ts';
import { isOwn } from '../plan/plan.ts';
import type { AttachedProbe } from './attach.ts';
import type { BpfApi, PerfCount } from './bpf-api.ts';
import type { EventCounts } from './drain.ts';
import type { Handles } from './handles.ts';
import type { LoadedProgram } from './load.ts';

type StatsApi = Pick<
  BpfApi,
  'enableStats' | 'programInfo' | 'linkInfo' | 'disablePerfEvent' | 'readPerfEvent'
>;

/** What can be read only while a probe is attached. */
interface Attached {
  /** Firings of its perf events. */
  fired: bigint | undefined;
  /** Firings that the kernel could not take; undefined if it doesn't count them. */
  overruns: bigint | undefined;
}

export class ProbeStatistics {
  readonly #bpf: StatsApi;
  readonly #programs: readonly LoadedProgram[];
  readonly #machine: Pick<Machine, 'kernel'>;
  readonly #attached = new Map<LoadedProgram['plan'], Attached>();

  /** From here on the kernel counts runs; `handles` own what makes it do so. Since 5.8. */
  constructor(
    bpf: StatsApi,
    handles: Handles,
    programs: readonly LoadedProgram[],
    machine: Pick<Machine, 'kernel'>,
  ) {
    const enabled = bpf.enableStats();
    if (enabled.ok) handles.own(enabled.value, 'statistics of programs');
    this.#bpf = bpf;
    this.#programs = programs;
    this.#machine = machine;
  }

  /** Perf events are stopped for it: what is read is what they have come to. */
  beforeDetaching(probes: readonly AttachedProbe[]): void {
    for (const { events } of probes) for (const event of events) this.#bpf.disablePerfEvent(event);
    for (const probe of probes) {
      const before = this.#attached.get(probe.program) ?? { fired: 0n, overruns: 0n };
      this.#attached.set(probe.program, {
        fired: plus(before.fired, this.#firings(probe)),
        overruns: plus(before.overruns, this.#overruns(probe)),
      });
    }
  }

  #firings({ attachment, events }: AttachedProbe): bigint | undefined {
    if (attachment.kind !== 'perf-event') return undefined;
    return events.reduce<bigint | undefined>(
      (sum, event) => plus(sum, firingsOf(attachment, this.#bpf.readPerfEvent(event))),
      0n,
    );
  }

  #overruns({ attachment, links }: AttachedProbe): bigint | undefined {
    if (attachment.kind !== 'kprobe') return 0n;
    const [link] = links;
    const info = link === undefined ? undefined : this.#bpf.linkInfo(link);
    return info?.ok ? info.value.missed : undefined;
  }

  /** When nothing runs any more. `lost` counts by the program's place in the plan, `taken` by events' numbers. */
  all(
    plan: { readonly programs: readonly LoadedProgram['plan'][]; readonly events: readonly EventPlan[] },
    lost: readonly bigint[],
    taken: readonly EventCounts[],
  ): readonly ProbeStats[] {
    return this.#programs.map((program) => {
      const index = plan.programs.indexOf(program.plan);
      const events = taken.filter((_counts, number) => plan.events[number]?.program === index);
      return {
        probe: program.plan.probe,
        ...this.#runs(program),
        delivered: sumOf(events.map(({ delivered }) => delivered)),
        dropped: sumOf(events.map(({ dropped }) => dropped)),
        lost: lost[index] ?? 0n,
      };
    });
  }

  #runs(program: LoadedProgram): Pick<ProbeStats, 'fired' | 'ran' | 'missed' | 'nsPerRun'> {
    const info = this.#bpf.programInfo(program.fd);
    if (!info.ok) return {};
    const { runCount: ran, runTimeNs, recursionMisses } = info.value;
    const mean = ran > 0n ? { nsPerRun: runTimeNs / ran } : {};
    const missed = this.#missed(program, ran, recursionMisses);
    return { ran, ...mean, ...(missed !== undefined && { missed, fired: ran + missed }) };
  }

  #missed({ plan }: LoadedProgram, ran: bigint, recursions: bigint | undefined): bigint | undefined {
    if (plan.attachments.every(isOwn)) return 0n;
    const { fired, overruns } = this.#attached.get(plan) ?? {};
    if (fired !== undefined) return fired > ran ? fired - ran : 0n;
    const counted = plan.attachments.map((attachment) => recursionOf(attachment, this.#machine));
    if (counted.includes('unknown')) return undefined;
    return plus(overruns, counted.includes('counted') ? recursions : 0n);
  }
}

const plus = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
  a === undefined || b === undefined ? undefined : a + b;

const sumOf = (counts: readonly number[]): bigint => BigInt(counts.reduce((sum, count) => sum + count, 0));

/** The kernel's clocks tick no faster (kernel/events/core.c, perf_swevent_hrtimer). */
const tickNsMin = 10_000n;
/** perf_event_attr.type and .config of the clock of a CPU: PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK. */
const [softwareType, cpuClock] = [1, 0n];

/**
 * How often an event's period has gone by, whether or not the program was run for it. The clock of a CPU stands still while it is
 * throttled, but not the time for which it is enabled.
 */
function firingsOf(
  { type, config, sample }: Extract<Attachment, { kind: 'perf-event' }>,
  read: Result<PerfCount, SysError>,
): bigint | undefined {
  if (!read.ok) return undefined;
  const period = 'every' in sample ? sample.every : 1_000_000_000n / sample.hertz;
  if (type !== softwareType || config !== cpuClock) return read.value.count / period;
  return read.value.enabledNs / (period > tickNsMin ? period : tickNsMin);
}

/**
 * Whether a program's runs can be left out because it, or any, was running already, and whether that is counted in it: by trampolines
 * since 5.12, for raw tracepoints since 6.1, for kprobes and tracepoints since 6.7 (kernel/trace/bpf_trace.c, trace_call_bpf).
 * Uprobes have run regardless since 6.0.
 */
function recursionOf(
  { kind }: Attachment,
  machine: Pick<Machine, 'kernel'>,
): 'counted' | 'unknown' | 'impossible' {
  switch (kind) {
    case 'tracing':
      return kernelFrom(machine, 5, 12) ? 'counted' : 'unknown';
    case 'raw-tracepoint':
      return kernelFrom(machine, 6, 1) ? 'counted' : 'unknown';
    case 'kprobe':
    case 'tracepoint':
      return kernelFrom(machine, 6, 7) ? 'counted' : 'unknown';
    case 'uprobe':
      return kernelFrom(machine, 6, 0) ? 'impossible' : 'unknown';
    // A perf event that could not be read.
    case 'perf-event':
      return 'unknown';
    default:
      return 'impossible';
  }
}
