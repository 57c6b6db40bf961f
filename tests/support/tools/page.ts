/**
 * docs/tools: a page for each tool, made from the comment at its head, its options, and the output of a real run; and the index. A run
 * with RECORD_TOOLS=1 records the outputs anew; UPDATE_DOCS=1 makes the pages anew around the outputs that they have.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../guest/cache.ts';
import type { Area } from './areas.ts';
import { exampleOf } from './areas.ts';
import type { ToolCase } from './tool-case.ts';
import { argumentsOf } from './tool-case.ts';

const folder = join(repositoryRoot, 'docs/tools');
const linesMax = 70;

export const pageFile = (tool: string): string => join(folder, `${tool}.md`);
export const sourceOf = (tool: string): string =>
  readFileSync(join(repositoryRoot, 'tools', `${tool}.bt`), 'utf8');

export interface Head {
  /** What it answers, in one sentence. */
  readonly question: string;
  /** The paragraphs behind it. */
  readonly paragraphs: readonly string[];
}

/** The comment at the head of a tool, behind the line that names the program. */
export function headOf(source: string): Head {
  const [, ...lines] = source.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  const text = lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .join('\n');
  const [question = '', ...paragraphs] = text.split(/\n\n+/);
  return { question, paragraphs: paragraphs.map((paragraph) => paragraph.trim()) };
}

export function pageOf(testCase: ToolCase, example: string): string {
  const { tool } = testCase;
  const { question, paragraphs } = headOf(sourceOf(tool));
  const places = { programs: '.', tools: 'tools', disk: '/dev/vda' };
  const words = argumentsOf(places, testCase).map((word) => (/[\s*]/.test(word) ? `'${word}'` : word));
  const shown = [`# tstrace ${words.join(' ')}`, ...example.split('\n')];
  return [
    `# ${tool}`,
    question,
    ...paragraphs,
    '## Example',
    shown.map((line) => (line === '' ? '' : `    ${line}`)).join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

/** The output that a page shows, without its command; undefined if there is no page. */
export function exampleIn(page: string): string | undefined {
  const [, block] = page.split('## Example\n\n');
  const [, ...lines] = block?.trimEnd().split('\n') ?? [];
  return block === undefined ? undefined : lines.map((line) => line.replace(/^ {4}/, '')).join('\n');
}

/** Writes a tool's page with the output of a run, if that was its example, and outputs are to be recorded. */
export function record(testCase: ToolCase, stdout: string): void {
  if (process.env.RECORD_TOOLS !== '1' || exampleOf(testCase.tool) !== testCase) return;
  const lines = stdout
    // Wherever the programs were compiled.
    .replace(/@\/\S*\/(tests\/programs\/)/g, '@$1')
    .replace(/^\n+|\n+$/g, '')
    .split('\n')
    .map((line) => line.trimEnd());
  // The largest is at the end.
  const shown = lines.length > linesMax ? ['...', ...lines.slice(-linesMax)] : lines;
  writeFileSync(pageFile(testCase.tool), pageOf(testCase, shown.join('\n')));
}

/** Whether the output was too long to be shown as a whole. */
export const isCut = (example: string): boolean => example.startsWith('...\n');

const introduction = `# Tools

Scripts for what people look for first. Each has a page with an example of its output, and how to read it.

    tstrace tools/opens.bt                        # all processes, until Ctrl-C
    tstrace tools/opens.bt -- --pid=1234          # one process; --comm=NAME: threads of that name
    tstrace -c 'make -j4' tools/opens.bt          # a command, with the processes that it starts itself
    tstrace tools/opens.bt -- --help              # the options of a tool

In the examples \`./files\`, \`./tasks\`, \`./memory\` and \`./network\` are programs of \`tests/programs\`, which do what the tools look for.
Every tool is run on Linux 6.12 by the tests, which hold what it prints against what was done; on 6.1, 7.2 and the machine's own kernel
where they have what it needs.
`;

export function indexOf(areas: readonly Area[]): string {
  const sections = areas.map(({ title, cases }) => {
    const tools = [...new Set(cases.map(({ tool }) => tool))];
    const rows = tools.map((tool) => `- ${headOf(sourceOf(tool)).question} [${tool}](${tool}.md)`);
    return `## ${title}\n\n${rows.join('\n')}\n`;
  });
  return [introduction, ...sections].join('\n');
}
