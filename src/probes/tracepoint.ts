/** tracepoint: a place that the kernel's authors have marked, with named arguments. */

import type { Report } from '../base/diagnostic.ts';
import type { ResolvedProbe, TargetSource, TargetText } from './define.ts';
import { defineProbe } from './define.ts';
import { reportForm, reportMissing } from './target-errors.ts';
import { hasWildcard, matcher } from '../base/wildcard.ts';

const forms = ['tracepoint:CATEGORY:EVENT'];

export const tracepoint = defineProbe({
  name: 'tracepoint',
  aliases: ['t'],
  doc: "A static event of the kernel with named arguments: args.NAME. Pointers in arguments of system calls lead to the process's memory.",
  example: 'tracepoint:syscalls:sys_enter_openat { printf("%s\\n", str(args.filename)); }',
  forms,
  programType: 'tracepoint',
  resolve: (target, source, report) => {
    const [category, event] = target.parts;
    if (!category?.text || !event?.text || target.parts.length !== 2) {
      reportForm({ name: 'tracepoint', forms }, target, report);
      return [];
    }
    if (!hasWildcard(category.text) && !hasWildcard(event.text))
      return one(category.text, event.text, target, source, report);
    const found = matching(category.text, event.text, source);
    if (found.length === 0)
      reportMissing(
        `No tracepoint matches '${category.text}:${event.text}'`,
        target.span,
        source.settings,
        report,
      );
    return found.flatMap(({ category, event }) => one(category, event, target, source, report));
  },
  *list(target, source) {
    const [category, event] = target.parts;
    for (const found of matching(category?.text ?? '*', event?.text ?? '*', source))
      yield {
        name: `tracepoint:${found.category}:${found.event}`,
        context: () => {
          const event = source.tracepoint(found.category, found.event);
          return typeof event === 'object' ? { args: event.args, arguments: [] } : undefined;
        },
      };
  },
});

function matching(
  category: string,
  event: string,
  source: TargetSource,
): readonly { category: string; event: string }[] {
  const isCategory = matcher(category);
  const isEvent = matcher(event);
  return source.tracepoints().filter((found) => isCategory(found.category) && isEvent(found.event));
}

function one(
  category: string,
  event: string,
  target: TargetText,
  source: TargetSource,
  report: Report,
): readonly ResolvedProbe[] {
  const found = source.tracepoint(category, event);
  if (found === 'denied') {
    report.error('no-privileges', 'The kernel does not let this user read its tracepoints', target.span, {
      hints: ['Run as root.'],
    });
    return [];
  }
  if (!found) {
    const known = source.tracepoints();
    const hints =
      known.length === 0
        ? ['No tracepoints can be seen: is tracefs mounted? mount -t tracefs tracefs /sys/kernel/tracing']
        : [];
    const names = known.map((candidate) => `${candidate.category}:${candidate.event}`);
    const near = { word: `${category}:${event}`, names };
    reportMissing(
      `There is no tracepoint ${category}:${event}`,
      target.span,
      source.settings,
      report,
      near,
      hints,
    );
    return [];
  }
  const name = `tracepoint:${category}:${event}`;
  return [
    {
      name,
      attachment: { kind: 'tracepoint', category, event, id: found.id },
      context: { space: category === 'syscalls' ? 'user' : 'kernel', arguments: [], args: found.args },
      contextKey: name,
    },
  ];
}
