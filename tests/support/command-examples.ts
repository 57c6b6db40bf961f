/** Command lines that the manual shows, taken apart as a shell would; and the files that they name. */

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentVariables } from '../../src/cli/environment-variables.ts';
import { flags } from '../../src/cli/flags.ts';
import { firstExamples } from '../../src/cli/help.ts';

export interface CommandExample {
  /** As a shell is given it. */
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Behind the program's name. */
  readonly argv: readonly string[];
}

export const commandExamples: readonly CommandExample[] = [
  ...flags.map(({ example }) => example),
  ...environmentVariables.map(({ example }) => example),
  ...firstExamples.map(({ command }) => command),
].map(takenApart);

/** Words, some in single quotes: examples need no more of a shell. */
function takenApart(command: string): CommandExample {
  const words = [...command.matchAll(/'([^']*)'|[^\s']+/g)].map(([word, quoted]) => quoted ?? word);
  const program = words.indexOf('tstrace');
  const settings = words.slice(0, program).map((word) => word.split('='));
  return {
    command,
    environment: Object.fromEntries(settings.map(([name = '', value = '']) => [name, value])),
    argv: words.slice(program + 1),
  };
}

const files: Readonly<Record<string, string>> = {
  'functions.txt': 'vfs_read\nvfs_write\n',
  'headers/shapes.h': 'struct shape { int corners; int color; };\n',
  'calls-c.bt': 'import "sums.bpf.c";\nbegin { print(add(1, 2)); }\n',
  'sums.bpf.c': 'long add(long a, long b) { return a + b; }\n',
  'with-headers.bt': '#include <linux/types.h>\nbegin { exit(); }\n',
};

/** A new folder with the files that examples name. */
export function folderOfExamples(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tstrace-examples-'));
  mkdirSync(join(folder, 'headers'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
