/** interval and profile: at regular times, on one CPU or on all. */

import type { Report } from '../base/diagnostic.ts';
import type { Attachment } from '../plan/plan.ts';
import type { ProbeDefinition, TargetText } from './define.ts';
import { defineProbe } from './define.ts';
import { perfEventContext, perfTypes, periodMax } from './perf-event.ts';
import { countOf, reportForm } from './target-errors.ts';

type Sample = Extract<Attachment, { kind: 'perf-event' }>['sample'];

const unitNsecs: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

/** Anything faster would be all the CPU does. */
const periodNsecsMin = 1_000n;

const clockConfig = 0n;

function timer(
  definition: Omit<ProbeDefinition, 'resolve' | 'list' | 'programType'>,
  cpus: 'all' | 'one',
): ProbeDefinition {
  return defineProbe({
    ...definition,
    programType: 'perf_event',
    resolve: (target, source, report) => {
      const sample = sampleOf(definition, target, report);
      if (!sample) return [];
      const pid = source.machine.targetPid;
      return [
        {
          name: [definition.name, ...target.parts.map(({ text }) => text)].join(':'),
          attachment: {
            kind: 'perf-event',
            type: perfTypes.software,
            config: clockConfig,
            sample,
            cpus,
            // An interval is about the clock, not about a process.
            ...(pid !== undefined && cpus === 'all' && { pid }),
          },
          context: perfEventContext(source.machine),
          contextKey: definition.name,
        },
      ];
    },
    *list() {
      for (const unit of ['us', 'ms', 's', 'hz']) yield { name: `${definition.name}:${unit}:N` };
    },
  });
}

function sampleOf(
  definition: Pick<ProbeDefinition, 'name' | 'forms'>,
  target: TargetText,
  report: Report,
): Sample | undefined {
  const [unit, count] = target.parts;
  if (!unit || target.parts.length > 2) {
    reportForm(definition, target, report);
    return undefined;
  }
  if (!count) return durationOf(definition, unit, target, report);
  const isHertz = unit.text === 'hz';
  const factor = isHertz ? 1n : unitNsecs[unit.text];
  if (factor === undefined || !['us', 'ms', 's', 'hz'].includes(unit.text)) {
    report.error('bad-probe-target', `There is no unit '${unit.text}'`, unit.span, {
      hints: ['Units are s, ms, us and hz.'],
    });
    return undefined;
  }
  const number = countOf(count, periodMax / factor, report);
  if (number === undefined) return undefined;
  return isHertz ? { hertz: number } : everyNsecs(number * factor, target, report);
}

/** interval:5s, or plain nanoseconds. */
function durationOf(
  definition: Pick<ProbeDefinition, 'name' | 'forms'>,
  text: TargetText['parts'][number],
  target: TargetText,
  report: Report,
): Sample | undefined {
  const match = /^(\d+)(ns|us|ms|s|m|h|d)?$/.exec(text.text);
  const factor = unitNsecs[match?.[2] ?? 'ns'];
  if (!match?.[1] || factor === undefined) {
    reportForm(definition, target, report);
    return undefined;
  }
  return everyNsecs(BigInt(match[1]) * factor, target, report);
}

function everyNsecs(period: bigint, target: TargetText, report: Report): Sample | undefined {
  if (period >= periodNsecsMin && period <= periodMax) return { every: period };
  report.error(
    'bad-probe-target',
    `A period is at least ${periodNsecsMin} ns and less than 2^63 ns`,
    target.span,
  );
  return undefined;
}

const formsOf = (name: string): readonly string[] => [
  `${name}:hz:N`,
  `${name}:s:N`,
  `${name}:ms:N`,
  `${name}:us:N`,
  `${name}:5s`,
];

export const interval = timer(
  {
    name: 'interval',
    aliases: ['i'],
    doc: 'Regularly, on one CPU.',
    example: 'interval:s:1 { print(@); clear(@); } kprobe:vfs_read { @ = count(); }',
    forms: formsOf('interval'),
  },
  'one',
);

export const profile = timer(
  {
    name: 'profile',
    aliases: ['p'],
    doc: 'Regularly, on every CPU: to see what they are doing.',
    example: 'profile:hz:99 { @[kstack] = count(); }',
    forms: formsOf('profile'),
  },
  'all',
);
