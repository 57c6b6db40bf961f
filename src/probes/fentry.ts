/** fentry and fexit: entry and return of a kernel function through BTF, with typed arguments; cheaper than kprobes. */

import type { Report } from '../base/diagnostic.ts';
import type { Machine } from '../plan/machine.ts';
import { kernelFrom } from '../plan/machine.ts';
import type {
  FunctionPrototype,
  ListedProbe,
  ProbeDefinition,
  ResolvedProbe,
  TargetSource,
  TargetText,
} from './define.ts';
import { defineProbe } from './define.ts';
import { bpfMatches, bpfModule, bpfTarget, labelOf, resolveBpf } from './bpf-function.ts';
import { warnOfLocks } from './lock-functions.ts';
import { reportForm, reportMissing } from './target-errors.ts';
import { hasWildcard, matcher } from '../base/wildcard.ts';

function tracingProbe(
  definition: Omit<ProbeDefinition, 'resolve' | 'list' | 'programType'>,
  isExit: boolean,
): ProbeDefinition {
  const place = (name: string, prototype: FunctionPrototype, machine: Machine): ResolvedProbe => {
    const label = `${definition.name}:${prototype.btfObject}:${name}`;
    return {
      name: label,
      attachment: { kind: 'tracing', function: name },
      tracing: {
        attachType: isExit ? 'fexit' : 'fentry',
        btfObject: prototype.btfObject,
        btfId: prototype.btfId,
      },
      context: {
        space: 'kernel',
        arguments: [],
        args: prototype.args,
        // The return value comes behind the arguments, 8 bytes each (kernel/bpf/trampoline.c).
        ...(isExit &&
          prototype.returns.kind !== 'none' && {
            returnValue: { offset: 8 * prototype.parameters.length, type: prototype.returns },
          }),
        functionAddress: 'get_func_ip',
        typedPointers: 'present',
        // Until 5.12 nothing kept the program from running within itself (kernel/bpf/trampoline.c, __bpf_prog_enter).
        reentrant: !kernelFrom(machine, 5, 12),
      },
      contextKey: label,
    };
  };

  return defineProbe({
    ...definition,
    programType: 'tracing',
    resolve: (target, source, report) => {
      const bpf = bpfTarget(target);
      if (bpf?.name.text) return resolveBpf(bpf, { provider: definition.name, isExit }, source, report);
      const name = target.parts.at(-1);
      const module = target.parts.length === 2 ? target.parts[0] : undefined;
      if (!name?.text || target.parts.length > 2 || module?.text === '') {
        reportForm(definition, target, report);
        return [];
      }
      if (!source.hasBtf) {
        report.error(
          'btf-missing',
          `${definition.name} needs type information of the kernel (BTF), which this kernel lacks`,
          target.span,
          {
            hints: [
              `Use ${isExit ? 'kretprobe' : 'kprobe'}:${name.text}, or a kernel built with CONFIG_DEBUG_INFO_BTF.`,
            ],
          },
        );
        return [];
      }
      const names =
        hasWildcard(name.text) || (module && hasWildcard(module.text))
          ? expand(module?.text, name.text, source)
          : [{ name: name.text, module: module?.text }];
      if (names.length === 0)
        reportMissing(
          `No kernel function with BTF matches '${name.text}'`,
          name.span,
          source.settings,
          report,
        );
      warnOfLocks(
        definition.name,
        names.map((found) => found.name),
        name.span,
        report,
      );
      return names.flatMap((found) => {
        const prototype = prototypeOf(found.name, found.module, name.span, source, report);
        return prototype ? [place(found.name, prototype, source.machine)] : [];
      });
    },
    ...(isExit && { listedByName: true }),
    list: (target: TargetText, source: TargetSource) => listed(definition.name, isExit, target, source),
  });
}

const kernelItself = 'vmlinux';

