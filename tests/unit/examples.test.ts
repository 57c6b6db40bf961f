/** What the manual shows: command lines are read, keys and variables are taken, and none is forgotten. Runs are tests/runtime/examples.test.ts. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sourceFile } from '../../src/base/source-file.ts';
import { environmentVariables } from '../../src/cli/environment-variables.ts';
import { parseOptions } from '../../src/cli/options.ts';
import { readSettings } from '../../src/cli/settings.ts';
import { compile } from '../../src/compile.ts';
import { gather } from '../../src/imports/gather.ts';
import { standardMacroDocs } from '../../src/parser/standard-macros.ts';
import { settingKeys } from '../../src/plan/setting-keys.ts';
import { defaultSettings } from '../../src/plan/settings.ts';
import { commandExamples } from '../support/command-examples.ts';
import { exampleFacts } from '../support/example-facts.ts';

test.each(commandExamples)('$command', ({ argv, environment }) => {
  expect(parseOptions(argv)).toMatchObject({ ok: true });
  for (const name of Object.keys(environment))
    expect(environmentVariables.map((variable) => `TSTRACE_${variable.name}`)).toContain(name);
});

const diagnosticsOf = (script: string): readonly string[] =>
  compile(gather(sourceFile('example', script)), { parameters: [] }, exampleFacts).diagnostics.map(
    ({ message }) => message,
  );

test.each(settingKeys)('$name takes its example, in a script and in the environment', (key) => {
  const { name, setting, example } = key;
  expect(diagnosticsOf(`config = { ${name} = ${example} } begin { }`)).toEqual([]);
  const fromEnvironment = readSettings({ [`TSTRACE_${name.toUpperCase()}`]: example.replace(/^"|"$/g, '') });
  expect(fromEnvironment.ok).toBe(true);
  if (fromEnvironment.ok) expect(fromEnvironment.value[setting]).not.toBe(defaultSettings[setting]);
});

test.each(standardMacroDocs)('$name is a macro that its example calls', ({ name, example }) => {
  expect(example).toContain(`${name}(`);
  expect(diagnosticsOf(example)).toEqual([]);
});

test('every variable that the program looks at is documented', () => {
  const sources = readdirSync(join(import.meta.dirname, '../../src/cli'), {
    recursive: true,
    encoding: 'utf8',
  })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(import.meta.dirname, '../../src/cli', file), 'utf8'));
  const read = sources.flatMap((text) =>
    [...text.matchAll(/\bvariable\([^()]*, '([A-Z_]+)'\)/g)].map(([, name]) => name),
  );
  expect([...new Set(read)].sort()).toEqual(environmentVariables.map(({ name }) => name));
});
