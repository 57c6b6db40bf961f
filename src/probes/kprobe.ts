/** kprobe and kretprobe: entry (or any instruction) and return of a kernel function. */

import type { Report } from '../base/diagnostic.ts';
import type { Machine } from '../plan/machine.ts';
import type {
  KernelFunction,
  ProbeContext,
  ProbeDefinition,
  ResolvedProbe,
  TargetSource,
  TargetText,
} from './define.ts';
import { defineProbe } from './define.ts';
import { parseFunctionOffset } from './offset-target.ts';
import { registerContext, registersOf } from './registers.ts';
import { reportForm, reportMissing } from './target-errors.ts';
import { hasWildcard, matcher } from '../base/wildcard.ts';

interface KernelTarget extends KernelFunction {
  readonly offset: number;
  /** From a wildcard. */
  readonly every?: true;
}

/** What BTF and scripts call the kernel itself, where a module could stand. */
const kernelItself = 'vmlinux';

function contextOf(isReturn: boolean, { arch }: Machine): ProbeContext {
  const { arguments: args, returnValue, instructionPointer } = registersOf(arch);
  return {
    space: 'kernel',
    arguments: isReturn ? [] : args,
    ...(isReturn && { returnValue }),
    ...registerContext(arch, 'pt_regs'),
    // On return the saved instruction pointer is the caller's.
    functionAddress: isReturn ? 'get_func_ip' : instructionPointer,
  };
}

/** Clones that the compiler split off: a wildcard means the functions that the source has. */
const isClone = (name: string): boolean => /\.(part|isra|constprop|cold)\b/.test(name);

const label = ({ name, module }: KernelFunction): string =>
  module === undefined || module === kernelItself ? name : `${module}:${name}`;

function kernelProbe(
  definition: Omit<ProbeDefinition, 'resolve' | 'list' | 'programType'>,
  isReturn: boolean,
): ProbeDefinition {
  const place = ({ name, module, offset, every }: KernelTarget, machine: Machine): ResolvedProbe => ({
    name: `${definition.name}:${label({ name, ...(module !== undefined && { module }) })}${offset > 0 ? `+${offset}` : ''}`,
    attachment: {
      kind: 'kprobe',
      return: isReturn,
      ...(module !== undefined && { module }),
      symbol: name,
      offset,
      ...(every && { every }),
    },
    context: contextOf(isReturn, machine),
    contextKey: definition.name,
  });

  return defineProbe({
    ...definition,
    programType: 'kprobe',
    resolve: (target, source, report) =>
      targetsOf(definition, isReturn, target, source, report).map((found) => place(found, source.machine)),
    // Every kprobe is a kretprobe too; listing them twice helps nobody.
    ...(isReturn && { listedByName: true }),
    *list(target: TargetText, source: TargetSource) {
      const [modulePattern, namePattern] =
        target.parts.length > 1 ? target.parts : [undefined, target.parts[0]];
      const matches = matching(modulePattern?.text, namePattern?.text ?? '*', source);
      for (const found of matches) yield { name: `${definition.name}:${label(found)}` };
    },
  });
}

function targetsOf(
  definition: Pick<ProbeDefinition, 'name' | 'forms'>,
  isReturn: boolean,
  target: TargetText,
  source: TargetSource,
  report: Report,
): readonly KernelTarget[] {
  const last = target.parts.at(-1);
  const parsed = last && parseFunctionOffset(last.text);
  if (!last || !parsed || target.parts.length > 2 || /^\d|\+/.test(parsed.name)) {
    reportForm(definition, target, report);
    return [];
  }
  const module = target.parts.length === 2 ? target.parts[0]?.text : undefined;
  if (isReturn && parsed.offset > 0) {
    report.error(
      'bad-probe-target',
      'A kretprobe is at the return of a function, it has no offset',
      last.span,
    );
    return [];
  }
  // A plain name is taken as it is: the kernel knows best whether it exists, and says so when it's attached.
  if (!hasWildcard(parsed.name) && (module === undefined || !hasWildcard(module)))
    return [{ ...parsed, ...(module !== undefined && { module }) }];
  if (parsed.offset > 0) {
    report.error('bad-probe-target', 'A wildcard can not have an offset', last.span);
    return [];
  }
  const found = [...matching(module, parsed.name, source)].filter(({ name }) => !isClone(name));
  if (found.length === 0)
    reportMissing(`No kernel function matches '${last.text}'`, last.span, source.settings, report);
  return found.map((matched) => ({ ...matched, offset: 0, every: true as const }));
}

function* matching(module: string | undefined, name: string, source: TargetSource): Iterable<KernelFunction> {
  const isModule = module === undefined ? () => true : matcher(module);
  const isName = matcher(name);
  const seen = new Set<string>();
  for (const found of source.traceableFunctions().functions) {
    if (!isName(found.name) || !isModule(found.module ?? kernelItself) || seen.has(label(found))) continue;
    seen.add(label(found));
    yield found;
  }
}

export const kprobe = kernelProbe(
  {
    name: 'kprobe',
    aliases: ['k'],
    doc: 'Entry of a kernel function, or an instruction within it.',
    example: 'kprobe:vfs_read { @bytes = hist(arg2); }',
    forms: ['kprobe:[MODULE:]FUNCTION', 'kprobe:[MODULE:]FUNCTION+OFFSET'],
  },
  false,
);

export const kretprobe = kernelProbe(
  {
    name: 'kretprobe',
    aliases: ['kr'],
    doc: 'Return of a kernel function.',
    example: 'kretprobe:vfs_read { @bytes = hist(retval); }',
    forms: ['kretprobe:[MODULE:]FUNCTION'],
  },
  true,
);
