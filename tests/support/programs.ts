/** Compiles the C and C++ programs of tests/programs, for the runtime tests here and in guests. */
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { buildOnce, cacheDirectory, keyOf, repositoryRoot } from './guest/cache.ts';
import { runTool } from './guest/run-tool.ts';

/**
 * Frame pointers and debug information as a test wants them; no optimisation that would inline or drop the functions
 * that tests probe. A program that needs other flags says so in a comment: `gcc: -O2 -lm`.
 */
const flags = [
  '-g',
  '-O1',
  '-fno-omit-frame-pointer',
  '-fno-inline',
  '-pthread',
  '-Wall',
  '-Werror',
] as const;

/** Compile what has changed. Gives the directory in which each program lies under its source's name, without its ending. */
export async function buildPrograms(): Promise<string> {
  const sources = join(repositoryRoot, 'tests/programs');
  const files = existsSync(sources) ? (await readdir(sources)).sort() : [];
  const names = files.filter((name) => /\.c(pp)?$/.test(name));
  const read = (name: string): Promise<string> => readFile(join(sources, name), 'utf8');
  const texts = await Promise.all(names.map(read));
  const headers = await Promise.all(files.filter((name) => name.endsWith('.h')).map(read));
  const directory = join(cacheDirectory(), 'programs', keyOf([flags, names, texts, headers]));
  await buildOnce(directory, async (temporary) => {
    await mkdir(temporary, { recursive: true });
    for (const [at, name] of names.entries()) {
      const own =
        /\bgcc: ([^*\n]*)/
          .exec(texts[at] ?? '')?.[1]
          ?.trim()
          .split(/\s+/) ?? [];
      const compiler = name.endsWith('.cpp') ? 'g++' : 'gcc';
      const program = join(temporary, name.replace(/\.c(pp)?$/, ''));
      await runTool([compiler, ...flags, join(sources, name), '-o', program, ...own]);
    }
  });
  return directory;
}
