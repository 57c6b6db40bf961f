/** docs/builtins.md, made from the registries. */

import { builtins } from '../../src/builtins/registry.ts';
import type { Builtin, Param } from '../../src/builtins/define.ts';
import { probes } from '../../src/probes/registry.ts';

export function documentBuiltins(): string {
  const section = (title: string, kind: Builtin['kind']): readonly string[] => [
    `## ${title}`,
    '',
    ...builtins.filter((builtin) => builtin.kind === kind).flatMap(entry),
  ];
  return [
    '# Builtins and probes',
    '',
    'Made from the definitions in `src/builtins` and `src/probes`; do not edit. `UPDATE_DOCS=1 npx vitest run tests/unit/docs.test.ts` writes it anew.',
    '',
    ...section('Values', 'variable'),
    ...section('Functions', 'function'),
    ...section('Aggregations', 'aggregation'),
    '## Probes',
    '',
    ...probes.flatMap(({ name, aliases, doc, forms, example }) => [
      `### ${name}${aliases.length > 0 ? ` (${aliases.join(', ')})` : ''}`,
      '',
      doc,
      '',
      ...forms.map((form) => `- \`${form}\``),
      '',
      `    ${example}`,
      '',
    ]),
  ].join('\n');
}

function entry(builtin: Builtin): readonly string[] {
  const signature =
    builtin.kind === 'variable' ? builtin.name : `${builtin.name}(${parameters(builtin.params)})`;
  return [`### ${signature}`, '', builtin.doc, '', `    ${builtin.example}`, ''];
}

function parameters(params: readonly Param[]): string {
  return params
    .map(({ name, optional, rest, keywords }) => {
      const word = keywords ? `${name}: ${keywords.join('|')}` : name;
      return rest ? `[${word} …]` : optional ? `[${word}]` : word;
    })
    .join(', ');
}
