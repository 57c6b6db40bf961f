/** rawtracepoint: a tracepoint with its arguments as the kernel passes them, before they are put into an event. */

import type { Report } from '../base/diagnostic.ts';
import { kernelFrom } from '../plan/machine.ts';
import { u64 } from '../types/type.ts';
import type { ListedProbe, ResolvedProbe, TargetSource, TargetText } from './define.ts';
import { defineProbe } from './define.ts';
import { reportForm, reportMissing } from './target-errors.ts';
import { hasWildcard, matcher } from '../base/wildcard.ts';

const forms = ['rawtracepoint:EVENT', 'rawtracepoint:MODULE:EVENT'];

export const rawtracepoint = defineProbe({
  name: 'rawtracepoint',
  aliases: ['rt'],
  doc: "A static event of the kernel with the kernel's own arguments: args.NAME by BTF, or arg0, arg1 ….",
  example: 'rawtracepoint:sched_switch { @[args.next->pid] = count(); }',
  forms,
  // Loads from such a program's context are plain numbers to the verifier, unlike those of BTF tracing programs.
  programType: 'raw_tracepoint',
  resolve: (target, source, report) => {
    const event = target.parts.at(-1);
    if (!event?.text || target.parts.length > 2) {
      reportForm({ name: 'rawtracepoint', forms }, target, report);
      return [];
    }
    if (!source.hasBtf) {
      report.error(
        'btf-missing',
        'Raw tracepoints need type information of the kernel (BTF), which this kernel lacks',
        target.span,
        {
          hints: ['Use tracepoint:CATEGORY:EVENT, or a kernel built with CONFIG_DEBUG_INFO_BTF.'],
        },
      );
      return [];
    }
    if (!hasWildcard(event.text)) return one(event.text, event.span, source, report);
    const isName = matcher(event.text);
    const found = source.rawTracepoints().filter(isName);
    if (found.length === 0)
      reportMissing(`No raw tracepoint matches '${event.text}'`, event.span, source.settings, report);
    return found.flatMap((name) => one(name, event.span, source, report));
  },
  *list(target, source) {
    // BTF does not tell which module an event belongs to.
    const [module] = target.parts.length > 1 ? target.parts : [];
    if (module && !matcher(module.text)('vmlinux')) return;
    const isName = matcher(target.parts.at(-1)?.text ?? '*');
    for (const name of source.rawTracepoints())
      if (isName(name)) yield { name: `rawtracepoint:${name}`, context: () => argumentsOf(name, source) };
  },
});

function argumentsOf(name: string, source: TargetSource): ReturnType<NonNullable<ListedProbe['context']>> {
  const found = source.rawTracepoint(name);
  return found && { args: found.args, arguments: [] };
}

function one(
  event: string,
  span: TargetText['span'],
  source: TargetSource,
  report: Report,
): readonly ResolvedProbe[] {
  const found = source.rawTracepoint(event);
  if (!found) {
    const near = { word: event, names: source.rawTracepoints() };
    reportMissing(`There is no raw tracepoint ${event}`, span, source.settings, report, near);
    return [];
  }
  const name = `rawtracepoint:${event}`;
  return [
    {
      name,
      attachment: { kind: 'raw-tracepoint', name: event },
      context: {
        space: 'kernel',
        arguments: found.parameters.map((_, index) => ({ offset: 8 * index, type: u64 })),
        args: found.args,
        // Until 6.1 nothing kept the program from running within itself (kernel/trace/bpf_trace.c, __bpf_trace_run).
        reentrant: !kernelFrom(source.machine, 6, 1),
      },
      contextKey: name,
    },
  ];
}
