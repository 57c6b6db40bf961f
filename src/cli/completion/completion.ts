/**
 * What shells know of the command line, from the same definitions as everything else. Options and their words stand in the script that
 * --completion prints, so that no process is started for them; names of probes are asked of `tstrace -l` when they are wanted.
 */

import { builtins } from '../../builtins/registry.ts';
import { probes } from '../../probes/registry.ts';
import type { Flag, Shell } from '../flags.ts';
import { flags } from '../flags.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

export interface CompletionWords {
  readonly flags: readonly Flag[];
  /** kprobe: and its like, those of one word without the colon. */
  readonly providers: readonly string[];
  /** What can be called or read in a block. */
  readonly builtins: readonly string[];
}

const scripts: Readonly<Record<Shell, (words: CompletionWords) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** The script that a shell is to read: `source <(tstrace --completion bash)`. */
export function completionScript(shell: Shell): string {
  return scripts[shell]({
    flags,
    providers: probes.map(({ name, forms }) =>
      forms.every((form) => form.startsWith(`${name}:`)) ? `${name}:` : name,
    ),
    builtins: builtins.map(({ name }) => name),
  });
}

/** -o and --output. */
export const spellings = ({ name, alias }: Pick<Flag, 'name' | 'alias'>): readonly string[] =>
  [alias, name].flatMap((word) =>
    word === undefined ? [] : word.length === 1 ? [`-${word}`] : [`--${word}`],
  );
