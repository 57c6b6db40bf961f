/** What probes say of targets that are malformed or not there. */

import { didYouMean } from '../base/did-you-mean.ts';
import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { Settings } from '../plan/settings.ts';
import type { ProbeDefinition, TargetText } from './define.ts';

/** The target's text does not have one of the probe's forms. */
export function reportForm(
  definition: Pick<ProbeDefinition, 'name' | 'forms'>,
  target: TargetText,
  report: Report,
): void {
  report.error('bad-probe-target', `This is not how ${definition.name} probes are written`, target.span, {
    hints: [`Write ${definition.forms.join(' or ')}.`],
  });
}

/** A number in a target; undefined if it is none from 1 to `max`, which is told. */
export function countOf(
  { text, span }: TargetText['parts'][number],
  max: bigint,
  report: Report,
): bigint | undefined {
  const number = /^\d+$/.test(text) ? BigInt(text) : 0n;
  if (number >= 1n && number <= max) return number;
  const message =
    number > max ? `${text} is too large: at most ${max}` : `'${text}' is not a number from 1 on`;
  report.error('bad-probe-target', message, span);
  return undefined;
}

/** Nothing answers to the target: an error, a warning or nothing, as missing_probes says. */
export function reportMissing(
  message: string,
  span: Span,
  settings: Settings,
  report: Report,
  near: { readonly word: string; readonly names: Iterable<string> } = { word: '', names: [] },
  hints: readonly string[] = [],
): void {
  if (settings.missingProbes === 'ignore') return;
  const extras = { hints: [...didYouMean(near.word, near.names), ...hints] };
  if (settings.missingProbes === 'warn') report.warning('target-not-found', message, span, extras);
  else report.error('target-not-found', message, span, extras);
}
