/** docs/tstrace.1: the manual in mdoc(7), as mandoc(1) and groff(1) read it. */

import { version } from '../../../src/cli/version.ts';
import { wrap } from '../../../src/cli/wrap.ts';
import type { Entry, Section } from './manual.ts';
import { description, manual, summary, synopsis } from './manual.ts';

/** mandoc's style check wants lines of source that a terminal shows whole; escapes need some of it. */
const widthMax = 70;
const date = 'November 21, 2026';

export function manPage(): string {
  return [
    '.\\" Made from the definitions in src; do not edit: npm run docs writes it anew.',
    `.Dd ${date}`,
    '.Dt TSTRACE 1',
    `.Os tstrace ${version}`,
    '.Sh NAME',
    '.Nm tstrace',
    `.Nd ${summary}`,
    '.Sh SYNOPSIS',
    ...synopsis.flatMap((form) => ['.Nm', literal(form)]),
    '.Sh DESCRIPTION',
    ...paragraphs(description),
    ...manual().flatMap(section),
    '.Sh SEE ALSO',
    '.Xr bpf 2 ,',
    '.Xr perf_event_open 2 ,',
    '.Xr bpftool 8',
    '',
  ].join('\n');
}

const section = ({ title, text, groups }: Section): readonly string[] => [
  `.Sh ${title.toUpperCase()}`,
  ...paragraphs(text),
  ...groups.flatMap((group) => [
    ...(group.title === undefined ? [] : [`.Ss ${group.title}`]),
    '.Bl -tag -width Ds',
    ...group.entries.flatMap(entry),
    '.El',
  ]),
];

const entry = ({ term, text, forms = [], examples }: Entry): readonly string[] => [
  `.It "${quoted(term)}"`,
  ...paragraphs(text),
  ...(forms.length > 0 ? display(forms) : []),
  ...examples.flatMap((example) => display(example.split('\n'))),
];

/** Lines as they are, indented. */
const display = (lines: readonly string[]): readonly string[] => [
  '.Bd -literal -offset indent',
  ...lines.map(literal),
  '.Ed',
];

/** Sentences begin a line of the source each: mdoc spaces them. */
function paragraphs(text: readonly string[]): readonly string[] {
  return text.flatMap((paragraph, index) => [
    ...(index === 0 ? [] : ['.Pp']),
    ...paragraph.split(/(?<=[.:?]) (?=[A-Z"])/).flatMap((one) => wrap(one, widthMax).map(literal)),
  ]);
}

/** Text in which nothing means anything to the formatter. */
const literal = (text: string): string =>
  text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^[.']/, '\\&$&')
    .replace(/…/g, '...')
    .replace(/'/g, '\\(aq')
    .replace(/`/g, '\\(ga')
    .replace(/\^/g, '\\(ha')
    .replace(/~/g, '\\(ti');

/** The same between the quotes of a macro's argument; the first character keeps it from being read as a macro's name. */
const quoted = (text: string): string => `\\&${literal(text).replace(/"/g, '\\(dq')}`;
