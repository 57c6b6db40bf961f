/**
 * Standard output byte for byte: each script of tests/expected runs as text and as JSON, and must give the bytes of the file of its name
 * beside it (.txt, .jsonl), and on standard error those of its .stderr, or nothing. See tests/expected/README.md.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Place } from '../support/end-to-end.ts';
import { buildHere } from '../support/run-here.ts';

const folder = join(import.meta.dirname, '../expected');
const scripts = readdirSync(folder)
  .filter((file) => file.endsWith('.bt'))
  .map((file) => file.slice(0, -'.bt'.length));

let place: Place;

beforeAll(async () => {
  place = await buildHere();
});

interface Script {
  readonly text: string;
  /** Of its first line, where that begins with `// run:`. */
  readonly options: readonly string[];
}

/** `{programs}` stands for the folder of the test programs. Options are parted by spaces, but for those in quotes. */
function readScript(name: string): Script {
  const text = readFileSync(join(folder, `${name}.bt`), 'utf8').replaceAll('{programs}', place.programs);
  const line = /^\/\/ run: (.*)\n/.exec(text)?.[1] ?? '';
  return { text, options: (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", '')) };
}

/** What no file can foretell: where the test programs lie, and the time of day of the first interval of all, which is that of the zone. */
const settled = (stdout: string): string =>
  stdout
    .replaceAll(place.programs, '{programs}')
    .replaceAll(/(?<![\d:])\d\d:\d\d:\d\d(?![\d:])/g, 'hh:mm:ss');

/** A file's bytes; nothing for one that is not there. */
const expected = (file: string): string => {
  const path = join(folder, file);
  return existsSync(path) ? readFileSync(path, 'latin1') : '';
};

const forms = { text: '.txt', json: '.jsonl' } as const;

test.each(
  scripts.flatMap((name) => Object.entries(forms).map(([form, ending]) => [name, form, ending] as const)),
)('%s as %s', async (name, form, ending) => {
  const { text, options } = readScript(name);
  const { stdout, stderr } = await place.tstrace(['-q', '-f', form, ...options, '-e', text]);
  expect(settled(stdout)).toBe(expected(name + ending));
  expect(stderr).toBe(expected(`${name}.stderr`));
});
