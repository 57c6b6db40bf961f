/** self: what happens to tstrace itself. So far that is a signal that somebody sends it. */

import type { Report } from '../base/diagnostic.ts';
import { didYouMean } from '../base/did-you-mean.ts';
import type { SelfSignal } from '../plan/plan.ts';
import { selfSignals } from '../plan/plan.ts';
import type { ResolvedProbe, TargetText } from './define.ts';
import { defineProbe } from './define.ts';
import { reportForm } from './target-errors.ts';
import { matcher } from '../base/wildcard.ts';

const forms = selfSignals.map((signal) => `self:signal:${signal}`);

export const self = defineProbe({
  name: 'self',
  aliases: [],
  doc: 'Runs when tstrace itself gets a signal, once for each, while the other probes are attached. A script that has no others goes on until it is stopped.',
  example:
    'self:signal:SIGUSR1 { print(@); clear(@); } tracepoint:syscalls:sys_enter_openat { @[comm] = count(); }',
  forms,
  // As begin and end.
  programType: 'raw_tracepoint',
  resolve: (target, _source, report) => {
    const [event, signal, more] = target.parts;
    if (event?.text !== 'signal' || !signal?.text || more) {
      reportForm({ name: 'self', forms }, target, report);
      return [];
    }
    const known = selfSignals.find((name) => name === signal.text);
    if (known === undefined) reportSignal(signal, report);
    return known === undefined ? [] : [place(known)];
  },
  *list(target) {
    const [isEvent, isSignal] = [0, 1].map((index) => matcher(target.parts[index]?.text ?? '*'));
    if (!isEvent?.('signal')) return;
    for (const signal of selfSignals) if (isSignal?.(signal)) yield { name: `self:signal:${signal}` };
  },
});

function place(signal: SelfSignal): ResolvedProbe {
  const name = `self:signal:${signal}`;
  return {
    name,
    attachment: { kind: 'self', signal },
    context: { space: 'kernel', arguments: [] },
    contextKey: name,
  };
}

function reportSignal({ text, span }: TargetText['parts'][number], report: Report): void {
  const near = didYouMean(text, selfSignals);
  report.error('bad-probe-target', `There is no probe on the signal '${text}'`, span, {
    hints: near.length > 0 ? near : [`There is one on ${selfSignals.join(', ')}.`],
  });
}
