/** docs/reference.md: the manual as a page. */

import type { Entry, Section } from './manual.ts';
import { description, manual, synopsis } from './manual.ts';

export function referencePage(): string {
  return [
    '# Reference',
    '',
    'Made from the definitions in `src`; do not edit: `npm run docs` writes it anew. `man -l docs/tstrace.1` shows the same. Every example is compiled by a test, and those that can be are run.',
    '',
    ...synopsis.map((form) => `    tstrace ${form}`),
    '',
    ...description.flatMap(paragraph),
    ...manual().flatMap(section),
  ].join('\n');
}

const section = ({ title, text, groups }: Section): readonly string[] => [
  `## ${title}`,
  '',
  ...text.flatMap(paragraph),
  ...groups.flatMap((group) => [
    ...(group.title === undefined ? [] : [`### ${group.title}`, '']),
    ...group.entries.flatMap((item) => entry(item, group.title === undefined ? '###' : '####')),
  ]),
];

const entry = ({ term, text, forms = [], examples }: Entry, heading: string): readonly string[] => [
  `${heading} ${escaped(term)}`,
  '',
  ...text.flatMap(paragraph),
  ...(forms.length > 0 ? [...forms.map((form) => `- \`${form}\``), ''] : []),
  ...examples.flatMap((example) => [example.replace(/^/gm, '    '), '']),
];

const paragraph = (text: string): readonly string[] => [escaped(text), ''];

/** Characters that Markdown takes for its own, outside of code. */
const escaped = (text: string): string => text.replace(/[\\`*_<>[\]|]/g, '\\$&');
