/** -l 'struct X', 'union X', 'enum X': the kernel's types of that name; with -v their definitions, each behind the object that has it. */

import { hasWildcard, matcher } from '../../base/wildcard.ts';
import type { Facts } from '../../sema/facts.ts';

interface TypePattern {
  readonly keyword: 'struct' | 'union' | 'enum';
  readonly name: string;
}

/** Undefined for patterns of probes. */
export function readTypePattern(pattern: string | undefined): TypePattern | undefined {
  const [, keyword, name] = /^\s*(struct|union|enum)\s+(\S+)\s*$/.exec(pattern ?? '') ?? [];
  if (name === undefined) return undefined;
  return keyword === 'struct' || keyword === 'union' || keyword === 'enum' ? { keyword, name } : undefined;
}

export function* typeLines(
  { keyword, name: wanted }: TypePattern,
  facts: Pick<Facts, 'typeNames' | 'definitions'>,
  verbose: boolean,
): Iterable<string> {
  for (const name of namesOf(keyword, wanted, facts)) {
    const found = [...facts.definitions(keyword, name)];
    if (verbose) yield* found.map(({ object, text }) => `${object}: ${text}`);
    else if (found.length > 0) yield `${keyword} ${name}`;
  }
}

function namesOf(
  keyword: TypePattern['keyword'],
  wanted: string,
  facts: Pick<Facts, 'typeNames'>,
): Iterable<string> {
  if (!hasWildcard(wanted)) return [wanted];
  const isName = matcher(wanted);
  return new Set([...facts.typeNames(keyword)].filter((name) => name !== '' && isName(name)));
}
