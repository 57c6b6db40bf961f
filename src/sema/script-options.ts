/** What follows a script on the command line: positional parameters, and named ones that it asks for with getopt(). */

import type { Report } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { ScriptOption } from '../builtins/define.ts';

export interface ScriptArguments {
  /** $1, $2 … */
  readonly parameters: readonly string[];
  /** --name=value and --name, without the dashes; behind a -- of its own. */
  readonly named?: ReadonlyMap<string, string | true>;
}

/** Options by name, as the calls of getopt() declare them. */
export class ScriptOptions {
  readonly #declared = new Map<string, ScriptOption>();

  /** A name has one default and one description, wherever it is asked for: gives the earlier call if it says something else. */
  declare(option: ScriptOption): ScriptOption | undefined {
    const earlier = this.#declared.get(option.name);
    if (!earlier) this.#declared.set(option.name, option);
    const isSame = earlier?.default === option.default && earlier.description === option.description;
    return earlier && !isSame ? earlier : undefined;
  }

  get all(): readonly ScriptOption[] {
    return [...this.#declared.values()];
  }
}

/** Words that the script asks nobody for are most likely misspelt. */
export function checkOptionsGiven(
  { named }: ScriptArguments,
  declared: readonly ScriptOption[],
  script: Span,
  report: Report,
): void {
  const unexpected = [...(named?.keys() ?? [])].filter(
    (name) => name !== helpOption && declared.every((option) => option.name !== name),
  );
  if (unexpected.length === 0) return;
  const names = declared.map(({ name }) => `--${name}`);
  report.error(
    'bad-option',
    `unexpected program command line options: ${unexpected.map((name) => `--${name}`).join(', ')}`,
    { ...script, end: script.start },
    {
      hints: [
        names.length > 0
          ? `expected program options: ${names.join(', ')}`
          : 'The script reads no options: it has no getopt().',
      ],
    },
  );
}

/** `-- --help` asks for the script's options, unless it has one of this name. */
export const helpOption = 'help';

export const asksForHelp = ({ named }: ScriptArguments, declared: readonly ScriptOption[]): boolean =>
  named?.has(helpOption) === true && declared.every(({ name }) => name !== helpOption);

/** One line for each option, for people. */
export function describeOptions(declared: readonly ScriptOption[]): readonly string[] {
  if (declared.length === 0) return ['The script has no options of its own.'];
  const width = Math.max(...declared.map(({ name }) => name.length)) + 4;
  return declared.map(
    ({ name, default: value, description }) =>
      `${`--${name}`.padEnd(width)}${description === undefined ? '' : `${description} `}(default: ${value})`,
  );
}
