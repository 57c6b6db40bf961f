/** What -h and a call without arguments print. */

import { expect, test } from 'vitest';
import { environmentVariables } from '../../../src/cli/environment-variables.ts';
import type { Flag } from '../../../src/cli/flags.ts';
import { flagForms, helpText, usage } from '../../../src/cli/help.ts';
import { flags } from '../../../src/cli/flags.ts';
import { parseOptions } from '../../../src/cli/options.ts';
import { settingKeys } from '../../../src/plan/setting-keys.ts';

const lines = helpText().split('\n');
/** Words of the text, as they can be looked for: the wrapped lines of a description are one. */
const text = helpText().replaceAll(/\s+/g, ' ');

test('no line is wider than a terminal, none ends in blanks', () => {
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.filter((line) => / $/.test(line))).toEqual([]);
});

test.each((flags as readonly Flag[]).map((flag) => [flag.name, flag] as const))(
  'the option %s is there, with what it does',
  (_name, flag) => {
    expect(lines.filter((line) => line.trimStart().startsWith(flagForms(flag).trim()))).toHaveLength(1);
    expect(text).toContain(flag.doc);
  },
);

test('each key and each variable of the environment is there', () => {
  const names = [
    ...settingKeys.map(({ name }) => name),
    ...environmentVariables.map(({ name }) => `TSTRACE_${name}`),
  ];
  for (const name of names)
    expect(lines.filter((line) => line.trimStart().split(' ')[0] === name)).toHaveLength(1);
});

test('options stand in groups, each once', () => {
  const headings = lines.filter((line) => /^[A-Z ]+:/.test(line));
  expect(headings[0]).toBe('USAGE:');
  expect(new Set(headings).size).toBe(headings.length);
});

test('without arguments only the ways to call it are shown', () => {
  expect(parseOptions([])).toMatchObject({ ok: true, value: { action: 'usage' } });
  expect(helpText().startsWith(usage)).toBe(true);
});
