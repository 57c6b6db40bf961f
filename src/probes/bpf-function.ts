/** fentry:bpf:[ID:]NAME: a function of a BPF program that runs. What it takes and returns is not told: the kernel knows it as one context. */

import type { Report } from '../base/diagnostic.ts';
import { hasWildcard, matcher } from '../base/wildcard.ts';
import type { BpfFunction, ResolvedProbe, TargetSource, TargetText } from './define.ts';
import { reportMissing } from './target-errors.ts';

/** What stands where a module could. */
export const bpfModule = 'bpf';

interface Wanted {
  readonly id?: string;
  readonly name: TargetText['parts'][number];
}

export interface TracedExit {
  readonly provider: string;
  readonly isExit: boolean;
}

/** Undefined if the target is something else. */
export function bpfTarget({ parts }: Pick<TargetText, 'parts'>): Wanted | undefined {
  const [module, second, third] = parts;
  if (module?.text !== bpfModule || !second || parts.length > 3) return undefined;
  return third ? { id: second.text, name: third } : { name: second };
}

export const labelOf = ({ program, name }: BpfFunction): string => `${bpfModule}:${program}:${name}`;

/** With their ids, if these are asked for. */
export function bpfMatches({ id = '*', name }: Wanted, source: TargetSource): readonly BpfFunction[] {
  const [isId, isName] = [matcher(id), matcher(name.text)];
  return source.bpfFunctions().filter((found) => isId(String(found.program)) && isName(found.name));
}

export function resolveBpf(
  wanted: Wanted,
  traced: TracedExit,
  source: TargetSource,
  report: Report,
): readonly ResolvedProbe[] {
  const { id, name } = wanted;
  const found = bpfMatches(wanted, source);
  if (found.length === 0) {
    const message =
      id === undefined
        ? `No BPF program that runs has a function '${name.text}'`
        : `BPF program ${id} does not run, or has no function '${name.text}'`;
    const near = { word: name.text, names: source.bpfFunctions().map((known) => known.name) };
    const hints = [`tstrace -l 'fentry:bpf:*' lists those that can be traced (as root).`];
    reportMissing(message, name.span, source.settings, report, near, hints);
  }
  if (found.length > 1 && !hasWildcard(name.text) && (id === undefined || !hasWildcard(id))) {
    const ids = found.map(({ program }) => program);
    report.error(
      'bad-probe-target',
      `Several BPF programs have a function '${name.text}': ${ids.join(', ')}`,
      name.span,
      { hints: [`Name the program: ${traced.provider}:${bpfModule}:${ids[0]}:${name.text}`] },
    );
    return [];
  }
  return found.map((function_) => placeOf(function_, traced));
}

const untold = 'a BPF program does not tell what its functions take or return';

function placeOf(found: BpfFunction, { provider, isExit }: TracedExit): ResolvedProbe {
  const name = `${provider}:${labelOf(found)}`;
  return {
    name,
    attachment: { kind: 'tracing', function: found.name },
    tracing: {
      attachType: isExit ? 'fexit' : 'fentry',
      btfObject: bpfModule,
      btfId: found.btfId,
      program: found.program,
    },
    context: {
      space: 'kernel',
      arguments: [],
      functionAddress: 'get_func_ip',
      typedPointers: 'present',
      missing: { args: untold, returnValue: untold },
    },
    contextKey: name,
  };
}
