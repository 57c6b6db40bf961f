/** -l: the probes that match a pattern, or those that a script would attach. */

import type { Report } from '../../base/diagnostic.ts';
import type { Program } from '../../parser/ast.ts';
import type { TargetText } from '../../probes/define.ts';
import { findProbe, probes } from '../../probes/registry.ts';
import { matcher } from '../../base/wildcard.ts';
import type { Facts } from '../../sema/facts.ts';

const anywhere = { file: 'pattern', start: 0, end: 0 };

/** Names in the order of the providers, each once. A word without a colon is looked for among all of them. */
export function* listProbes(pattern: string | undefined, facts: Facts, report: Report): Iterable<string> {
  for (const alternative of (pattern ?? '*:*').split(',')) {
    const [provider = '*', ...rest] = alternative.includes(':') ? alternative.split(':') : ['*', alternative];
    const known = provider.includes('*')
      ? probes.filter(({ name }) => matcher(provider)(name))
      : [findProbe(provider)];
    for (const probe of known) {
      if (!probe) report.error('unknown-probe', `There is no probe type '${provider}'`);
      else if (probe.list) yield* listed(probe.list.bind(probe), probe.name, rest, facts);
    }
  }
}

function* listed(
  list: (target: TargetText, source: Facts) => Iterable<string>,
  provider: string,
  rest: readonly string[],
  facts: Facts,
): Iterable<string> {
  const parts = rest.map((text) => ({ text, span: anywhere }));
  const target: TargetText = { parts, span: anywhere, provider };
  if (rest.length !== 1) return yield* list(target, facts);
  // One word may mean any part of the name: 'vfs_*' a function, 'syscalls' nothing, '*openat*' an event.
  const isName = matcher(rest[0] ?? '*');
  for (const name of list({ parts: [], span: anywhere, provider }, facts)) {
    if (isName(name.slice(name.indexOf(':') + 1)) || isName(name.slice(name.lastIndexOf(':') + 1)))
      yield name;
  }
}

/** The attach points that a script names, wildcards expanded. */
export function* listScript(program: Program, facts: Facts, report: Report): Iterable<string> {
  for (const probe of program.probes)
    for (const { provider, parts, span } of probe.attachPoints) {
      const definition = findProbe(provider.text);
      if (!definition)
        report.error('unknown-probe', `There is no probe type '${provider.text}'`, provider.span);
      else
        for (const { name } of definition.resolve({ parts, span, provider: definition.name }, facts, report))
          yield name;
    }
}
