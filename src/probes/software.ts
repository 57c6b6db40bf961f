/** software: the kernel's own counters, every so many events. */

import { didYouMean } from '../base/did-you-mean.ts';
import { defineProbe } from './define.ts';
import { perfEventContext, perfTypes } from './perf-event.ts';
import { reportForm } from './target-errors.ts';
import { matcher } from '../base/wildcard.ts';

interface SoftwareEvent {
  readonly names: readonly string[];
  /** enum perf_sw_ids of include/uapi/linux/perf_event.h. */
  readonly config: bigint;
  /** Events per sample, if the script gives none. */
  readonly period: bigint;
}

const events: readonly SoftwareEvent[] = [
  { names: ['alignment-faults'], config: 7n, period: 1n },
  { names: ['bpf-output'], config: 10n, period: 1n },
  { names: ['context-switches', 'cs'], config: 3n, period: 1000n },
  { names: ['cpu-clock', 'cpu'], config: 0n, period: 1_000_000n },
  { names: ['cpu-migrations'], config: 4n, period: 1n },
  { names: ['dummy'], config: 9n, period: 1n },
  { names: ['emulation-faults'], config: 8n, period: 1n },
  { names: ['major-faults'], config: 6n, period: 1n },
  { names: ['minor-faults'], config: 5n, period: 100n },
  { names: ['page-faults', 'faults'], config: 2n, period: 100n },
  { names: ['task-clock'], config: 1n, period: 1n },
];

const names = events.flatMap((event) => event.names);
const forms = ['software:EVENT', 'software:EVENT:COUNT'];

export const software = defineProbe({
  name: 'software',
  aliases: ['s'],
  doc: 'A software event of the kernel (page faults, context switches …), once in so many.',
  example: 'software:page-faults:100 { @[comm] = count(); }',
  forms,
  programType: 'perf_event',
  resolve: (target, source, report) => {
    const [name, count] = target.parts;
    if (!name || target.parts.length > 2) {
      reportForm({ name: 'software', forms }, target, report);
      return [];
    }
    const event = events.find((candidate) => candidate.names.includes(name.text));
    if (!event) {
      report.error('target-not-found', `There is no software event '${name.text}'`, name.span, {
        hints: [...didYouMean(name.text, names), `Events are ${names.join(', ')}.`],
      });
      return [];
    }
    const every = count?.text ? (/^\d{1,18}$/.test(count.text) ? BigInt(count.text) : 0n) : event.period;
    if (every < 1n) {
      report.error(
        'bad-probe-target',
        `'${count?.text}' is not a number from 1 on`,
        count?.span ?? target.span,
      );
      return [];
    }
    const pid = source.machine.targetPid;
    return [
      {
        name: ['software', ...target.parts.map(({ text }) => text)].join(':'),
        attachment: {
          kind: 'perf-event',
          type: perfTypes.software,
          config: event.config,
          sample: { every },
          cpus: 'all',
          ...(pid !== undefined && { pid }),
        },
        context: perfEventContext(source.machine),
        contextKey: 'software',
      },
    ];
  },
  *list(target) {
    const isName = matcher(target.parts[0]?.text ?? '*');
    for (const name of names) if (isName(name)) yield `software:${name}:`;
  },
});
