/** What --stats says of a probe, from what the kernel counts, and what it leaves open. */

import { expect, test } from 'vitest';
import type { Result } from '../../../src/base/result.ts';
import { ok } from '../../../src/base/result.ts';
import type { Attachment, ProgramPlan } from '../../../src/plan/plan.ts';
import type { BpfApi, Fd } from '../../../src/runtime/bpf-api.ts';
import { asFd } from '../../../src/runtime/bpf-api.ts';
import { Handles } from '../../../src/runtime/handles.ts';
import { ProbeStatistics } from '../../../src/runtime/probe-stats.ts';
import { errorOf, fakeBpf } from '../../support/fake-bpf.ts';

const span = { file: 'test', start: 0, end: 0 };

const kprobe: Attachment = { kind: 'kprobe', return: true, symbol: 'f', offset: 0 };
const tracepoint: Attachment = { kind: 'tracepoint', category: 'a', event: 'b', id: 1 };
const uprobe: Attachment = { kind: 'uprobe', return: false, path: '/bin/a', offset: 8 };
const clock = (sample: Extract<Attachment, { kind: 'perf-event' }>['sample'], config = 0n): Attachment => ({
  kind: 'perf-event',
  type: 1,
  config,
  sample,
  cpus: 'all',
});

interface Counted {
  readonly runs?: bigint;
  readonly recursions?: bigint;
  readonly overruns?: bigint;
  /** Of each of two perf events. */
  readonly reading?: { readonly count: bigint; readonly enabledNs: bigint };
  readonly kernel?: readonly [number, number];
  readonly refuses?: true;
}

function statsOf(attachment: Attachment, counted: Counted) {
  const { runs = 0n, recursions, overruns, reading = { count: 0n, enabledNs: 0n } } = counted;
  const bpf: Pick<BpfApi, 'enableStats' | 'programInfo' | 'linkInfo' | 'disablePerfEvent' | 'readPerfEvent'> =
    {
      enableStats: () => ok(asFd(100)),
      programInfo: (program) => {
        const info = { id: program, name: '', instructions: 1, runTimeNs: 7n * runs, runCount: runs };
        return ok({ ...info, ...(recursions !== undefined && { recursionMisses: recursions }) });
      },
      linkInfo: (link) => ok({ id: link, ...(overruns !== undefined && { missed: overruns }) }),
      disablePerfEvent: (): Result<void, never> => ok(undefined),
      readPerfEvent: () => (counted.refuses ? { ok: false, error: errorOf('read', 'EINVAL') } : ok(reading)),
    };
  const plan: ProgramPlan = {
    name: 'p_1',
    probe: 'p',
    type: 'kprobe',
    attachments: [attachment],
    span,
  };
  const programs = [{ plan, fd: asFd<'program'>(1), log: '' }];
  const machine = { kernel: counted.kernel ?? ([6, 12] as const) };
  const statistics = new ProbeStatistics(bpf, new Handles(fakeBpf()), programs, machine);
  const events: readonly Fd<'perf-event'>[] = attachment.kind === 'perf-event' ? [asFd(5), asFd(6)] : [];
  statistics.beforeDetaching([{ program: plan, attachment, links: [asFd(3)], events }]);
  const [stats] = statistics.all({ programs: [plan], events: [] }, [4n], []);
  const { fired, ran, missed } = stats ?? {};
  return { fired, ran, missed };
}

test('a kprobe: runs that recursion forbade, and returns that there was no room for', () =>
  expect(statsOf(kprobe, { runs: 10n, recursions: 3n, overruns: 5n })).toEqual({
    fired: 18n,
    ran: 10n,
    missed: 8n,
  }));

test.each<readonly [string, Attachment, Counted]>([
  ['a kprobe before links tell what they missed', kprobe, { runs: 10n, recursions: 0n }],
  ['recursion of tracepoints before 6.7', tracepoint, { runs: 10n, recursions: 0n, kernel: [6, 6] }],
  ['recursion of uprobes before 6.0', uprobe, { runs: 10n, recursions: 0n, kernel: [5, 19] }],
])('what nobody counts is no number: %s', (_what, attachment, counted) =>
  expect(statsOf(attachment, counted)).toEqual({ fired: undefined, ran: 10n, missed: undefined }),
);

test('a tracepoint counts what recursion forbade', () =>
  expect(statsOf(tracepoint, { runs: 10n, recursions: 2n })).toEqual({ fired: 12n, ran: 10n, missed: 2n }));

test('uprobes run whatever else does', () =>
  expect(statsOf(uprobe, { runs: 10n })).toEqual({ fired: 10n, ran: 10n, missed: 0n }));

test.each<readonly [string, Attachment, Counted, bigint]>([
  [
    'a clock by the time for which it was there',
    clock({ hertz: 100n }),
    { reading: { count: 1n, enabledNs: 59_999_999n } },
    10n,
  ],
  [
    'no tick is shorter than 10 us',
    clock({ every: 1000n }),
    { reading: { count: 0n, enabledNs: 1_000_000n } },
    200n,
  ],
  [
    'other events by their own count',
    clock({ every: 100n }, 2n),
    { reading: { count: 1050n, enabledNs: 9n } },
    20n,
  ],
])('%s', (_what, attachment, counted, fired) =>
  expect(statsOf(attachment, { runs: 4n, ...counted })).toEqual({ fired, ran: 4n, missed: fired - 4n }),
);

test('an event that can not be read leaves open what was missed', () =>
  expect(statsOf(clock({ hertz: 9n }), { runs: 4n, refuses: true })).toEqual({
    fired: undefined,
    ran: 4n,
    missed: undefined,
  }));
