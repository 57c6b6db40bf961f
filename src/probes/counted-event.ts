/** What software and hardware probes share: events of the kernel's performance counters, once in so many. */

import { didYouMean } from '../base/did-you-mean.ts';
import type { Report } from '../base/diagnostic.ts';
import { matcher } from '../base/wildcard.ts';
import type { ProbeDefinition, ResolvedProbe, TargetSource, TargetText } from './define.ts';
import { defineProbe } from './define.ts';
import { perfEventContext, periodMax } from './perf-event.ts';
import { countOf, reportForm } from './target-errors.ts';

export interface CountedEvent {
  /** Its own name first, then its aliases. */
  readonly names: readonly string[];
  /** perf_event_attr.config. */
  readonly config: bigint;
  /** Events per sample, if the script gives none. */
  readonly period: bigint;
}

interface Kind extends Pick<ProbeDefinition, 'name' | 'aliases' | 'doc' | 'example'> {
  /** perf_event_attr.type. */
  readonly type: number;
  readonly events: readonly CountedEvent[];
}

export function countedEventProbe({ type, events, ...kind }: Kind): ProbeDefinition {
  const { name: provider } = kind;
  const forms = [`${provider}:EVENT`, `${provider}:EVENT:COUNT`];
  const names = events.flatMap((event) => event.names);
  return defineProbe({
    ...kind,
    forms,
    programType: 'perf_event',
    resolve: (target, source, report) => {
      const [name, count] = target.parts;
      if (!name || target.parts.length > 2) {
        reportForm({ name: provider, forms }, target, report);
        return [];
      }
      const event = events.find((candidate) => candidate.names.includes(name.text));
      if (!event) {
        report.error('target-not-found', `There is no ${provider} event '${name.text}'`, name.span, {
          hints: [...didYouMean(name.text, names), `Events are ${names.join(', ')}.`],
        });
        return [];
      }
      const every = periodOf(count, event, report);
      return every === undefined ? [] : [resolved(target, type, event.config, every, source)];
    },
    *list(target) {
      const isName = matcher(target.parts[0]?.text ?? '*');
      for (const name of names) if (isName(name)) yield { name: `${provider}:${name}:` };
    },
  });
}

function periodOf(
  count: TargetText['parts'][number] | undefined,
  event: CountedEvent,
  report: Report,
): bigint | undefined {
  if (!count?.text) return event.period;
  return countOf(count, periodMax, report);
}

function resolved(
  { parts, provider }: TargetText,
  type: number,
  config: bigint,
  every: bigint,
  { machine }: TargetSource,
): ResolvedProbe {
  const pid = machine.targetPid;
  return {
    name: [provider, ...parts.map(({ text }) => text)].join(':'),
    attachment: {
      kind: 'perf-event',
      type,
      config,
      sample: { every },
      cpus: 'all',
      ...(pid !== undefined && { pid }),
    },
    context: perfEventContext(machine),
    contextKey: provider,
  };
}
