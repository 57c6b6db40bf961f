/** kprobe and kretprobe: entry (or any instruction) and return of a kernel function. */

import { present } from '../base/assert.ts';
import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { Machine } from '../plan/machine.ts';
import { kernelFrom } from '../plan/machine.ts';
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
  readonly address?: bigint;
  /** From a wildcard. */
  readonly every?: true;
  readonly isShared?: true;
}

/** What BTF and scripts call the kernel itself, where a module could stand. */
const kernelItself = 'vmlinux';

function contextOf(isReturn: boolean, isEntry: boolean, machine: Machine): ProbeContext {
  const { arguments: args, returnValue, instructionPointer } = registersOf(machine.arch);
  // On return the saved instruction pointer is the caller's; on entry it is where the kernel's own code has been put in, which differs by the
  // way of attaching. Before 5.15 there is nothing else.
  const isTold = isReturn || (isEntry && kernelFrom(machine, 5, 15));
  return {
    space: 'kernel',
    arguments: isReturn ? [] : args,
    ...(isReturn && { returnValue }),
    ...registerContext(machine.arch, 'pt_regs'),
    functionAddress: isTold ? 'get_func_ip' : instructionPointer,
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
  const place = ({ name, ...where }: KernelTarget, context: ProbeContext): ResolvedProbe => ({
    name: `${definition.name}:${label({ name, ...where })}${where.offset > 0 ? `+${where.offset}` : ''}`,
    attachment: { kind: 'kprobe', return: isReturn, symbol: name, ...where },
    context,
    contextKey: context.functionAddress === 'get_func_ip' ? definition.name : `${definition.name} inside`,
  });
  const places = (targets: readonly KernelTarget[], machine: Machine): readonly ResolvedProbe[] => {
    const [entry, inside] = [true, false].map((isEntry) => contextOf(isReturn, isEntry, machine));
    return targets.map((target) =>
      place(target, present(isEntryOf(target) ? entry : inside, 'context of a kprobe')),
    );
  };

  return defineProbe({
    ...definition,
    programType: 'kprobe',
    resolve: (target, source, report) =>
      places(targetsOf(definition, isReturn, target, source, report), source.machine),
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

const isEntryOf = ({ offset, address }: KernelTarget): boolean => offset === 0 && address === undefined;

const addressForm = /^0[xX][0-9a-fA-F]{1,16}$/;

/** An address is taken as it is: what lies there is the user's affair, as far as the kernel allows it. */
function addressOf(
  { name, forms }: Pick<ProbeDefinition, 'name' | 'forms'>,
  target: TargetText,
  source: TargetSource,
  report: Report,
): readonly KernelTarget[] {
  const text = target.parts[0]?.text ?? '';
  if (target.parts.length > 1) reportForm({ name, forms }, target, report);
  else if (source.unsafe) return [{ name: text, offset: 0, address: BigInt(text) }];
  else
    report.error('unsafe', `A ${name} at an address may be anywhere: it needs --unsafe`, target.span, {
      hints: ['Name a function, or a place in it: FUNCTION+OFFSET.'],
    });
  return [];
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
  if (last && addressForm.test(last.text)) return addressOf(definition, target, source, report);
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
  if (!hasWildcard(parsed.name) && (module === undefined || !hasWildcard(module))) {
    if (source.isUntraceable(parsed.name)) warnUntraceable(parsed.name, last.span, report);
    return [{ ...parsed, ...(module !== undefined && { module }) }];
  }
  if (parsed.offset > 0) {
    report.error('bad-probe-target', 'A wildcard can not have an offset', last.span);
    return [];
  }
  const found = matching(module, parsed.name, source).filter(({ name }) => !isClone(name));
  if (found.length === 0)
    reportMissing(`No kernel function matches '${last.text}'`, last.span, source.settings, report);
  return found.map((matched) => ({ ...matched, offset: 0, every: true as const }));
}

function warnUntraceable(name: string, span: Span, report: Report): void {
  report.warning(
    'not-traceable',
    `${name} is not among the functions that can be traced: it does not exist, is inlined, or marked notrace`,
    span,
    { hints: ['Attaching to it will likely fail. tstrace -l "kprobe:*NAME*" lists what there is.'] },
  );
}

/** Each name once, however many functions have it. */
function matching(
  module: string | undefined,
  name: string,
  source: TargetSource,
): readonly (KernelFunction & Pick<KernelTarget, 'isShared'>)[] {
  const isModule = module === undefined ? () => true : matcher(module);
  const isName = matcher(name);
  const found = new Map<string, KernelFunction & Pick<KernelTarget, 'isShared'>>();
  for (const candidate of source.traceableFunctions().functions) {
    if (!isName(candidate.name) || !isModule(candidate.module ?? kernelItself)) continue;
    const key = label(candidate);
    found.set(key, found.has(key) ? { ...candidate, isShared: true } : candidate);
  }
  return [...found.values()];
}

export const kprobe = kernelProbe(
  {
    name: 'kprobe',
    aliases: ['k'],
    doc: 'Entry of a kernel function, or an instruction within it.',
    example: 'kprobe:vfs_read { @bytes = hist(arg2); }',
    forms: ['kprobe:[MODULE:]FUNCTION', 'kprobe:[MODULE:]FUNCTION+OFFSET', 'kprobe:0xADDRESS'],
  },
  false,
);

export const kretprobe = kernelProbe(
  {
    name: 'kretprobe',
    aliases: ['kr'],
    doc: 'Return of a kernel function.',
    example: 'kretprobe:vfs_read { @bytes = hist(retval); }',
    forms: ['kretprobe:[MODULE:]FUNCTION', 'kretprobe:0xADDRESS'],
  },
  true,
);