function* listed(
  provider: string,
  isExit: boolean,
  target: TargetText,
  source: TargetSource,
): Iterable<ListedProbe> {
  const module = target.parts.length > 1 ? target.parts[0]?.text : undefined;
  yield* listedPrograms(provider, target, source);
  for (const found of expand(module, target.parts.at(-1)?.text ?? '*', source)) {
    const prototypes = (): readonly FunctionPrototype[] =>
      source.functionPrototypes(found.name, found.module === kernelItself ? undefined : found.module);
    yield {
      name: `${provider}:${found.module}:${found.name}`,
      context: () =>
        listedContext(
          prototypes().find(({ btfObject }) => btfObject === found.module),
          isExit,
        ),
    };
  }
}

/** Of all that is there, or by name. */
function* listedPrograms(provider: string, target: TargetText, source: TargetSource): Iterable<ListedProbe> {
  const [module, name] = target.parts.length > 1 ? target.parts : [undefined, target.parts[0]];
  const isAsked = module === undefined || matcher(module.text)(bpfModule);
  const every = { text: '*', span: target.span };
  const wanted = bpfTarget(target) ?? (isAsked ? { name: name ?? every } : undefined);
  if (wanted) for (const found of bpfMatches(wanted, source)) yield { name: `${provider}:${labelOf(found)}` };
}

function listedContext(
  prototype: FunctionPrototype | undefined,
  isExit: boolean,
): ReturnType<NonNullable<ListedProbe['context']>> {
  if (!prototype) return undefined;
  const { args, returns } = prototype;
  const returnValue = isExit && returns.kind !== 'none' ? { returnValue: { offset: 0, type: returns } } : {};
  return { args, arguments: [], ...returnValue };
}

/** Functions that have BTF and can be traced. */
function expand(
  module: string | undefined,
  name: string,
  source: TargetSource,
): readonly { name: string; module: string }[] {
  const isModule = module === undefined ? () => true : matcher(module);
  const isName = matcher(name);
  const traceable = source.traceableFunctions();
  const canBeTraced = new Set(traceable.functions.map((found) => found.name));
  return source
    .prototypeNames()
    .map((found) => ({ name: found.name, module: found.module ?? kernelItself }))
    .filter(
      (found) =>
        isName(found.name) && isModule(found.module) && (!traceable.exact || canBeTraced.has(found.name)),
    );
}

function prototypeOf(
  name: string,
  module: string | undefined,
  span: TargetText['span'],
  source: TargetSource,
  report: Report,
): FunctionPrototype | undefined {
  const found = source.functionPrototypes(name, module === kernelItself ? undefined : module);
  const [first, second] =
    module === kernelItself ? found.filter((candidate) => candidate.btfObject === kernelItself) : found;
  if (!first) {
    const near = { word: name, names: [...source.prototypeNames()].map((candidate) => candidate.name) };
    reportMissing(`There is no kernel function '${name}' with BTF`, span, source.settings, report, near);
    return undefined;
  }
  if (second) {
    const modules = found.map((candidate) => candidate.btfObject).join(', ');
    report.error('bad-probe-target', `Several modules have a function '${name}': ${modules}`, span, {
      hints: [`Name the module: ${first.btfObject}:${name}`],
    });
    return undefined;
  }
  return first;
}

export const fentry = tracingProbe(
  {
    name: 'fentry',
    aliases: ['f', 'kfunc'],
    doc: 'Entry of a kernel function, with typed arguments: args.NAME.',
    example: 'fentry:vfs_write { @bytes = sum(args.count); }',
    forms: ['fentry:[MODULE:]FUNCTION', 'fentry:bpf:[ID:]FUNCTION'],
  },
  false,
);

export const fexit = tracingProbe(
  {
    name: 'fexit',
    aliases: ['fr', 'kretfunc'],
    doc: 'Return of a kernel function, with its arguments and what it returned: args.NAME, retval.',
    example: 'fexit:vfs_write { @bytes = hist(retval); }',
    forms: ['fexit:[MODULE:]FUNCTION', 'fexit:bpf:[ID:]FUNCTION'],
  },
  true,
);
