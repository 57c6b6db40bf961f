/** The manual as data, made from the definitions: docs/reference.md and the man page are two forms of it. */

import type { Builtin, Param } from '../../../src/builtins/define.ts';
import { builtins } from '../../../src/builtins/registry.ts';
import { environmentVariables } from '../../../src/cli/environment-variables.ts';
import { exitCodes } from '../../../src/cli/exit-code.ts';
import type { Flag } from '../../../src/cli/flags.ts';
import { flagGroups, flags } from '../../../src/cli/flags.ts';
import { firstExamples, flagForms } from '../../../src/cli/help.ts';
import { standardMacroDocs } from '../../../src/parser/standard-macros.ts';
import type { SettingKey } from '../../../src/plan/setting-keys.ts';
import { renamedKeys, retiredKeys, settingKeys } from '../../../src/plan/setting-keys.ts';
import { defaultSettings } from '../../../src/plan/settings.ts';
import { probes } from '../../../src/probes/registry.ts';
import type { FeatureName } from '../../../src/runtime/features.ts';
import { features } from '../../../src/runtime/features.ts';

export interface Entry {
  /** What it is called, with its parameters. */
  readonly term: string;
  readonly text: readonly string[];
  /** Ways to write it. */
  readonly forms?: readonly string[];
  /** Scripts or command lines. */
  readonly examples: readonly string[];
}

export interface Section {
  readonly title: string;
  readonly text: readonly string[];
  readonly groups: readonly { readonly title?: string; readonly entries: readonly Entry[] }[];
}

export const summary = 'trace the kernel and programs with scripts';

export const synopsis = [
  '[options] file [argument …]',
  "[options] -e 'program' [argument …]",
  '[options] - [argument …]',
  '-l [pattern | file]',
] as const;

export const description = [
  'tstrace compiles a script in the language of bpftrace to BPF, attaches it to places in the kernel and in programs, and shows what it prints until it is interrupted, the script calls exit(), or the command or process that it was started for ends. Maps that the script has filled are printed at the end.',
  'A script is a list of probes, each with an optional predicate and a block of statements. docs/language.md describes the language.',
  'What the script prints goes to standard output. Errors, warnings, and what was lost go to standard error.',
] as const;

export function manual(): readonly Section[] {
  return [
    { title: 'Options', text: [], groups: optionGroups() },
    probeSection(),
    { title: 'Values', text: [], groups: [{ entries: builtinsOf('variable') }] },
    {
      title: 'Functions',
      text: ['Parameters in brackets may be left out.'],
      groups: [{ entries: builtinsOf('function') }],
    },
    { title: 'Macros of the standard library', text: [], groups: [{ entries: macroEntries() }] },
    {
      title: 'Aggregations',
      text: ['An aggregation is the whole right side of an assignment to a map.'],
      groups: [{ entries: builtinsOf('aggregation') }],
    },
    configurationSection(),
    environmentSection(),
    exitSection(),
    exampleSection(),
  ];
}

const optionGroups = (): Section['groups'] =>
  flagGroups.map((title) => ({
    title,
    entries: flags
      .filter(({ group }) => group === title)
      .map((flag: Flag) => ({
        term: flagForms(flag).trim(),
        text: [sentence(flag.doc), ...(flag.details === undefined ? [] : [flag.details])],
        examples: [flag.example],
      })),
  }));

const probeSection = (): Section => ({
  title: 'Probes',
  text: ['A name in a target may have * for any text, where tstrace -l lists what there is.'],
  groups: [
    {
      entries: probes.map(({ name, aliases, doc, forms, example }) => ({
        term: [name, ...aliases].join(', '),
        text: [doc],
        forms,
        examples: [example],
      })),
    },
  ],
});

