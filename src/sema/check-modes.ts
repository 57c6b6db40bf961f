/** What the run is there for, and what the script has for it: tests and benches have names of their own, and a run needs something to do. */

import type { Report } from '../base/diagnostic.ts';
import { hasErrors } from '../base/outcome.ts';
import type { Span } from '../base/span.ts';
import type { RunMode } from '../plan/plan.ts';
import { hasPart } from '../plan/plan.ts';
import type { Facts } from './facts.ts';
import type { ExpandedProbe } from './expand-probes.ts';

/** `span`: what is to blame if there is nothing at all. */
export function checkModes(
  expanded: readonly ExpandedProbe[],
  { mode, probeFilter }: Pick<Facts, 'mode' | 'probeFilter'>,
  span: Span,
  report: Report,
): void {
  checkNames(expanded, report);
  if (!mode || hasErrors(report.diagnostics) || expanded.some((probe) => isTaskOf(probe, mode))) return;
  const trial = expanded.find((probe) => isTaskOf(probe, 'test') || isTaskOf(probe, 'bench'));
  const filtered = probeFilter ? ` that the filter ${probeFilter.source} fits` : '';
  if (mode !== 'trace')
    report.error('no-probes', `The script has no ${nouns[mode]}${filtered}`, span, {
      hints: [`Write ${mode}:NAME { … }.`],
    });
  else if (trial && expanded.every(({ attachments }) => attachments.every(isTrial)))
    report.error('no-probes', 'The script has nothing but tests and benches', trial.span, {
      hints: ['--test runs tests, --bench runs benches.'],
    });
}

const nouns = { test: 'tests', bench: 'benches' } as const;

const isTrial = ({ kind }: ExpandedProbe['attachments'][number]): boolean =>
  kind === 'test' || kind === 'bench';

/** begin and end are there for others. */
const isTaskOf = ({ attachments }: ExpandedProbe, mode: RunMode): boolean =>
  hasPart({ attachments }, mode) && !attachments.every(({ kind }) => kind === 'begin' || kind === 'end');

function checkNames(expanded: readonly ExpandedProbe[], report: Report): void {
  const first = new Map<string, Span>();
  for (const { attachments, span } of expanded)
    for (const attachment of attachments) {
      if (attachment.kind !== 'test' && attachment.kind !== 'bench') continue;
      const name = `${attachment.kind}:${attachment.name}`;
      const other = first.get(name);
      if (!other) first.set(name, span);
      else
        report.error('declared-twice', `There is another ${name}`, span, {
          labels: [{ span: other, text: 'the first one' }],
          hints: ['Give each a name of its own.'],
        });
    }
}
