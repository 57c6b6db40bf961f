/** usdt: places that a program's authors have marked, with arguments. */

import type { Report } from '../base/diagnostic.ts';
import { matcher } from '../base/wildcard.ts';
import { binariesToList, findBinaries, probedBinary } from './binaries.ts';
import type { Executable, ResolvedProbe, TargetSource, TargetText, UsdtSite } from './define.ts';
import { defineProbe } from './define.ts';
import { registerContext, registersOf } from './registers.ts';
import { reportForm, reportMissing } from './target-errors.ts';
import { usdtArguments } from './usdt-operands.ts';

const forms = ['usdt:BINARY:[PROVIDER:]NAME', 'usdt:*:NAME', 'usdt:NAME (with -p)'];

type Part = TargetText['parts'][number];

interface UsdtTarget {
  /** `*`: all that processes have mapped. */
  readonly binary: Part;
  readonly provider: string;
  readonly name: Part;
}

export const usdt = defineProbe({
  name: 'usdt',
  aliases: ['U'],
  doc: 'A place that a program announces by itself (a static probe, USDT), with the arguments arg0, arg1 … of which it tells where they are.',
  example: 'usdt:/lib/libstdc++.so.6:throw { @[comm] = count(); }',
  forms,
  programType: 'kprobe',
  resolve: (target, source, report) => {
    const written = readTarget(target, source);
    if (!written) {
      reportForm({ name: 'usdt', forms }, target, report);
      return [];
    }
    const binaries = findBinaries(written.binary, target.span, source, report);
    const found = binaries.flatMap((binary) =>
      sitesNamed(binary, written).map((site) => place(binary, site, source)),
    );
    if (binaries.length > 0 && found.length === 0) reportNone(binaries, written, source, report);
    return found;
  },
  listedInBinaries: true,
  *list(target, source) {
    const [binary, provider, name] =
      target.parts.length > 2 ? target.parts : [target.parts[0], , target.parts[1]];
    const wanted = { provider: provider?.text ?? '*', name: name?.text ?? '*' };
    for (const found of binariesToList(binary, source))
      for (const site of found.usdtSites().filter(isSite(wanted)))
        yield {
          name: namesOf([site], found.path)[0] ?? '',
          context: () => ({ arguments: usdtArguments(site, found.variable, source.machine.arch) }),
        };
  },
});

/** `BINARY:[PROVIDER:]NAME`, or NAME alone for a process; undefined if the parts have another form. */
function readTarget({ parts, span }: TargetText, { machine }: TargetSource): UsdtTarget | undefined {
  const name = parts.at(-1);
  if (!name?.text || parts.length > 3) return undefined;
  const written = parts.length > 1 ? parts[0] : undefined;
  const all = machine.targetPid === undefined ? undefined : { text: '*', span };
  const binary = written?.text ? written : all;
  const provider = parts.length === 3 ? (parts[1]?.text ?? '') : '*';
  return binary && provider !== '' ? { binary, provider, name } : undefined;
}

function isSite({ provider, name }: { provider: string; name: string }): (site: UsdtSite) => boolean {
  const [isProvider, isName] = [matcher(provider), matcher(name)];
  return (site) => isProvider(site.provider) && isName(site.name);
}

const sitesNamed = (binary: Executable, { provider, name }: UsdtTarget): readonly UsdtSite[] =>
  binary.usdtSites().filter(isSite({ provider, name: name.text }));

const namesOf = (sites: readonly UsdtSite[], path: string): readonly string[] =>
  sites.map(({ provider, name }) => `usdt:${path}:${provider}:${name}`);

function place(binary: Executable, site: UsdtSite, { machine }: TargetSource): ResolvedProbe {
  const [name = ''] = namesOf([site], binary.path);
  const args = usdtArguments(site, binary.variable, machine.arch);
  return {
    name,
    attachment: {
      kind: 'uprobe',
      return: false,
      path: binary.path,
      offset: site.fileOffset,
      usdt: { name, ...(site.semaphore !== undefined && { semaphore: site.semaphore }) },
      ...(machine.targetPid !== undefined && { pid: machine.targetPid }),
    },
    context: {
      space: 'user',
      arguments: args,
      ...registerContext(machine.arch, 'pt_regs'),
      functionAddress: registersOf(machine.arch).instructionPointer,
      ...probedBinary(binary, site.fileOffset),
      reentrant: true,
    },
    // Sites of one name may have their arguments in different places: each such place is a program of its own.
    contextKey: JSON.stringify(args, (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    ),
  };
}

function reportNone(
  binaries: readonly Executable[],
  { name, provider }: UsdtTarget,
  source: TargetSource,
  report: Report,
): void {
  const [binary, another] = binaries;
  const where = binary && !another ? binary.path : `None of ${binaries.length} files`;
  const wanted = provider === '*' ? name.text : `${provider}:${name.text}`;
  const known = binaries.flatMap((found) => found.usdtSites());
  const names = known.map((site) => (provider === '*' ? site.name : `${site.provider}:${site.name}`));
  const hints = known.length === 0 ? ['It was built without static probes: a uprobe may do.'] : [];
  reportMissing(
    `${where} has ${another ? 'a' : 'no'} static probe '${wanted}'`,
    name.span,
    source.settings,
    report,
    { word: wanted, names: new Set(names) },
    another ? [] : hints,
  );
}