const builtinsOf = (kind: Builtin['kind']): readonly Entry[] =>
  builtins
    .filter((builtin) => builtin.kind === kind)
    .map((builtin) => ({
      term: builtin.kind === 'variable' ? builtin.name : `${builtin.name}(${parameters(builtin.params)})`,
      text: [builtin.doc, ...needs(builtin)],
      examples: [builtin.example],
    }));

function parameters(params: readonly Param[]): string {
  return params
    .map(({ name, optional, rest, keywords }) => {
      const word = keywords ? `${name}: ${keywords.join('|')}` : name;
      return rest ? `[${word} …]` : optional ? `[${word}]` : word;
    })
    .join(', ');
}

/** What it takes beyond what every kernel has that tstrace runs on. */
function needs(builtin: Builtin): readonly string[] {
  const wanted = 'requires' in builtin ? (builtin.requires ?? []) : [];
  const kernels = wanted.map((name) => features[name as FeatureName]); // definitions name features: a unit test of theirs looks
  return [
    ...('unsafe' in builtin && builtin.unsafe ? ['It needs --unsafe.'] : []),
    ...kernels
      .filter(({ since }) => isLaterThanFloor(since))
      .map(({ what, since }) => `It needs ${what} (Linux ${since}).`),
  ];
}

/** Linux 5.10 is the oldest that is supported. */
const isLaterThanFloor = (since: string): boolean => {
  const [major = 0, minor = 0] = since.split('.').map((part) => Number.parseInt(part, 10));
  return major > 5 || (major === 5 && minor > 10);
};

const macroEntries = (): readonly Entry[] =>
  standardMacroDocs.map(({ signature, doc, example }) => ({
    term: signature,
    text: [doc],
    examples: [example],
  }));

const configurationSection = (): Section => ({
  title: 'Configuration',
  text: [
    'Keys are set in the config block of a script or in the environment, which wins: max_strlen is TSTRACE_MAX_STRLEN or BPFTRACE_MAX_STRLEN there. Truths are 1, true, on, yes and 0, false, off, no.',
    `Older names are taken, too: ${[...renamedKeys].map(([old, { name, inverted }]) => `${old} for ${inverted ? 'the opposite of ' : ''}${name}`).join(', ')}. Without effect are ${[...retiredKeys].join(', ')}.`,
  ],
  groups: [{ entries: settingKeys.map(settingEntry) }],
});

const settingEntry = ({ name, setting, doc, example }: SettingKey): Entry => ({
  term: name,
  text: [`${sentence(doc)} Default: ${written(defaultSettings[setting])}.`],
  examples: [`config = { ${name} = ${example} }`],
});

const written = (value: SettingValue): string =>
  typeof value === 'string' && !/^\w+$/.test(value) ? `"${value}"` : String(value);
type SettingValue = (typeof defaultSettings)[keyof typeof defaultSettings];

const environmentSection = (): Section => ({
  title: 'Environment',
  text: ['Each variable has its BPFTRACE_ name, too; the one of TSTRACE_ wins.'],
  groups: [
    {
      entries: environmentVariables.map(({ name, doc, example }) => ({
        term: `TSTRACE_${name}`,
        text: [sentence(doc)],
        examples: [example],
      })),
    },
  ],
});

const exitSection = (): Section => ({
  title: 'Exit status',
  text: [],
  groups: [
    {
      entries: [
        [exitCodes.success, 'The script ran, and ended by itself or because it was asked to.'],
        ['N', 'The script has called exit(N).'],
        [
          exitCodes.failure,
          'Something is wrong with the command line, the script or what it asks the kernel for: nothing ran.',
        ],
        [exitCodes.internal, 'The run itself has failed.'],
      ].map(([status, text]) => ({ term: String(status), text: [String(text)], examples: [] })),
    },
  ],
});

const exampleSection = (): Section => ({
  title: 'Examples',
  text: [],
  groups: [
    {
      entries: firstExamples.map(({ command, doc }) => ({
        term: sentence(doc),
        text: [],
        examples: [command],
      })),
    },
  ],
});

/** As a sentence of its own. */
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
