/** -l: the probes that match a pattern, or those that a script would attach; with -v, what a script finds there. */

import type { Report } from '../../base/diagnostic.ts';
import { matcher } from '../../base/wildcard.ts';
import type { Program } from '../../parser/ast.ts';
import type { ListedProbe, ProbeDefinition, TargetText } from '../../probes/define.ts';
import { findProbe, probes } from '../../probes/registry.ts';
import type { Facts } from '../../sema/facts.ts';
import { namedFields } from '../../types/field.ts';
import { typeName } from '../../types/type-name.ts';
import { intType } from '../../types/type.ts';

const anywhere = { file: 'pattern', start: 0, end: 0 };

/** In the order of the providers. A word without a colon is looked for among all of them. */
export function* listProbes(
  pattern: string | undefined,
  facts: Facts,
  report: Report,
): Iterable<ListedProbe> {
  for (const alternative of (pattern ?? '*:*').split(',')) {
    const [provider = '*', ...rest] = alternative.includes(':') ? alternative.split(':') : ['*', alternative];
    const known = provider.includes('*')
      ? probes.filter(({ name, listedByName }) => matcher(provider)(name) && !listedByName)
      : [findProbe(provider)];
    for (const probe of known) {
      if (!probe) report.error('unknown-probe', `There is no probe type '${provider}'`);
      else yield* listed(probe, rest, facts, provider.includes('*'));
    }
  }
}

/** `isSearch`: nobody has asked for this kind of probe in particular. */
function* listed(
  { name: provider, list, listedInBinaries }: ProbeDefinition,
  rest: readonly string[],
  facts: Facts,
  isSearch: boolean,
): Iterable<ListedProbe> {
  const parts = rest.map((text) => ({ text, span: anywhere }));
  const target: TargetText = { parts, span: anywhere, provider };
  if (!list) return;
  if (rest.length !== 1 || (listedInBinaries && !isSearch)) return yield* list(target, facts);
  // One word may mean any part of the name: 'vfs_*' a function, 'syscalls' nothing, '*openat*' an event.
  const isName = matcher(rest[0] ?? '*');
  for (const found of list({ parts: [], span: anywhere, provider }, facts)) {
    // Where a number would follow, the name ends in a colon.
    const name = found.name.replace(/:$/, '');
    if (isName(name.slice(name.indexOf(':') + 1)) || isName(name.slice(name.lastIndexOf(':') + 1)))
      yield found;
  }
}

/** The attach points that a script names, wildcards expanded. */
export function* listScript(program: Program, facts: Facts, report: Report): Iterable<ListedProbe> {
  for (const probe of program.probes)
    for (const { provider, parts, span } of probe.attachPoints) {
      const definition = findProbe(provider.text);
      if (!definition)
        report.error('unknown-probe', `There is no probe type '${provider.text}'`, provider.span);
      else
        for (const place of definition.resolve({ parts, span, provider: definition.name }, facts, report))
          yield { name: place.name, context: () => ({ ...place, ...place.withSignature?.() }).context };
    }
}

/** A line for each name, and behind it, if `verbose`, one for each argument. */
export function* listingLines(
  found: Iterable<ListedProbe>,
  facts: Pick<Facts, 'fieldsOf'>,
  verbose: boolean,
): Iterable<string> {
  const seen = new Set<string>();
  for (const { name, context } of found) {
    if (seen.has(name)) continue;
    seen.add(name);
    yield name;
    if (verbose) for (const line of argumentLines(context?.(), facts)) yield `    ${line}`;
  }
}

type Context = ReturnType<NonNullable<ListedProbe['context']>>;

/** `type name` of each argument; arguments that only have numbers are told where their types are known, too. */
function argumentLines(context: Context, { fieldsOf }: Pick<Facts, 'fieldsOf'>): readonly string[] {
  if (!context) return [];
  const { args, argsFields, arguments: numbered, returnValue } = context;
  const named = argsFields ?? (args ? namedFields(args, fieldsOf) : []);
  return [
    ...named.map(({ name, type, unreadable }) =>
      [typeName(type), name, ...(unreadable === undefined ? [] : [`(can't be read: ${unreadable})`])].join(
        ' ',
      ),
    ),
    ...numbered.flatMap((argument, index) =>
      'from' in argument ? [`${typeName(intType(argument.bytes, argument.type.signed))} arg${index}`] : [],
    ),
    ...(returnValue ? [`${typeName(returnValue.type)} retval`] : []),
  ];
}

/** A pattern that looks like the name of a script, which is not there. */
export function suspectFile(pattern: string | undefined, report: Report): void {
  if (pattern === undefined || !/^[^:*]+\.bt$/.test(pattern)) return;
  report.warning(
    'target-not-found',
    `${pattern} looks like a file, but there is none: it is taken for a pattern of probes`,
  );
}
