/** What -h prints, for a terminal of 80 columns: everything in a line or two. The manual (docs/reference.md) says more. */

import { settingKeys } from '../plan/setting-keys.ts';
import { environmentVariables } from './environment-variables.ts';
import type { Flag } from './flags.ts';
import { flagGroups, flags } from './flags.ts';
import { wrap } from './wrap.ts';

export const usage = `USAGE:
  tstrace [OPTIONS] FILE [ARGUMENT…]
  tstrace [OPTIONS] -e 'PROGRAM' [ARGUMENT…]
  tstrace [OPTIONS] - [ARGUMENT…]
  tstrace -l [PATTERN | FILE]
  tstrace -h
`;

/** What to try first. */
export const firstExamples = [
  {
    command: `tstrace -e 'tracepoint:syscalls:sys_enter_openat { @[comm] = count(); }'`,
    doc: 'who opens files, and how often; Ctrl-C ends it',
  },
  {
    command: `tstrace -e 'kprobe:vfs_read /comm == "bash"/ { @bytes = hist(arg2); }'`,
    doc: 'how much bash reads at once, as a histogram',
  },
  {
    command: `tstrace -c 'ls /' -e 'rawtracepoint:sys_enter /pid == cpid/ { @ = count(); }'`,
    doc: 'how many system calls a command makes',
  },
  { command: `tstrace -l 'tracepoint:sched:*'`, doc: 'which events of the scheduler there are' },
] as const;

const widthMax = 80;
const indent = '  ';
/** Where what is said of an option or a variable begins. */
const docColumn = 29;

/** -e PROGRAM, or -o, --output FILE; `    --fmt` where there is no letter. */
export function flagForms({ name, alias, argument }: Flag): string {
  const forms =
    name.length === 1 ? `-${name}` : alias === undefined ? `    --${name}` : `-${alias}, --${name}`;
  return argument === undefined ? forms : `${forms} ${argument}`;
}

/** The term, and what is said of it in a column of its own: beside the term where that leaves room, else below. */
function row(term: string, doc: string): readonly string[] {
  const [first = '', ...rest] = wrap(doc, widthMax - docColumn).map((line) => ' '.repeat(docColumn) + line);
  const left = indent + term;
  return left.length + indent.length <= docColumn
    ? [left + first.slice(left.length), ...rest]
    : [left, first, ...rest];
}

const optionRows = (): readonly string[] =>
  flagGroups.flatMap((group) => [
    `${group.toUpperCase()}:`,
    ...flags.filter((flag) => flag.group === group).flatMap((flag: Flag) => row(flagForms(flag), flag.doc)),
    '',
  ]);

const exampleRows = (): readonly string[] =>
  firstExamples.flatMap(({ command, doc }) => [`${indent}${command}`, `${indent.repeat(3)}${doc}`]);

/** The whole of -h. */
export function helpText(): string {
  return [
    usage,
    'EXAMPLES:',
    ...exampleRows(),
    '',
    ...optionRows(),
    'CONFIGURATION: config = { KEY = VALUE } in a script; TSTRACE_KEY or BPFTRACE_KEY',
    'in the environment, which wins:',
    ...settingKeys.flatMap(({ name, doc }) => row(name, doc)),
    '',
    'ENVIRONMENT (each also as BPFTRACE_…):',
    ...environmentVariables.flatMap(({ name, doc }) => row(`TSTRACE_${name}`, doc)),
    '',
  ].join('\n');
}
